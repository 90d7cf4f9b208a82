import type { Member, Verdict } from '@bihuan/domain/matter';
import type { Sql, Trx } from '../../platform/db/index.ts';

/** The orders of a matter, compared ones only, in the order in which they were compared. */
export async function membersOf(sql: Sql, matterId: string): Promise<Member[]> {
  return sql.query<Member & Record<string, unknown>>(
    'matter.members',
    'select complaint_id as "orderId", turn from matter_order where matter_id = $1 and turn is not null order by turn',
    [matterId],
  );
}

export interface Matter {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly unit_id: string | null;
  readonly plan: string | null;
  readonly settled_at: Date | null;
}

/** Call after `lockMatters`. `null` for a matter of a single order. */
export async function lockMatter(trx: Trx, id: string): Promise<Matter | null> {
  const [row] = await trx.query<Matter>(
    'matter.lock_one',
    'select id, version, title, unit_id, plan, settled_at from matter where id = $1 for update',
    [id],
  );
  return row ?? null;
}

export interface Placed {
  readonly [column: string]: unknown;
  readonly matterId: string;
  readonly turn: number | null;
}

export async function placeOf(sql: Sql, orderId: string): Promise<Placed | null> {
  const [row] = await sql.query<Placed>(
    'matter.place_of',
    'select matter_id as "matterId", turn from matter_order where complaint_id = $1',
    [orderId],
  );
  return row ?? null;
}

/** Orders moved by a person's word. */
export async function moveOrders(trx: Trx, orderIds: readonly string[], to: string): Promise<void> {
  await trx.query(
    'matter.move',
    `update matter_order set matter_id = $2, decision = case when complaint_id = $2 then 'separate' else 'joined' end, by_person = complaint_id <> $2,
            like_id = case when complaint_id = $2 then null else $2 end, score = null, reasons = '{}'
      where complaint_id = any($1::uuid[])`,
    [orderIds, to],
  );
}

/** The last word on a pair stands; what contradicts it between the two groups goes. */
export async function saveVerdicts(
  trx: Trx,
  verdicts: readonly Verdict[],
  groups: { readonly one: readonly Member[]; readonly other: readonly Member[]; readonly same: boolean },
  made: { readonly by: string; readonly at: number; readonly score: { a: string; b: string; score: number } | null },
): Promise<void> {
  await trx.query(
    'matter.contradicted',
    `delete from matter_verdict where same <> $3 and ((a = any($1::uuid[]) and b = any($2::uuid[])) or (a = any($2::uuid[]) and b = any($1::uuid[])))`,
    [groups.one.map(({ orderId }) => orderId), groups.other.map(({ orderId }) => orderId), groups.same],
  );
  const all = [...verdicts];
  const { score } = made;
  // The pair that was shown to the person, for the thresholds.
  if (score && !all.some(({ a, b }) => a === score.a && b === score.b))
    all.push({ a: score.a, b: score.b, same: groups.same });
  await trx.query(
    'matter.say',
    `insert into matter_verdict (a, b, same, score, made_by, made_at)
     select a, b, same, score, $5, $6 from unnest($1::uuid[], $2::uuid[], $3::boolean[], $4::real[]) as n (a, b, same, score)
     on conflict (a, b) do update set same = excluded.same, score = coalesce(excluded.score, matter_verdict.score), made_by = excluded.made_by, made_at = excluded.made_at`,
    [
      all.map(({ a }) => a),
      all.map(({ b }) => b),
      all.map(({ same }) => same),
      all.map(({ a, b }) => (score && a === score.a && b === score.b ? score.score : null)),
      made.by,
      new Date(made.at),
    ],
  );
}

/** Plan, alerts and backlog of a matter that is now part of another one. */
export async function absorb(trx: Trx, from: string, into: string): Promise<void> {
  const [there] = await trx.query('matter.exists', 'select 1 from matter where id = $1', [into]);
  if (!there) {
    await trx.query('matter.rename', 'update matter set id = $2 where id = $1', [from, into]);
    return;
  }
  await trx.query(
    'matter.absorb_alerts',
    `update matter_alert set matter_id = $2 where matter_id = $1 and rule_id not in (select rule_id from matter_alert where matter_id = $2)`,
    [from, into],
  );
  await trx.query('matter.drop_alerts', 'delete from matter_alert where matter_id = $1', [from]);
  await trx.query(
    'matter.absorb_backlog',
    `update matter_backlog set matter_id = $2 where matter_id = $1 and not exists (select 1 from matter_backlog where matter_id = $2)`,
    [from, into],
  );
  await trx.query('matter.absorb_steps', 'update matter_step set matter_id = $2 where matter_id = $1', [from, into]);
  await trx.query('matter.drop_backlog', 'delete from matter_backlog where matter_id = $1', [from]);
  await trx.query(
    'matter.absorb_plan',
    `update matter m set plan = coalesce(m.plan, o.plan), unit_id = coalesce(m.unit_id, o.unit_id) from matter o where m.id = $2 and o.id = $1`,
    [from, into],
  );
  await trx.query('matter.drop', 'delete from matter where id = $1', [from]);
}

export interface OpenSuggestion {
  readonly [column: string]: unknown;
  readonly likeId: string;
  readonly score: number;
}

export async function lockSuggestion(trx: Trx, orderId: string): Promise<OpenSuggestion | null> {
  const [row] = await trx.query<OpenSuggestion>(
    'matter.lock_suggestion',
    'select like_id as "likeId", score from matter_suggestion where complaint_id = $1 and answer is null for update',
    [orderId],
  );
  return row ?? null;
}

export async function answer(
  trx: Trx,
  orderId: string,
  verdict: 'same' | 'different',
  by: string,
  at: number,
): Promise<void> {
  await trx.query(
    'matter.answer_suggestion',
    'update matter_suggestion set answer = $2, answered_by = $3, answered_at = $4 where complaint_id = $1',
    [orderId, verdict, by, new Date(at)],
  );
}

/** The screens on which these orders are open. */
export async function announceOrders(trx: Trx, orderIds: readonly string[]): Promise<void> {
  await trx.query(
    'matter.announce',
    `insert into outbox (topic, object_id, unit_id, town_id, officer_id)
     select 'complaint.matter', id, unit_id, town_id, officer_id from complaint where id = any($1::uuid[])`,
    [orderIds],
  );
}
