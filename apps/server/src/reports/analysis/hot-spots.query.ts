import type { Spot } from '@bihuan/contract/analysis';
import { HISTORY_WEEKS, LEVEL_WEEKS } from '@bihuan/domain/hotspot';
import { complaintScope, type RequestActor } from '../../platform/access/index.ts';
import type { Sql } from '../../platform/db/index.ts';

export const WEEK_MS = 7 * 86_400_000;
/** Reads everything: for what is written by the system itself. */
export type Reader = RequestActor | 'everything';

const scopeFor = (reader: Reader, firstParameter: number) =>
  reader === 'everything'
    ? { scope: 'everything', sql: 'true', values: [] as unknown[] }
    : complaintScope(reader, 'c', firstParameter);

/** Windows of seven days before `$1`, the newest 0; the start of a window belongs to it. */
const WEEK = `(ceil(extract(epoch from ($1::timestamptz - c.received_at)) / 604800) - 1)::int`;

export interface TownCount {
  readonly week: number;
  readonly town: string | null;
  readonly category: string | null;
  readonly count: number;
}

/** Orders received in each of the last weeks, by town and category. */
export function countByTown(sql: Sql, reader: Reader, end: number): Promise<TownCount[]> {
  const scope = scopeFor(reader, 3);
  return sql.query<TownCount & Record<string, unknown>>(
    `analysis.by_town.${scope.scope}`,
    `select ${WEEK} as week, c.town_id as town, c.category_code as category, count(*)::int as count
       from complaint c where c.received_at < $1 and c.received_at >= $2 and ${scope.sql} group by 1, 2, 3`,
    [new Date(end), new Date(end - (HISTORY_WEEKS + 1) * WEEK_MS), ...scope.values],
  );
}

export interface PlaceCount {
  readonly week: number;
  readonly place: string;
  readonly category: string | null;
  readonly count: number;
}

/** The same by place, as far as the level reaches; only of places that had an order in the newest week. */
export function countByPlace(sql: Sql, reader: Reader, end: number): Promise<PlaceCount[]> {
  const scope = scopeFor(reader, 4);
  return sql.query<PlaceCount & Record<string, unknown>>(
    `analysis.by_place.${scope.scope}`,
    `select ${WEEK} as week, c.place_id as place, c.category_code as category, count(*)::int as count
       from complaint c where c.received_at < $1 and c.received_at >= $2
        and c.place_id in (select n.place_id from complaint n where n.received_at < $1 and n.received_at >= $3 and n.place_id is not null)
        and ${scope.sql} group by 1, 2, 3`,
    [new Date(end), new Date(end - (LEVEL_WEEKS + 1) * WEEK_MS), new Date(end - WEEK_MS), ...scope.values],
  );
}

/** How many places had an order at all: each of them might have risen. */
export async function countPlaces(sql: Sql, reader: Reader, end: number): Promise<{ places: number; pairs: number }> {
  const scope = scopeFor(reader, 3);
  const [row] = await sql.query<{ places: number; pairs: number }>(
    `analysis.places.${scope.scope}`,
    `select count(distinct c.place_id)::int as places, count(distinct (c.place_id, c.category_code))::int as pairs
       from complaint c where c.received_at < $1 and c.received_at >= $2 and c.place_id is not null and ${scope.sql}`,
    [new Date(end), new Date(end - (LEVEL_WEEKS + 1) * WEEK_MS), ...scope.values],
  );
  return row!;
}

/** Whole weeks of data before the week that ends at `end`. */
export async function weeksOfHistory(sql: Sql, end: number): Promise<number> {
  const [row] = await sql.query<{ first: Date | null }>(
    'analysis.first',
    'select (select received_at from complaint order by received_at, id limit 1) as first',
  );
  const first = row?.first?.getTime() ?? end;
  return Math.max(0, Math.min(HISTORY_WEEKS, Math.floor((end - WEEK_MS - first) / WEEK_MS)));
}

