import { createHash } from 'node:crypto';
import type { MatterItem, MatterQuery } from '@bihuan/contract/matter';
import type { AlertAction, BacklogStatus } from '@bihuan/domain/matter';
import { complaintScope, type RequestActor } from '../../platform/access/index.ts';
import type { Sql } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { invalid } from '../../platform/errors.ts';

const COUNT_CAP = 1000;
const DAY = 86_400_000;
const RECENT_DAYS = 30;

export interface MatterRow {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly title: string;
  readonly category_code: string | null;
  readonly category_name: string | null;
  readonly town_id: string | null;
  readonly town_name: string | null;
  readonly unit_id: string | null;
  readonly unit_name: string | null;
  readonly order_count: number;
  readonly open_count: number;
  readonly caller_count: number;
  readonly recent_count: number;
  readonly reopen_count: number;
  readonly first_at: Date;
  readonly last_at: Date;
  readonly settled_at: Date | null;
  readonly alerts: AlertAction[];
  readonly backlog: BacklogStatus | null;
  readonly plan: string | null;
  readonly settled_note: string | null;
  readonly version: number;
}

/** Counts of the orders that the actor may see; what the district counts stays with those who see the district. */
export function matterColumns(scopeSql: string, now: string): string {
  return `
  m.id, m.title, m.category_code, g.name as category_name, m.town_id, t.name as town_name, m.unit_id, u.name as unit_name,
  n.order_count, n.open_count, n.caller_count, n.recent_count, n.reopen_count, n.first_at, n.last_at, m.settled_at, m.plan, m.settled_note, m.version,
  array(select a.action from matter_alert a where a.matter_id = m.id and a.status = 'open' order by a.fired_at) as alerts,
  (select b.status from matter_backlog b where b.matter_id = m.id) as backlog
  from page m
  left join category g on g.code = m.category_code left join unit t on t.id = m.town_id left join unit u on u.id = m.unit_id
  cross join lateral (
    select count(*)::int as order_count, count(*) filter (where c.status not in ('closed','declined'))::int as open_count,
           count(distinct coalesce(x.phone_bidx, x.name_bidx))::int as caller_count,
           count(*) filter (where c.received_at > ${now}::timestamptz - interval '${RECENT_DAYS} days' and c.received_at <= ${now})::int as recent_count,
           coalesce(sum(c.reopen_count), 0)::int as reopen_count, min(c.received_at) as first_at, max(c.received_at) as last_at
      from matter_order o join complaint c on c.id = o.complaint_id join complainant x on x.complaint_id = c.id
     where o.matter_id = m.id and o.turn is not null and ${scopeSql}) n`;
}

/**
 * Matters as the actor may see them. Who sees a part of the district gets name, number and times from the orders of that
 * part: neither a filter nor the order of a list tells of orders that are somebody else's.
 */
const mattersSeen = (scopeSql: string): string =>
  scopeSql === 'true'
    ? 'matter'
    : `(select m.id, v.title, m.category_code, m.town_id, m.unit_id, m.settled_at, m.plan, m.settled_note, m.version, v.order_count, v.first_at, v.last_at
          from matter m join (
            select o.matter_id, count(*)::int as order_count, min(c.received_at) as first_at, max(c.received_at) as last_at,
                   (array_agg(c.title order by c.received_at, c.id))[1] as title
              from complaint c join matter_order o on o.complaint_id = c.id where o.turn is not null and ${scopeSql} group by o.matter_id) v
            on v.matter_id = m.id)`;

const SORTS = {
  last: { column: 'm.last_at', direction: 'desc', compare: '<', cast: 'timestamptz' },
  first: { column: 'm.first_at', direction: 'asc', compare: '>', cast: 'timestamptz' },
  count: { column: 'm.order_count', direction: 'desc', compare: '<', cast: 'integer' },
} as const;

function conditions(actor: RequestActor, filter: MatterQuery): { sql: string; values: unknown[]; scopeSql: string } {
  const scope = complaintScope(actor, 'c', 1);
  const values: unknown[] = [...scope.values];
  const parts: string[] = [];
  const add = (sql: (parameter: string) => string, value: unknown) => {
    values.push(value);
    parts.push(sql(`$${values.length}`));
  };
  const among = (column: string, text: string | undefined) => {
    if (text) add((p) => `${column} = any(${p}::uuid[])`, text.split(','));
  };
  among('m.unit_id', filter.unitId);
  among('m.town_id', filter.townId);
  if (filter.categoryCode)
    add(
      (p) =>
        `exists (select 1 from category k where k.code = m.category_code and (k.code = any(${p}::text[]) or k.parent_code = any(${p}::text[])))`,
      filter.categoryCode.split(','),
    );
  if (filter.minCount) add((p) => `m.order_count >= ${p}`, filter.minCount);
  const q = filter.q?.trim();
  if (q) add((p) => `m.title like ${p}`, `%${q.replace(/[\\%_]/g, '\\$&')}%`);
  if (filter.lastFrom) add((p) => `m.last_at >= ${p}`, new Date(`${filter.lastFrom}T00:00:00+08:00`));
  if (filter.lastTo) add((p) => `m.last_at < ${p}`, new Date(Date.parse(`${filter.lastTo}T00:00:00+08:00`) + DAY));
  if (filter.state === 'open') parts.push('m.settled_at is null');
  if (filter.state === 'settled') parts.push('m.settled_at is not null');
  if (filter.state === 'alert')
    parts.push("exists (select 1 from matter_alert a where a.matter_id = m.id and a.status = 'open')");
  if (filter.state === 'backlog')
    parts.push("exists (select 1 from matter_backlog b where b.matter_id = m.id and b.status <> 'closed')");
  return { sql: parts.length === 0 ? 'true' : parts.join(' and '), values, scopeSql: scope.sql };
}

