import type { HotOrder } from '@bihuan/contract/indicator';
import { complaintScope, type RequestActor } from '../../platform/access/index.ts';
import type { Sql } from '../../platform/db/index.ts';
import { COUNTED, notPaused } from './statement.query.ts';

/** Whose orders: those in an actor's scope, or, for the bulletin, all. */
export type Reader = RequestActor | 'everything';

function readerScope(
  reader: Reader,
  firstParameter: number,
): { name: string; sql: string; values: readonly unknown[] } {
  if (reader === 'everything') return { name: 'all', sql: 'true', values: [] };
  const { scope, sql, values } = complaintScope(reader, 'c', firstParameter);
  return { name: scope, sql, values };
}

/** An open order past due now, on columns of `complaint`: as the complaint list filters it (`overdue=true&excluded=false`). */
export const overdueCondition = (alias: string, now: string): string =>
  `(${alias}.status not in ('closed', 'declined') and ${alias}.status <> 'following_up' and ${alias}.excluded_at is null and ${alias}.due_at < ${now} and ${alias}.paused_at is null)`;

const COLUMNS = `c.id, c.number, c.title, k.name as category, u.id as unit_id, u.short_name as unit_name`;
const JOINS = 'left join category k on k.code = c.category_code left join unit u on u.id = c.unit_id';

interface HotRecord {
  id: string;
  number: string;
  title: string;
  category: string | null;
  unit_id: string | null;
  unit_name: string | null;
  due_at: Date | null;
  reopen_count: number;
}

const toHot = (row: HotRecord): HotOrder => ({
  id: row.id,
  number: row.number,
  title: row.title,
  category: row.category,
  unit: row.unit_id === null ? null : { id: row.unit_id, name: row.unit_name ?? '' },
  dueAt: row.due_at?.toISOString() ?? null,
  reopenCount: row.reopen_count,
});

/** Open orders past due now, the longest first. */
export async function overdueNow(sql: Sql, reader: Reader, now: number, limit: number): Promise<HotOrder[]> {
  const scope = readerScope(reader, 3);
  const rows = await sql.query<HotRecord>(
    `hot.overdue.${scope.name}`,
    `select ${COLUMNS}, c.due_at, c.reopen_count from complaint c ${JOINS}
      where ${overdueCondition('c', '$1')} and ${scope.sql} order by c.due_at, c.id limit $2`,
    [new Date(now), limit, ...scope.values],
  );
  return rows.map(toHot);
}

/** Open orders that were reopened most often. */
export async function reopenedNow(sql: Sql, reader: Reader, limit: number): Promise<HotOrder[]> {
  const scope = readerScope(reader, 2);
  const rows = await sql.query<HotRecord>(
    `hot.reopened.${scope.name}`,
    `select ${COLUMNS}, c.due_at, c.reopen_count from complaint c ${JOINS}
      where c.reopen_count > 0 and c.status not in ('closed', 'declined') and ${scope.sql} order by c.reopen_count desc, c.due_at, c.id limit $1`,
    [limit, ...scope.values],
  );
  return rows.map(toHot);
}

/** Longest look back for what was overdue at a past instant: what is older is a backlog matter 信访积案, not a week's overdue. */
const LOOK_BACK_MS = 366 * 86_400_000;

const overdueAtSql = (scope: string): string => `from handling_round r join complaint c on c.id = r.complaint_id
 where ${COUNTED} and r.due_at >= $1 and r.due_at < $2 and (r.concluded_at is null or r.concluded_at >= $2)
   and (r.concluded_at is not null or ${notPaused('due_at')}) and ${scope}`;

const overdueSpan = (asOf: number): Date[] => [new Date(asOf - LOOK_BACK_MS), new Date(asOf)];

/** What was past due and not concluded at an instant, now or then. `total` counts all, `items` and `visible` the reader's. */
export async function overdueAt(
  sql: Sql,
  reader: Reader,
  asOf: number,
  limit: number,
): Promise<{ total: number; visible: number; items: HotOrder[] }> {
  const scope = readerScope(reader, 3);
  const [counts, rows] = await Promise.all([
    sql.query<{ total: number; visible: number }>(
      `hot.overdueCount.${scope.name}`,
      `select count(*)::int as total, count(*) filter (where ${scope.sql})::int as visible ${overdueAtSql('true')}`,
      [...overdueSpan(asOf), ...scope.values],
    ),
    sql.query<HotRecord>(
      `hot.overdueAt.${scope.name}`,
      `select ${COLUMNS}, o.due_at, o.round - 1 as reopen_count
         from (select r.complaint_id, r.round, r.due_at ${overdueAtSql(scope.sql)} order by r.due_at, r.complaint_id limit ${limit}) o
         join complaint c on c.id = o.complaint_id ${JOINS} order by o.due_at, c.id`,
      [...overdueSpan(asOf), ...scope.values],
    ),
  ]);
  return { ...counts[0]!, items: rows.map(toHot) };
}

/** Ids of everything overdue at an instant, for a published bulletin. */
export async function overdueIdsAt(sql: Sql, asOf: number): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    null,
    `select c.id ${overdueAtSql('true')} order by r.due_at, c.id`,
    overdueSpan(asOf),
  );
  return rows.map((row) => row.id);
}

/** Orders reopened in a span, those reopened most often first; `reopenCount` is the times up to then. */
export async function mostReopened(
  sql: Sql,
  reader: Reader,
  from: number,
  asOf: number,
  limit: number,
): Promise<HotOrder[]> {
  const scope = readerScope(reader, 4);
  const rows = await sql.query<HotRecord>(
    `hot.reopenedIn.${scope.name}`,
    `select ${COLUMNS}, c.due_at, o.times as reopen_count
       from (select r.complaint_id, max(r.round) as times, max(r.followed_up_at) as last from handling_round r
              where r.reached and r.excluded_at is null and r.reopened and r.followed_up_at >= $1 and r.followed_up_at < $2 group by 1) o
       join complaint c on c.id = o.complaint_id ${JOINS}
      where ${scope.sql} order by o.times desc, o.last desc, c.id limit $3`,
    [new Date(from), new Date(asOf), limit, ...scope.values],
  );
  return rows.map(toHot);
}
