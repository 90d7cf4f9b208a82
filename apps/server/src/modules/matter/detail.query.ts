import type { Backlog, Matter, MatterAlert, MatterOrder, OrderMatter, Suggestion } from '@bihuan/contract/matter';
import { permits } from '@bihuan/domain/access';
import type { Status } from '@bihuan/domain/complaint';
import type { BacklogStatus, StepKind } from '@bihuan/domain/matter';
import { complaintScope, type RequestActor } from '../../platform/access/index.ts';
import type { Sql } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { notFound } from '../../platform/errors.ts';
import { readMatterRow, toItem } from './list.query.ts';

const WINDOWS = [7, 30, 90, 365];
const SHOWN_ORDERS = 300;
const DAY = 86_400_000;
const OFFSET = 8 * 3_600_000;
const iso = (at: Date | null): string | null => at?.toISOString() ?? null;
const ref = (id: string | null, name: string | null) => (id === null ? null : { id, name: name ?? '' });
/** The day of an instant in Shanghai. */
const dayOf = (at: number): string => new Date(at + OFFSET).toISOString().slice(0, 10);

/** @throws Problem not_found when none of its orders is in the actor's scope */
export async function getMatterDetail(deps: Deps, actor: RequestActor, id: string): Promise<Matter> {
  const row = await readMatterRow(deps, actor, id);
  if (!row) throw notFound('事项');
  const now = deps.clock.now();
  const [orders, windows, alerts, suggestions, backlogCase, timeline] = await Promise.all([
    readOrders(deps.db, actor, id),
    readWindows(deps.db, actor, id, now),
    readAlerts(deps.db, id),
    readSuggestions(deps.db, actor, { matterId: id, limit: 20 }),
    readBacklog(deps.db, id),
    readTimeline(deps.db, id),
  ]);
  return {
    ...toItem(row),
    plan: row.plan,
    settledNote: row.settled_note,
    version: row.version,
    windows,
    orders,
    alerts,
    suggestions,
    backlogCase,
    timeline,
    mayDecide: permits(actor, 'matter.decide'),
    mayManage: permits(actor, 'matter.manage'),
    mayBacklog: permits(actor, 'matter.backlog'),
  };
}

interface OrderRow {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly number: string;
  readonly title: string;
  readonly address: string | null;
  readonly status: Status;
  readonly received_at: Date;
  readonly closed_at: Date | null;
  readonly due_at: Date;
  readonly unit_id: string | null;
  readonly unit_name: string | null;
  readonly officer_id: string | null;
  readonly reopen_count: number;
  readonly caller: number | null;
  readonly by_person: boolean;
  readonly score: number | null;
  readonly reasons: string[];
  readonly result: string | null;
  readonly solved: boolean | null;
}

/** Heavenly stems, then numbers: who is who without saying who. */
const LETTERS = [...'甲乙丙丁戊己庚辛壬癸'];
const callerName = (number: number): string => LETTERS[number - 1] ?? `第${number}人`;

