import type { QueryOf, ResponseOf } from '@bihuan/contract';
import type { ComplaintFilter } from '@bihuan/contract/complaint';
import {
  MATTER_CAP,
  type MapPoint,
  type mapMatters,
  type mapOrders,
  type mapTowns,
  type mapWeeks,
  POINT_CAP,
} from '@bihuan/contract/map';
import { type Box, boxText, cellSize, parseBox, toCells } from '@bihuan/domain/geo';
import { searchedWhere, statementName } from '../../modules/complaint/index.ts';
import type { RequestActor } from '../../platform/access/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { invalid } from '../../platform/errors.ts';

type OrdersQuery = QueryOf<typeof mapOrders>;
type Orders = ResponseOf<typeof mapOrders>;

function boxOf(text: string): Box {
  const box = parseBox(text);
  if (!box) throw invalid('地图范围无效', [{ field: '/bbox', message: '应为西、南、东、北四个度数' }]);
  return box;
}

/** Orders in view: each one while they are few, else counted by cells of a fixed grid. */
export async function ordersInView(deps: Deps, actor: RequestActor, query: OrdersQuery): Promise<Orders> {
  const { bbox, zoom, as, ...filter } = query;
  const cell = cellSize(zoom, as === 'heat' ? 'heat' : 'cluster');
  // Whole cells, so that a cell holds the same orders however the map was moved.
  const box = toCells(boxOf(bbox), cell);
  const within = { ...filter, bbox: boxText(box) };
  if (as === 'points') {
    const points = await readPoints(deps, actor, within);
    if (points.length <= POINT_CAP) return { box: [...box], total: points.length, cell, points, cells: null };
  }
  const cells = await readCells(deps, actor, within, cell);
  return { box: [...box], total: cells.reduce((sum, { count }) => sum + count, 0), cell, points: null, cells };
}

/** At most one more than the cap: that there are more is all that is asked. */
async function readPoints(deps: Deps, actor: RequestActor, filter: ComplaintFilter): Promise<MapPoint[]> {
  const where = await searchedWhere(deps, actor, filter);
  const now = where.parameter(new Date(deps.clock.now()));
  const text = `
select c.id, c.number, c.title, c.lng, c.lat, c.point_by as by, g.name as category, c.status, c.received_at as "receivedAt",
       c.status not in ('closed', 'declined', 'following_up') and c.paused_at is null and c.due_at < ${now} as overdue, m.id as "matterId"
  from (select c.* from complaint c where ${where.sql} limit ${POINT_CAP + 1}) c
  left join category g on g.code = c.category_code
  left join matter_order o on o.complaint_id = c.id
  left join matter m on m.id = o.matter_id and m.order_count > 1`;
  const rows = await deps.db.query<Omit<MapPoint, 'receivedAt'> & { receivedAt: Date }>(
    statementName('map.points', text),
    text,
    where.values,
  );
  return rows.map((row) => ({ ...row, receivedAt: row.receivedAt.toISOString() }));
}

interface CellRow {
  x: number;
  y: number;
  count: number;
  lng: number;
  lat: number;
}

/** The statement by itself, for the test that looks at its plan. */
export async function cellsSql(deps: Deps, actor: RequestActor, filter: ComplaintFilter, cell: number) {
  const where = await searchedWhere(deps, actor, filter);
  const size = where.parameter(cell);
  const text = `
select floor(c.lng / ${size}::float8)::int as x, floor(c.lat / ${size}::float8)::int as y, count(*)::int as count, avg(c.lng) as lng, avg(c.lat) as lat
  from complaint c where ${where.sql} group by 1, 2`;
  return { text, values: where.values };
}

async function readCells(deps: Deps, actor: RequestActor, filter: ComplaintFilter, cell: number) {
  const { text, values } = await cellsSql(deps, actor, filter, cell);
  const rows = await deps.db.query<CellRow & Record<string, unknown>>(statementName('map.cells', text), text, values);
  return rows.map(({ x, y, count, lng, lat }) => ({ west: x * cell, south: y * cell, lng, lat, count }));
}

const DEFINITION = '符合筛选条件的诉件，按登记的所属街镇计；没有坐标的也计入。一件诉件计一次，重办不另计。';

