import type { Trx } from '../../platform/db/index.ts';
import type { Outcome } from './compare.ts';

const SEPARATOR = '\u001f';

/** Writes the matters of orders compared for the first time, with their keys and suggestions. */
export async function saveAssignments(trx: Trx, outcomes: readonly Outcome[], now: number): Promise<void> {
  await trx.query(
    'matter.assign',
    `with n as (select * from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::boolean[], $6::uuid[], $7::real[], $8::text[])
                  as n (id, turn, matter_id, decision, by_person, like_id, score, reasons)),
          k as (insert into matter_key (key, turn) select * from unnest($9::int[], $10::bigint[]))
     update matter_order o set turn = n.turn, matter_id = n.matter_id, decision = n.decision, by_person = n.by_person, like_id = n.like_id, score = n.score,
            reasons = coalesce(string_to_array(n.reasons, '${SEPARATOR}'), '{}')
       from n where o.complaint_id = n.id`,
    [
      ...columns(outcomes),
      outcomes.flatMap(({ keys }) => keys),
      outcomes.flatMap(({ keys, turn }) => keys.map(() => turn)),
    ],
  );
  await saveSuggestions(trx, outcomes, now);
}

/** @returns the matters that lost or won an order */
export async function changeAssignments(
  trx: Trx,
  outcomes: readonly Outcome[],
  now: number,
): Promise<{ readonly orderId: string; readonly from: string; readonly to: string }[]> {
  const changed = await trx.query<{ orderId: string; from: string; to: string }>(
    'matter.reassign',
    `with n as (select * from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::boolean[], $6::uuid[], $7::real[], $8::text[])
                  as n (id, turn, matter_id, decision, by_person, like_id, score, reasons))
     update matter_order o set matter_id = n.matter_id, decision = n.decision, by_person = n.by_person, like_id = n.like_id, score = n.score,
            reasons = coalesce(string_to_array(n.reasons, '${SEPARATOR}'), '{}')
       from n join matter_order before on before.complaint_id = n.id
      where o.complaint_id = n.id
        and (o.matter_id, o.decision, o.by_person, o.like_id, o.score) is distinct from (n.matter_id, n.decision, n.by_person, n.like_id, n.score)
     returning o.complaint_id as "orderId", before.matter_id as "from", o.matter_id as "to"`,
    columns(outcomes),
  );
  await trx.query(
    'matter.drop_suggestions',
    'delete from matter_suggestion where complaint_id = any($1::uuid[]) and answer is null',
    [outcomes.filter(({ assignment }) => !assignment.suggestion).map(({ message }) => message.id)],
  );
  await saveSuggestions(trx, outcomes, now);
  return changed.filter(({ from, to }) => from !== to);
}

function columns(outcomes: readonly Outcome[]): unknown[] {
  return [
    outcomes.map(({ message }) => message.id),
    outcomes.map(({ turn }) => turn),
    outcomes.map(({ assignment }) => assignment.matterId),
    outcomes.map(({ assignment }) => assignment.decision),
    outcomes.map(({ assignment }) => assignment.byPerson),
    outcomes.map(({ assignment }) => assignment.likeId),
    outcomes.map(({ assignment }) => assignment.score),
    outcomes.map(({ assignment }) => (assignment.reasons.length > 0 ? assignment.reasons.join(SEPARATOR) : null)),
  ];
}

async function saveSuggestions(trx: Trx, outcomes: readonly Outcome[], now: number): Promise<void> {
  const suggested = outcomes.flatMap(({ message, assignment: { suggestion } }) =>
    suggestion ? [{ id: message.id, ...suggestion }] : [],
  );
  if (suggested.length === 0) return;
  await trx.query(
    'matter.suggest',
    `insert into matter_suggestion (complaint_id, like_id, score, reasons, made_at)
     select id, like_id, score, string_to_array(reasons, '${SEPARATOR}'), $5 from unnest($1::uuid[], $2::uuid[], $3::real[], $4::text[]) as n (id, like_id, score, reasons)
     on conflict (complaint_id) do update set like_id = excluded.like_id, score = excluded.score, reasons = excluded.reasons, made_at = excluded.made_at,
            answer = null, answered_by = null, answered_at = null
      where matter_suggestion.like_id <> excluded.like_id`,
    [
      suggested.map(({ id }) => id),
      suggested.map(({ likeId }) => likeId),
      suggested.map(({ score }) => score),
      suggested.map(({ reasons }) => reasons.join(SEPARATOR)),
      new Date(now),
    ],
  );
}

