import type { CategoryScore } from '@bihuan/contract/dictionary';
import type { Sql, Trx } from '../../platform/db/index.ts';

/** The latest so many teach; older ones say what used to be. */
const LATEST = 50_000;
const BATCH = 2_000;

export interface ConfirmedOrder {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly title: string;
  readonly content: string;
  readonly code: string;
  readonly received_at: Date;
  readonly matter: string;
}

const CONFIRMED = `c.category_code is not null and c.status <> 'declined' and not exists (select 1 from category_guess j where j.complaint_id = c.id)`;

export async function countConfirmed(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    'category.confirmed',
    `select count(*)::int as count from (select 1 from complaint c where ${CONFIRMED} limit ${LATEST}) x`,
  );
  return row!.count;
}

/** Orders whose category a person or the source has set, the newest first, in batches. */
export async function* confirmedOrders(sql: Sql): AsyncGenerator<ConfirmedOrder[]> {
  let after: ConfirmedOrder | null = null;
  for (let read = 0; read < LATEST; ) {
    const rows: ConfirmedOrder[] = await sql.query<ConfirmedOrder>(
      'category.orders',
      `select c.id, c.title, left(c.content, 1000) as content, c.category_code as code, c.received_at, coalesce(o.matter_id, c.id) as matter
         from complaint c left join matter_order o on o.complaint_id = c.id
        where ${CONFIRMED} and ($1::timestamptz is null or (c.received_at, c.id) < ($1, $2::uuid))
        order by c.received_at desc, c.id desc limit ${BATCH}`,
      [after?.received_at ?? null, after?.id ?? null],
    );
    if (rows.length === 0) return;
    yield rows;
    after = rows.at(-1)!;
    read += rows.length;
  }
}

export interface ModelRow {
  readonly [column: string]: unknown;
  readonly id: number;
  readonly trained_at: Date;
  readonly orders: number;
  readonly threshold: number | null;
  readonly score: CategoryScore;
  readonly state: 'active' | 'retired' | 'rejected';
  readonly note: string | null;
  readonly trained_by: { id: string; name: string } | null;
}

export function readModels(sql: Sql): Promise<ModelRow[]> {
  return sql.query<ModelRow>(
    'category.models',
    `select m.id, m.trained_at, m.orders, m.threshold, m.score, m.state, m.note,
            (select json_build_object('id', p.id, 'name', p.name) from person p where p.id = m.trained_by) as trained_by
       from category_model m order by m.id desc limit 20`,
  );
}

/** Two trainings at once write one after the other. */
export async function lockModels(trx: Trx): Promise<void> {
  await trx.query('category.lock', "select pg_advisory_xact_lock(hashtextextended('category_model', 0))");
}

export async function insertModel(
  trx: Trx,
  model: Pick<ModelRow, 'orders' | 'threshold' | 'score' | 'note'> & {
    readonly state: 'active' | 'rejected';
    readonly at: number;
    readonly by: string | null;
    readonly weights: Buffer | null;
  },
): Promise<void> {
  if (model.state === 'active')
    await trx.query(
      'category.retire',
      "update category_model set state = 'retired', weights = null where state = 'active'",
    );
  await trx.query(
    'category.insert',
    'insert into category_model (trained_at, orders, threshold, score, state, note, trained_by, weights) values ($1, $2, $3, $4, $5, $6, $7, $8)',
    [
      new Date(model.at),
      model.orders,
      model.threshold,
      JSON.stringify(model.score),
      model.state,
      model.note,
      model.by,
      model.weights,
    ],
  );
}

/** The version in use with its weights. */
export async function activeWeights(sql: Sql): Promise<{ id: number; trainedAt: Date; weights: Buffer } | null> {
  const [row] = await sql.query<{ id: number; trainedAt: Date; weights: Buffer }>(
    null,
    `select id, trained_at as "trainedAt", weights from category_model where state = 'active' and weights is not null`,
  );
  return row ?? null;
}

export interface UnfiledOrder {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly title: string;
  readonly content: string;
}

/** A person who took the category away left it open on purpose. */
const LEFT_OPEN = `exists (select 1 from audit_event e where e.object_id = c.id and e.object_type = 'complaint'
   and e.action = 'complaint.amend' and e.data->'fields' ? 'categoryCode')`;
const UNFILED = `c.category_code is null and c.status not in ('closed', 'declined') and not ${LEFT_OPEN}`;

/** Open orders of which nobody has said the category, in batches by id. */
export async function unfiledOrders(sql: Sql, after: string, limit: number): Promise<UnfiledOrder[]> {
  return sql.query<UnfiledOrder>(
    'category.unfiled',
    `select c.id, c.title, left(c.content, 1000) as content from complaint c where ${UNFILED} and c.id > $1::uuid order by c.id limit $2`,
    [after, limit],
  );
}

export interface FoundCategory {
  readonly id: string;
  readonly code: string;
  readonly confidence: number;
}

/**
 * Fills in what the machine is sure of and marks it, each with its entry in the ledger. Locked and looked at once more: what
 * a person or the source has said meanwhile stands.
 * @returns how many were filled in
 */
export async function fillIn(trx: Trx, found: readonly FoundCategory[], at: number): Promise<number> {
  const ids = found.map(({ id }) => id);
  await trx.query(
    'category.lock_unfiled',
    'select 1 from complaint where id = any($1::uuid[]) order by id for update',
    [ids],
  );
  // A statement of its own: after the wait for the locks it sees what others wrote.
  const filled = await trx.query<{ id: string }>(
    'category.fill_in',
    `with c as (
       update complaint c set category_code = f.code, version = c.version + 1
         from unnest($1::uuid[], $2::text[], $3::real[]) as f (id, code, confidence)
        where c.id = f.id and ${UNFILED}
        returning c.id, c.round, c.status, c.unit_id, c.town_id, c.officer_id, c.version, f.code, f.confidence),
     r as (update handling_round r set category_code = c.code from c where r.complaint_id = c.id and r.round = c.round),
     o as (insert into outbox (topic, object_id, unit_id, town_id, officer_id, data)
           select 'complaint.changed', id, unit_id, town_id, officer_id, jsonb_build_object('status', status, 'version', version) from c),
     a as (insert into audit_event (at, action, object_type, object_id, from_status, to_status, data)
           select $4, 'complaint.guess_category', 'complaint', id, status, status, jsonb_build_object('code', code, 'confidence', confidence) from c)
     select id from c`,
    [ids, found.map(({ code }) => code), found.map(({ confidence }) => confidence), new Date(at)],
  );
  // After the trigger that takes the mark away from a category that changes.
  const marked = new Set(filled.map(({ id }) => id));
  const marks = found.filter(({ id }) => marked.has(id));
  await trx.query(
    'category.mark',
    'insert into category_guess (complaint_id, code, confidence, by_words) select id, code, confidence, false from unnest($1::uuid[], $2::text[], $3::real[]) as f (id, code, confidence)',
    [marks.map(({ id }) => id), marks.map(({ code }) => code), marks.map(({ confidence }) => confidence)],
  );
  return marks.length;
}
