import type { ResponseOf } from '@bihuan/contract';
import type { complaintCounts, myWork, WorkItem } from '@bihuan/contract/complaint';
import { type Permission, permits } from '@bihuan/domain/access';
import { complaintScope, type RequestActor } from '../../platform/access/index.ts';
import type { Deps } from '../../platform/deps.ts';
import {
  decidableKinds,
  LIST_COLUMNS,
  LIST_JOINS,
  type ListRow,
  statementName,
  toListItem,
  Where,
} from './list.query.ts';

type Task = WorkItem['task'];

/** What each duty must do now, as a condition on the order. */
function duties(
  actor: RequestActor,
  where: Where,
  wanted: (task: Task) => boolean,
): { task: Task; condition: string }[] {
  const me = () => where.parameter(actor.personId);
  const unit = () => where.parameter(actor.unitId);
  const list: { task: Task; condition: string }[] = [];
  const add = (task: Task, permission: Permission, condition: () => string) => {
    if (wanted(task) && permits(actor, permission)) list.push({ task, condition: condition() });
  };
  add('accept', 'complaint.accept', () => "c.status = 'received'");
  add('dispatch', 'complaint.dispatch', () => "c.status = 'accepted'");
  add('sign', 'complaint.sign', () => `c.status = 'dispatched' and c.unit_id = ${unit()}`);
  add('assign', 'complaint.assign', () => `c.status = 'handling' and c.officer_id is null and c.unit_id = ${unit()}`);
  add(
    'contact',
    'complaint.handle',
    () => `c.status = 'handling' and c.officer_id = ${me()} and r.first_contact_at is null`,
  );
  add(
    'handle',
    'complaint.handle',
    () => `c.status = 'handling' and c.officer_id = ${me()} and r.first_contact_at is not null`,
  );
  add(
    'review',
    'complaint.review',
    () => `c.status = 'reviewing' and c.unit_id = ${unit()} and r.submitted_by is distinct from ${me()}`,
  );
  add('follow_up', 'complaint.followUp', () => "c.status = 'following_up'");
  const kinds = decidableKinds(actor);
  if (kinds.length > 0 && wanted('decide')) {
    list.push({
      task: 'decide',
      condition: `exists (select 1 from complaint_request q where q.complaint_id = c.id and q.decided_at is null and q.kind = any(${where.parameter(kinds)}::text[]) and q.requested_by <> ${me()})`,
    });
  }
  return list;
}

/** The actor's own work, most urgent first by the due instant of whichever clock is running. */
export async function readMyWork(
  deps: Deps,
  actor: RequestActor,
  task: string | undefined,
  limit: number,
): Promise<ResponseOf<typeof myWork>> {
  const counting = dutyQueries(actor, () => true);
  if (counting.duties.length === 0) return { items: [], counts: {} };
  const countSql = `select ${counting.duties.map((duty) => `(select count(*)::int from (select 1 ${duty.from} limit 1000) x) as "${duty.task}"`).join(', ')}`;
  const [counts] = await deps.db.query<Record<string, number>>(
    statementName('work.count', countSql),
    countSql,
    counting.where.values,
  );
  const { where, duties: chosen } = dutyQueries(actor, (name) => !task || name === task);
  if (chosen.length === 0) return { items: [], counts: counts! };
  const most = where.parameter(limit);
  const union = chosen
    .map(
      (
        duty,
      ) => `(select c.id, '${duty.task}'::text as task, ${duty.task === 'contact' ? 'r.first_contact_due_at' : 'c.due_at'} as urgent_at
        ${duty.from} order by 3 limit ${most})`,
    )
    .join(' union all ');
  const text = `with w as materialized (select * from (${union}) x order by urgent_at limit ${most})
select w.task, ${LIST_COLUMNS} from w join complaint c on c.id = w.id ${LIST_JOINS} order by w.urgent_at`;
  const rows = await deps.db.query<ListRow & { task: Task }>(statementName('work.list', text), text, where.values);
  const now = deps.clock.now();
  return {
    items: rows.map((row) => ({ task: row.task, complaint: toListItem(row, deps.workingTime.calendar, now) })),
    counts: counts!,
  };
}

/** FROM and WHERE of each duty wanted, in the actor's scope, over one set of parameters. */
function dutyQueries(
  actor: RequestActor,
  wanted: (task: Task) => boolean,
): { where: Where; duties: { task: Task; from: string }[] } {
  const where = new Where();
  const scope = complaintScope(actor, 'c', 1);
  where.values.push(...scope.values);
  const list = duties(actor, where, wanted).map(({ task, condition }) => {
    // A request may wait on an order already closed (exclusion); everything else is open work.
    const open = task === 'decide' ? '' : "and c.status not in ('closed', 'declined')";
    return {
      task,
      from: `from complaint c join handling_round r on r.complaint_id = c.id and r.round = c.round where ${scope.sql} and ${condition} ${open}`,
    };
  });
  return { where, duties: list };
}

/** Counts for tabs and the cockpit's corner, in the actor's scope. */
export async function readCounts(deps: Deps, actor: RequestActor): Promise<ResponseOf<typeof complaintCounts>> {
  const scope = complaintScope(actor, 'c', 3);
  const now = deps.clock.now();
  const endOfToday = Date.parse(`${new Date(now + 8 * 3_600_000).toISOString().slice(0, 10)}T24:00:00+08:00`);
  const rows = await deps.db.query<{
    status: string;
    n: number;
    overdue: number;
    due_today: number;
    paused: number;
    requests: number;
  }>(
    `complaint.counts.${scope.scope}`,
    `select c.status, count(*)::int as n,
            count(*) filter (where c.paused_at is null and c.status <> 'following_up' and c.due_at < $1)::int as overdue,
            count(*) filter (where c.paused_at is null and c.status <> 'following_up' and c.due_at >= $1 and c.due_at < $2)::int as due_today,
            count(*) filter (where c.paused_at is not null)::int as paused,
            coalesce(sum((select count(*) from complaint_request q where q.complaint_id = c.id and q.decided_at is null)), 0)::int as requests
       from complaint c where c.status not in ('closed', 'declined') and ${scope.sql} group by c.status`,
    [new Date(now), new Date(endOfToday), ...scope.values],
  );
  const sum = (key: 'overdue' | 'due_today' | 'paused' | 'requests') =>
    rows.reduce((total, row) => total + row[key], 0);
  return {
    byStatus: Object.fromEntries(rows.map((row) => [row.status, row.n])),
    overdue: sum('overdue'),
    dueToday: sum('due_today'),
    paused: sum('paused'),
    pendingRequests: sum('requests'),
  };
}