/** One order of the week, with what tells why. */
export interface WeekOrder {
  readonly town: string | null;
  readonly category: string | null;
  readonly place: string | null;
  readonly matter: string;
  readonly title: string;
  readonly night: boolean;
  readonly reopened: boolean;
  /** The same for the same citizen; `null` for who left nothing. */
  readonly caller: string | null;
}

export function ordersOfWeek(sql: Sql, reader: Reader, end: number): Promise<WeekOrder[]> {
  const scope = scopeFor(reader, 3);
  return sql.query<WeekOrder & Record<string, unknown>>(
    `analysis.orders.${scope.scope}`,
    `select c.town_id as town, c.category_code as category, c.place_id as place, o.matter_id as matter, c.title, c.reopen_count > 0 as reopened,
            extract(hour from c.received_at at time zone 'Asia/Shanghai') not between 6 and 18 as night, encode(coalesce(x.phone_bidx, x.name_bidx), 'hex') as caller
       from complaint c join matter_order o on o.complaint_id = c.id join complainant x on x.complaint_id = c.id
      where c.received_at < $1 and c.received_at >= $2 and ${scope.sql} order by c.received_at desc, c.id desc`,
    [new Date(end), new Date(end - WEEK_MS), ...scope.values],
  );
}

export interface Names {
  readonly towns: ReadonlyMap<string, string>;
  readonly categories: ReadonlyMap<string, string>;
  readonly places: ReadonlyMap<string, { readonly name: string; readonly townId: string | null }>;
}

export async function readNames(sql: Sql, placeIds: readonly string[]): Promise<Names> {
  const [towns, categories, places] = await Promise.all([
    sql.query<{ id: string; name: string }>('analysis.towns', "select id, name from unit where kind = 'town'"),
    sql.query<{ code: string; name: string }>('analysis.categories', 'select code, name from category'),
    sql.query<{ id: string; name: string; townId: string | null }>(
      'analysis.place_names',
      'select id, name, town_id as "townId" from place where id = any($1::uuid[])',
      [placeIds],
    ),
  ]);
  return {
    towns: new Map(towns.map(({ id, name }) => [id, name])),
    categories: new Map(categories.map(({ code, name }) => [code, name])),
    places: new Map(places.map((place) => [place.id, place])),
  };
}

export async function readMatters(
  sql: Sql,
  ids: readonly string[],
): Promise<Map<string, { unit: { id: string; name: string } | null; settled: boolean }>> {
  const rows = await sql.query<{ id: string; unit_id: string | null; unit_name: string | null; settled: boolean }>(
    'analysis.matters',
    'select m.id, m.unit_id, u.name as unit_name, m.settled_at is not null as settled from matter m left join unit u on u.id = m.unit_id where m.id = any($1::uuid[])',
    [ids],
  );
  return new Map(
    rows.map((row) => [
      row.id,
      { unit: row.unit_id ? { id: row.unit_id, name: row.unit_name! } : null, settled: row.settled },
    ]),
  );
}

/** Weekly counts of one spot, the newest first. */
export async function weeksOfSpot(sql: Sql, reader: Reader, end: number, spot: Spot, weeks: number): Promise<number[]> {
  const scope = scopeFor(reader, 6);
  const rows = await sql.query<{ week: number; count: number }>(
    `analysis.spot.${scope.scope}`,
    `select ${WEEK} as week, count(*)::int as count from complaint c
      where c.received_at < $1 and c.received_at >= $2 and ($3::uuid is null or c.town_id = $3) and ($4::text is null or c.category_code = $4)
        and ($5::uuid is null or c.place_id = $5) and ${scope.sql} group by 1`,
    [new Date(end), new Date(end - weeks * WEEK_MS), spot.townId, spot.categoryCode, spot.placeId, ...scope.values],
  );
  const counts = new Array<number>(weeks).fill(0);
  for (const { week, count } of rows) if (week < weeks) counts[week] = count;
  return counts;
}