async function readOrders(sql: Sql, actor: RequestActor, id: string): Promise<MatterOrder[]> {
  const scope = complaintScope(actor, 'c', 2);
  const rows = await sql.query<OrderRow>(
    `matter.orders.${scope.scope}`,
    `select c.id, c.number, c.title, c.address, c.status, c.received_at, c.closed_at, c.due_at, c.unit_id, u.name as unit_name, c.reopen_count,
            case when coalesce(x.phone_bidx, x.name_bidx) is not null then (dense_rank() over (order by f.first_at nulls last, coalesce(x.phone_bidx, x.name_bidx)))::int end as caller,
            o.by_person, o.score, o.reasons, r.result, r.solved
       from matter_order o join complaint c on c.id = o.complaint_id join complainant x on x.complaint_id = c.id
       join handling_round r on r.complaint_id = c.id and r.round = c.round left join unit u on u.id = c.unit_id
       cross join lateral (select case when coalesce(x.phone_bidx, x.name_bidx) is null then null else (
              select min(c2.received_at) from matter_order o2 join complaint c2 on c2.id = o2.complaint_id join complainant x2 on x2.complaint_id = c2.id
               where o2.matter_id = $1 and coalesce(x2.phone_bidx, x2.name_bidx) = coalesce(x.phone_bidx, x.name_bidx)) end as first_at) f
      where o.matter_id = $1 and o.turn is not null and ${scope.sql}
      order by c.received_at desc, c.id desc limit ${SHOWN_ORDERS}`,
    [id, ...scope.values],
  );
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    title: row.title,
    address: row.address,
    status: row.status,
    receivedAt: row.received_at.toISOString(),
    closedAt: iso(row.closed_at),
    dueAt: row.due_at.toISOString(),
    unit: ref(row.unit_id, row.unit_name),
    reopenCount: row.reopen_count,
    caller: row.caller === null ? null : callerName(row.caller),
    founder: row.id === id,
    byPerson: row.by_person,
    score: row.score,
    reasons: row.reasons,
    result: row.result,
    solved: row.solved,
  }));
}

async function readWindows(sql: Sql, actor: RequestActor, id: string, now: number): Promise<Matter['windows']> {
  const scope = complaintScope(actor, 'c', 4);
  const rows = await sql.query<{ days: number; count: number }>(
    `matter.windows.${scope.scope}`,
    `select d.days, (select count(*)::int from matter_order o join complaint c on c.id = o.complaint_id where o.matter_id = $1 and o.turn is not null
               and c.received_at > $2::timestamptz - make_interval(days => d.days) and c.received_at <= $2 and ${scope.sql}) as count
       from unnest($3::int[]) as d (days)`,
    [id, new Date(now), WINDOWS, ...scope.values],
  );
  return rows.map(({ days, count }) => ({ days, count, from: dayOf(now - days * DAY), to: dayOf(now) }));
}

async function readAlerts(sql: Sql, id: string): Promise<MatterAlert[]> {
  const rows = await sql.query<{
    id: string;
    action: MatterAlert['action'];
    count: number;
    days: number | null;
    fired_at: Date;
    status: MatterAlert['status'];
    note: string | null;
    decided_by: string | null;
    decider: string | null;
    decided_at: Date | null;
    version: number;
  }>(
    'matter.alerts',
    `select a.id, a.action, a.count, a.days, a.fired_at, a.status, a.note, a.decided_by, p.name as decider, a.decided_at, a.version
       from matter_alert a left join person p on p.id = a.decided_by where a.matter_id = $1 order by a.fired_at desc`,
    [id],
  );
  return rows.map((row) => ({
    id: row.id,
    action: row.action,
    count: row.count,
    days: row.days,
    firedAt: row.fired_at.toISOString(),
    status: row.status,
    note: row.note,
    decidedBy: ref(row.decided_by, row.decider),
    decidedAt: iso(row.decided_at),
    version: row.version,
  }));
}

interface SuggestionRow {
  readonly [column: string]: unknown;
  readonly complaint_id: string;
  readonly score: number;
  readonly reasons: string[];
  readonly made_at: Date;
  readonly number: string;
  readonly title: string;
  readonly received_at: Date;
  readonly matter_id: string;
  readonly like_id: string;
  readonly like_number: string;
  readonly like_title: string;
  readonly like_received_at: Date;
  readonly like_matter_id: string;
  readonly like_count: number;
}