/**
 * After orders moved: matters of two orders and more have a row with their count and their times; one that fell apart has
 * none, unless people keep a plan, an alert or a backlog with it. Counted anew, so that counts cannot go wrong.
 */
export async function recount(trx: Trx, matterIds: readonly string[]): Promise<void> {
  if (matterIds.length === 0) return;
  await trx.query(
    'matter.recount',
    `with n as materialized (
       select w.id, count(o.complaint_id)::int as count, min(o.received_at) as first_at, max(o.received_at) as last_at
         from unnest($1::uuid[]) as w (id) left join matter_order o on o.matter_id = w.id and o.turn is not null group by w.id),
     gone as (
       delete from matter m using n where m.id = n.id and n.count < 2 and m.plan is null and m.settled_at is null
          and not exists (select 1 from matter_alert a where a.matter_id = m.id) and not exists (select 1 from matter_backlog b where b.matter_id = m.id))
     insert into matter (id, title, category_code, town_id, unit_id, order_count, first_at, last_at)
     select n.id, c.title, c.category_code, c.town_id, c.unit_id, n.count, coalesce(n.first_at, c.received_at), coalesce(n.last_at, c.received_at)
       from n join complaint c on c.id = n.id
      where n.count >= 2 or exists (select 1 from matter m where m.id = n.id and (m.plan is not null or m.settled_at is not null
         or exists (select 1 from matter_alert a where a.matter_id = m.id) or exists (select 1 from matter_backlog b where b.matter_id = m.id)))
     on conflict (id) do update set order_count = excluded.order_count, first_at = excluded.first_at, last_at = excluded.last_at,
            unit_id = coalesce(matter.unit_id, excluded.unit_id), town_id = coalesce(matter.town_id, excluded.town_id),
            category_code = coalesce(matter.category_code, excluded.category_code),
            settled_at = case when excluded.last_at > matter.settled_at then null else matter.settled_at end, version = matter.version + 1`,
    [[...new Set(matterIds)]],
  );
}

/** New orders joined to matters: counts grow without counting anew, for a matter may have thousands. */
export async function addToMatters(trx: Trx, outcomes: readonly Outcome[]): Promise<string[]> {
  const joined = outcomes.filter(({ assignment }) => assignment.decision === 'joined');
  if (joined.length === 0) return [];
  const touched = [...new Set(joined.map(({ assignment }) => assignment.matterId))];
  await trx.query(
    'matter.grow',
    `with n as materialized (select matter_id, count(*)::int as count, min(at) as first_at, max(at) as last_at
         from unnest($1::uuid[], $2::timestamptz[]) as n (matter_id, at) group by matter_id)
     insert into matter (id, title, category_code, town_id, unit_id, order_count, first_at, last_at)
     select n.matter_id, c.title, c.category_code, c.town_id, c.unit_id, n.count + 1, least(n.first_at, c.received_at), greatest(n.last_at, c.received_at)
       from n join complaint c on c.id = n.matter_id
     on conflict (id) do update set order_count = matter.order_count + excluded.order_count - 1, first_at = least(matter.first_at, excluded.first_at),
            last_at = greatest(matter.last_at, excluded.last_at), unit_id = coalesce(matter.unit_id, excluded.unit_id),
            settled_at = case when excluded.last_at > matter.settled_at then null else matter.settled_at end, version = matter.version + 1`,
    [joined.map(({ assignment }) => assignment.matterId), joined.map(({ message }) => new Date(message.at ?? 0))],
  );
  return touched;
}
