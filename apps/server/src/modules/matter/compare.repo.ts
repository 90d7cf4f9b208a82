import type { Verdict } from '@bihuan/domain/matter';
import { LATEST, type Message, type PairCode } from '@bihuan/domain/similarity';
import type { Sql, Trx } from '../../platform/db/index.ts';

/** One at a time, in all processes: each order is compared with all that were compared before it. */
export async function lockMatters(trx: Trx): Promise<void> {
  await trx.query('matter.lock', "select pg_advisory_xact_lock(hashtextextended('bihuan:matters', 0))");
}

export interface OrderText extends Message {
  readonly turn: number;
}

interface TextRow {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly turn: number | null;
  readonly title: string;
  readonly content: string;
  readonly address: string | null;
  readonly received_at: Date;
  readonly person: string | null;
}

/** Who a caller is: the same phone, or where there is none the same name. */
const TEXT = `c.id, c.title, c.content, c.address, c.received_at, encode(coalesce(p.phone_bidx, p.name_bidx), 'hex') as person`;

const message = (row: TextRow): Message => ({
  id: row.id,
  title: row.title,
  text: row.content,
  address: row.address,
  at: row.received_at.getTime(),
  person: row.person,
});

/** Orders that were not compared yet, in the order of their arrival. */
export async function pendingOrders(sql: Sql, limit: number): Promise<Message[]> {
  const rows = await sql.query<TextRow>(
    'matter.pending',
    `select ${TEXT} from (select complaint_id, seq from matter_order where turn is null order by seq limit $1) o
       join complaint c on c.id = o.complaint_id join complainant p on p.complaint_id = c.id order by o.seq`,
    [limit],
  );
  return rows.map(message);
}

export async function countPending(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    'matter.count_pending',
    'select count(*)::int as count from matter_order where turn is null',
  );
  return row!.count;
}

export async function lastTurn(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ turn: number }>(
    'matter.last_turn',
    'select coalesce(max(turn), 0) as turn from matter_order',
  );
  return row!.turn;
}

/** Orders that were compared before, by their turns. */
export async function comparedOrders(sql: Sql, turns: readonly number[]): Promise<OrderText[]> {
  const rows = await sql.query<TextRow>(
    'matter.compared',
    `select ${TEXT}, o.turn from matter_order o join complaint c on c.id = o.complaint_id join complainant p on p.complaint_id = c.id
      where o.turn = any($1::bigint[])`,
    [turns],
  );
  return rows.map((row) => ({ ...message(row), turn: row.turn! }));
}

/** Compared or not. */
export async function countOrders(sql: Sql): Promise<number> {
  const [last, pending] = await Promise.all([lastTurn(sql), countPending(sql)]);
  return last + pending;
}

/** About such a share of all orders, the same ones each time; in no order. */
export async function sampleOrders(sql: Sql, share: number, limit: number): Promise<Message[]> {
  const rows = await sql.query<TextRow>(
    'matter.sample',
    `select ${TEXT} from (select * from complaint tablesample bernoulli ($1::real) repeatable (1) limit $2) c join complainant p on p.complaint_id = c.id`,
    [share * 100, limit],
  );
  return rows.map(message);
}

/** The next orders of a whole run, in the order of their turns. */
export async function ordersAfter(sql: Sql, turn: number, upTo: number, limit: number): Promise<OrderText[]> {
  const rows = await sql.query<TextRow>(
    'matter.orders_after',
    `select ${TEXT}, o.turn from (select complaint_id, turn from matter_order where turn > $1 and turn <= $2 order by turn limit $3) o
       join complaint c on c.id = o.complaint_id join complainant p on p.complaint_id = c.id order by o.turn`,
    [turn, upTo, limit],
  );
  return rows.map((row) => ({ ...message(row), turn: row.turn! }));
}

export const CANDIDATES_SQL = `
select k.key, array_to_string(array(select m.turn from matter_key m where m.key = k.key and m.turn < $2 order by m.turn desc limit ${LATEST}), ' ') as turns
  from unnest($1::int[]) as k (key)`;

/** Of each key, the latest turns before one, newest first. From the index alone, whatever the size of the stock. */
export async function latestTurns(
  sql: Sql,
  keys: Iterable<PairCode>,
  before: number,
): Promise<Map<PairCode, readonly number[]>> {
  const rows = await sql.query<{ key: number; turns: string }>('matter.candidates', CANDIDATES_SQL, [
    [...keys],
    before,
  ]);
  return new Map(rows.map(({ key, turns }) => [key, turns === '' ? [] : turns.split(' ').map(Number)]));
}

/** The order and the matter of each turn. */
export async function mattersOfTurns(
  sql: Sql,
  turns: Iterable<number>,
): Promise<Map<number, { orderId: string; matterId: string }>> {
  const rows = await sql.query<{ turn: number; order_id: string; matter_id: string }>(
    'matter.of_turns',
    'select turn, complaint_id as order_id, matter_id from matter_order where turn = any($1::bigint[])',
    [[...turns]],
  );
  return new Map(rows.map((row) => [row.turn, { orderId: row.order_id, matterId: row.matter_id }]));
}

export interface VerdictOn extends Verdict {
  /** Of the two, which is not among the orders asked for, or the earlier one. */
  readonly orderId: string;
  readonly otherId: string;
  readonly otherTurn: number;
  readonly otherMatterId: string;
}

/** What people said of these orders and orders compared before them; by turn. */
export async function verdictsOn(sql: Sql, orderIds: readonly string[]): Promise<VerdictOn[]> {
  return sql.query<VerdictOn & Record<string, unknown>>(
    'matter.verdicts_on',
    `select v.a, v.b, v.same, x.id as "orderId", y.complaint_id as "otherId", y.turn as "otherTurn", y.matter_id as "otherMatterId"
       from unnest($1::uuid[]) as x (id)
       join lateral (select a, b, same, b as other from matter_verdict where a = x.id union all
                     select a, b, same, a from matter_verdict where b = x.id) v on true
       join matter_order y on y.complaint_id = v.other and y.turn is not null
      order by y.turn`,
    [orderIds],
  );
}
