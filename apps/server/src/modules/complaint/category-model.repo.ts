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
