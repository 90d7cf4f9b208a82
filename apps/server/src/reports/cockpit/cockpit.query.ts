import { complaintScope, type RequestActor } from '../../platform/access/index.ts';
import type { Sql } from '../../platform/db/index.ts';
import { overdueCondition } from '../indicator/index.ts';

/** Open orders in the actor's scope: all, past due, and due before `endOfDay`. */
export async function openCounts(
  sql: Sql,
  actor: RequestActor,
  now: number,
  endOfDay: number,
): Promise<{ open: number; overdue: number; dueToday: number }> {
  const scope = complaintScope(actor, 'c', 3);
  const [row] = await sql.query<{ open: number; overdue: number; dueToday: number }>(
    `cockpit.open.${scope.scope}`,
    `select count(*)::int as open, count(*) filter (where ${overdueCondition('c', '$1')})::int as overdue,
            count(*) filter (where c.status <> 'following_up' and c.excluded_at is null and c.paused_at is null and c.due_at >= $1 and c.due_at < $2)::int as "dueToday"
       from complaint c where c.status not in ('closed', 'declined') and ${scope.sql}`,
    [new Date(now), new Date(endOfDay), ...scope.values],
  );
  return row!;
}

/** Open overdue orders in the actor's scope by town. */
export async function overdueByTown(sql: Sql, actor: RequestActor, now: number): Promise<Map<string | null, number>> {
  const scope = complaintScope(actor, 'c', 2);
  const rows = await sql.query<{ town_id: string | null; n: number }>(
    `cockpit.towns.${scope.scope}`,
    `select c.town_id, count(*)::int as n from complaint c where ${overdueCondition('c', '$1')} and ${scope.sql} group by 1`,
    [new Date(now), ...scope.values],
  );
  return new Map(rows.map((row) => [row.town_id, row.n]));
}