export async function readMatterRows(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  actor: RequestActor,
  query: MatterQuery & { after?: string; limit: number },
): Promise<{ rows: (MatterRow & { total: number | null; cursor: string })[]; hasMore: boolean }> {
  const { after, limit, sort = 'last', ...filter } = query;
  const { sql, values, scopeSql } = conditions(actor, filter);
  const { column, direction, compare, cast } = SORTS[sort];
  const plain = [...values];
  let keyset = '';
  if (after !== undefined) {
    const [value = '', id = ''] = after.split('~');
    if (
      !/^[0-9a-f-]{36}$/i.test(id) ||
      value === '' ||
      (cast === 'integer' ? !/^\d{1,9}$/.test(value) : Number.isNaN(Date.parse(value)))
    )
      throw invalid('翻页位置无效，请从第一页开始');
    plain.push(value, id);
    keyset = `and (${column}, m.id) ${compare} ($${plain.length - 1}::${cast}, $${plain.length}::uuid)`;
  }
  plain.push(limit + 1, new Date(clock.now()));
  const text = `
with page as materialized (select m.*, ${column}::text as cursor from ${mattersSeen(scopeSql)} m where ${sql} ${keyset} order by ${column} ${direction}, m.id ${direction} limit $${plain.length - 1})
select m.cursor, ${after === undefined ? `(select count(*)::int from (select 1 from ${mattersSeen(scopeSql)} m where ${sql} limit ${COUNT_CAP + 1}) x)` : 'null::int'} as total,
  ${matterColumns(scopeSql, `$${plain.length}`)}
 order by ${column} ${direction}, m.id ${direction}`;
  const name = `matter.list.${createHash('md5').update(text).digest('base64url').slice(0, 12)}`;
  const rows = await db.query<MatterRow & { total: number | null; cursor: string }>(name, text, plain);
  return { rows: rows.slice(0, limit), hasMore: rows.length > limit };
}

export async function matterPage(
  deps: Deps,
  actor: RequestActor,
  query: MatterQuery & { after?: string; limit?: number },
): Promise<{ items: MatterItem[]; next: string | null; total: number; totalIsCapped: boolean }> {
  const { rows, hasMore } = await readMatterRows(deps, actor, { ...query, limit: query.limit ?? 50 });
  const last = rows.at(-1);
  const total = rows[0]?.total ?? 0;
  return {
    items: rows.map(toItem),
    next: hasMore && last ? `${last.cursor}~${last.id}` : null,
    total: Math.min(total, COUNT_CAP),
    totalIsCapped: total > COUNT_CAP,
  };
}

export function toItem(row: MatterRow): MatterItem {
  return {
    id: row.id,
    title: row.title,
    category: row.category_code === null ? null : { code: row.category_code, name: row.category_name ?? '' },
    town: row.town_id === null ? null : { id: row.town_id, name: row.town_name! },
    unit: row.unit_id === null ? null : { id: row.unit_id, name: row.unit_name! },
    orderCount: row.order_count,
    openCount: row.open_count,
    callerCount: row.caller_count,
    recentCount: row.recent_count,
    reopenCount: row.reopen_count,
    firstAt: row.first_at.toISOString(),
    lastAt: row.last_at.toISOString(),
    settledAt: row.settled_at?.toISOString() ?? null,
    openAlerts: row.alerts,
    backlog: row.backlog,
  };
}

/** One matter as a row; of a single order too. `null` when the actor sees none of its orders. */
export async function readMatterRow(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  actor: RequestActor,
  id: string,
): Promise<MatterRow | null> {
  const scope = complaintScope(actor, 'c', 3);
  const [row] = await (db as Sql).query<MatterRow>(
    `matter.row.${scope.scope}`,
    `with page as materialized (
       select id, title, category_code, town_id, unit_id, settled_at, plan, settled_note, version from ${mattersSeen(scope.sql)} m where id = $1
       union all
       select c.id, c.title, c.category_code, c.town_id, c.unit_id, null, null, null, 0 from complaint c join matter_order o on o.complaint_id = c.id
        where c.id = $1 and o.matter_id = $1 and not exists (select 1 from matter where id = $1))
     select ${matterColumns(scope.sql, '$2')}`,
    [id, new Date(clock.now()), ...scope.values],
  );
  return row && row.order_count > 0 ? row : null;
}