/** Open ones of which the actor sees both orders, and which are not of one matter by now. */
export async function readSuggestions(
  sql: Sql,
  actor: RequestActor,
  filter: { orderId?: string; matterId?: string; after?: { at: Date; id: string }; limit: number },
): Promise<Suggestion[]> {
  const scope = complaintScope(actor, 'c', 1);
  const scopeOfLike = complaintScope(actor, 'l', 1);
  const values: unknown[] = [...scope.values];
  const parts = ['s.answer is null', 'o.matter_id <> k.matter_id', scope.sql, scopeOfLike.sql];
  if (filter.orderId !== undefined) {
    values.push(filter.orderId);
    parts.push(`s.complaint_id = $${values.length}`);
  }
  if (filter.matterId !== undefined) {
    values.push(filter.matterId);
    parts.push(
      `s.complaint_id in (select x.complaint_id from matter_order x where x.matter_id = $${values.length}
         union all select y.complaint_id from matter_order x join matter_suggestion y on y.like_id = x.complaint_id and y.answer is null where x.matter_id = $${values.length})`,
    );
  }
  if (filter.after !== undefined) {
    values.push(filter.after.at, filter.after.id);
    parts.push(`(s.made_at, s.complaint_id) < ($${values.length - 1}::timestamptz, $${values.length}::uuid)`);
  }
  values.push(filter.limit);
  const rows = await sql.query<SuggestionRow>(
    null,
    `select s.complaint_id, s.score, s.reasons, s.made_at, c.number, c.title, c.received_at, o.matter_id,
            l.id as like_id, l.number as like_number, l.title as like_title, l.received_at as like_received_at, k.matter_id as like_matter_id,
            (select count(*)::int from matter_order z where z.matter_id = k.matter_id and z.turn is not null) as like_count
       from matter_suggestion s join complaint c on c.id = s.complaint_id join matter_order o on o.complaint_id = c.id
       join complaint l on l.id = s.like_id join matter_order k on k.complaint_id = l.id
      where ${parts.join(' and ')} order by s.made_at desc, s.complaint_id desc limit $${values.length}`,
    values,
  );
  return rows.map((row) => ({
    orderId: row.complaint_id,
    score: row.score,
    reasons: row.reasons,
    madeAt: row.made_at.toISOString(),
    order: {
      id: row.complaint_id,
      number: row.number,
      title: row.title,
      receivedAt: row.received_at.toISOString(),
      matterId: row.matter_id,
    },
    like: {
      id: row.like_id,
      number: row.like_number,
      title: row.like_title,
      receivedAt: row.like_received_at.toISOString(),
      matterId: row.like_matter_id,
    },
    likeCount: row.like_count,
  }));
}

async function readBacklog(sql: Sql, id: string): Promise<Backlog | null> {
  const [row] = await sql.query<{
    status: BacklogStatus;
    reason: string;
    leader_id: string;
    leader: string;
    plan: string;
    due_on: string;
    listed_at: Date;
    agreed_on: string | null;
    closed_at: Date | null;
    conclusion: string | null;
  }>(
    'matter.backlog',
    `select b.status, b.reason, b.leader_id, p.name as leader, b.plan, b.due_on, b.listed_at, b.agreed_on, b.closed_at, b.conclusion
       from matter_backlog b join person p on p.id = b.leader_id where b.matter_id = $1`,
    [id],
  );
  if (!row) return null;
  const steps = await sql.query<{
    id: string;
    kind: StepKind;
    content: string;
    planned_on: string | null;
    done_on: string | null;
    note: string | null;
    made_by: string;
    maker: string;
  }>(
    'matter.steps',
    `select s.id, s.kind, s.content, s.planned_on, s.done_on, s.note, s.made_by, p.name as maker from matter_step s join person p on p.id = s.made_by
      where s.matter_id = $1 order by coalesce(s.done_on, s.planned_on), s.made_at`,
    [id],
  );
  return {
    status: row.status,
    reason: row.reason,
    leader: { id: row.leader_id, name: row.leader },
    plan: row.plan,
    dueOn: row.due_on,
    listedAt: row.listed_at.toISOString(),
    agreedOn: row.agreed_on,
    closedAt: iso(row.closed_at),
    conclusion: row.conclusion,
    steps: steps.map((step) => ({
      id: step.id,
      kind: step.kind,
      content: step.content,
      plannedOn: step.planned_on,
      doneOn: step.done_on,
      note: step.note,
      madeBy: { id: step.made_by, name: step.maker },
    })),
  };
}