export async function countTowns(
  deps: Deps,
  actor: RequestActor,
  filter: ComplaintFilter,
): Promise<ResponseOf<typeof mapTowns>> {
  const where = await searchedWhere(deps, actor, filter);
  const text = `
with n as (select c.town_id, count(*)::int as count, count(c.lng)::int as located from complaint c where ${where.sql} group by c.town_id)
select u.id, u.name, coalesce(n.count, 0) as count, coalesce(n.located, 0) as located
  from n full join (select id, name, sort from unit where kind = 'town' and closed_at is null) t on t.id = n.town_id
  left join unit u on u.id = coalesce(t.id, n.town_id)
 order by t.sort nulls last, u.name`;
  const rows = await deps.db.query<{ id: string | null; name: string | null; count: number; located: number }>(
    statementName('map.towns', text),
    text,
    where.values,
  );
  const sum = (of: 'count' | 'located') => rows.reduce((total, row) => total + row[of], 0);
  const none = rows.find(({ id }) => id === null);
  return {
    definition: DEFINITION,
    total: sum('count'),
    located: sum('located'),
    towns: rows.flatMap(({ id, name, count, located }) =>
      id === null ? [] : [{ unit: { id, name: name ?? '' }, count, located }],
    ),
    withoutTown: { count: none?.count ?? 0, located: none?.located ?? 0 },
  };
}

/** Ten years and some: beyond that a slider has no use. */
const MOST_WEEKS = 530;
const WEEK_MS = 7 * 86_400_000;
const ZONE_MS = 8 * 3_600_000;
const dayText = (at: number) => new Date(at + ZONE_MS).toISOString().slice(0, 10);

export async function countWeeks(
  deps: Deps,
  actor: RequestActor,
  filter: ComplaintFilter,
): Promise<ResponseOf<typeof mapWeeks>> {
  const where = await searchedWhere(deps, actor, filter);
  // Weeks begin on Monday, midnight in Shanghai.
  const text = `
select date_bin('7 days', c.received_at, timestamptz '1970-01-05 00:00+08') as week, count(*)::int as count
  from complaint c where ${where.sql} group by 1 order by 1 desc limit ${MOST_WEEKS}`;
  const rows = await deps.db.query<{ week: Date; count: number }>(statementName('map.weeks', text), text, where.values);
  const counts = new Map(rows.map(({ week, count }) => [week.getTime(), count]));
  const last = rows[0]?.week.getTime();
  if (last === undefined) return { weeks: [], total: 0 };
  const first = Math.max(rows.at(-1)!.week.getTime(), last - (MOST_WEEKS - 1) * WEEK_MS);
  const weeks = [];
  for (let at = first; at <= last; at += WEEK_MS)
    weeks.push({ from: dayText(at), to: dayText(at + WEEK_MS - 1), count: counts.get(at) ?? 0 });
  return { weeks, total: weeks.reduce((sum, { count }) => sum + count, 0) };
}

/**
 * Matters by what the actor may see of them: place, number and title come from the orders within scope and filters, so
 * that nothing of the others shows through.
 */
export async function mattersInView(
  deps: Deps,
  actor: RequestActor,
  { bbox, ...filter }: QueryOf<typeof mapMatters>,
): Promise<ResponseOf<typeof mapMatters>> {
  const where = await searchedWhere(deps, actor, { ...filter, bbox: boxText(boxOf(bbox)) });
  const text = `
select m.id, count(*)::int as count, avg(c.lng) as lng, avg(c.lat) as lat, max(c.received_at) as "lastAt",
       (array_agg(c.title order by c.received_at desc, c.id))[1] as title
  from complaint c
  join matter_order o on o.complaint_id = c.id
  join matter m on m.id = o.matter_id and m.order_count > 1
 where ${where.sql}
 group by m.id order by count(*) desc, max(c.received_at) desc, m.id limit ${MATTER_CAP + 1}`;
  const rows = await deps.db.query<{
    id: string;
    count: number;
    lng: number;
    lat: number;
    lastAt: Date;
    title: string;
  }>(statementName('map.matters', text), text, where.values);
  return {
    items: rows.slice(0, MATTER_CAP).map((row) => ({ ...row, lastAt: row.lastAt.toISOString() })),
    capped: rows.length > MATTER_CAP,
  };
}