const LABELS: Readonly<Record<string, string>> = {
  'matter.join': '并入',
  'matter.split': '拆分',
  'matter.edit': '修改事项',
  'matter.settle': '认定解决',
  'matter.unsettle': '撤销认定解决',
  'matter.alert': '重复提醒',
  'matter.alert_done': '落实提醒',
  'matter.alert_declined': '不予落实提醒',
  'matter.backlog_list': '列入信访积案',
  'matter.backlog_edit': '修改积案',
  'matter.backlog_step': '积案节点',
  'matter.backlog_submit': '提交销号',
  'matter.backlog_return': '退回销号',
  'matter.backlog_close': '审核销号',
};

async function readTimeline(sql: Sql, id: string): Promise<Matter['timeline']> {
  const rows = await sql.query<{ at: Date; action: string; actor: string | null; note: string | null }>(
    'matter.timeline',
    `select e.at, e.action, p.name as actor, e.note from audit_event e left join person p on p.id = e.actor_id
      where e.object_id = $1 and e.object_type = 'matter' order by e.at desc, e.id desc limit 100`,
    [id],
  );
  return rows
    .filter(({ action }) => action in LABELS)
    .map(({ at, action, actor, note }) => ({ at: at.toISOString(), label: LABELS[action]!, actor, note }));
}

/** What an order's page shows. @throws Problem not_found when out of scope */
export async function getOrderMatterView(deps: Deps, actor: RequestActor, orderId: string): Promise<OrderMatter> {
  const scope = complaintScope(actor, 'c', 2);
  const [row] = await deps.db.query<{
    matter_id: string;
    turn: number | null;
    by_person: boolean;
    score: number | null;
    reasons: string[];
  }>(
    `matter.of_order.${scope.scope}`,
    `select o.matter_id, o.turn, o.by_person, o.score, o.reasons from matter_order o join complaint c on c.id = o.complaint_id where c.id = $1 and ${scope.sql}`,
    [orderId, ...scope.values],
  );
  if (!row) throw notFound('诉件');
  const [matter, others, [suggestion]] = await Promise.all([
    readMatterRow(deps, actor, row.matter_id),
    readOthers(deps.db, actor, row.matter_id, orderId),
    readSuggestions(deps.db, actor, { orderId, limit: 1 }),
  ]);
  return {
    pending: row.turn === null,
    matterId: row.matter_id,
    matter:
      matter && matter.order_count > 1
        ? {
            title: matter.title,
            orderCount: matter.order_count,
            recentCount: matter.recent_count,
            version: matter.version,
          }
        : null,
    byPerson: row.by_person,
    score: row.score,
    reasons: row.reasons,
    others,
    suggestion: suggestion ?? null,
    mayDecide: permits(actor, 'matter.decide'),
  };
}

async function readOthers(
  sql: Sql,
  actor: RequestActor,
  matterId: string,
  orderId: string,
): Promise<OrderMatter['others']> {
  const scope = complaintScope(actor, 'c', 3);
  const rows = await sql.query<OrderRow>(
    `matter.others.${scope.scope}`,
    `select c.id, c.number, c.title, c.received_at, c.status, c.unit_id, u.name as unit_name, c.officer_id, r.result
       from matter_order o join complaint c on c.id = o.complaint_id join handling_round r on r.complaint_id = c.id and r.round = c.round
       left join unit u on u.id = c.unit_id
      where o.matter_id = $1 and c.id <> $2 and o.turn is not null and ${scope.sql}
      order by (c.status = 'handling') desc, o.received_at desc, o.complaint_id desc limit 10`,
    [matterId, orderId, ...scope.values],
  );
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    title: row.title,
    receivedAt: row.received_at.toISOString(),
    status: row.status,
    unit: ref(row.unit_id, row.unit_name),
    result: row.result,
    mayAnswer:
      row.status === 'handling' &&
      permits(actor, 'complaint.handle') &&
      row.unit_id === actor.unitId &&
      (actor.role !== 'officer' || row.officer_id === actor.personId),
  }));
}
