import type { Listing, ListingCandidate, ListingReference } from '@bihuan/contract/listing';
import { permits } from '@bihuan/domain/access';
import { STATUSES, type Status } from '@bihuan/domain/complaint';
import {
  allowedListingActions,
  LISTING_ACTIONS,
  LISTING_REMINDERS,
  listingClock,
  missedReports,
  reportDueAt,
  reportPeriodAt,
} from '@bihuan/domain/listing';
import type { RectificationStatus } from '@bihuan/domain/rectification';
import { type ClockState, deriveClock, formatRemaining, type WorkCalendar } from '@bihuan/domain/workday';
import {
  complaintScope,
  listingFileScope,
  listingScope,
  type RequestActor,
  rectificationScope,
} from '../../platform/access/index.ts';
import { readTrail, type TrailEvent } from '../../platform/audit/index.ts';
import type { Sql } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { notFound } from '../../platform/errors.ts';
import {
  LISTING_COLUMNS,
  LISTING_JOINS,
  type ListingRow,
  ORDERS_AFTER,
  RECTIFICATIONS_AFTER,
  toListingItem,
} from './listing.query.ts';
import { findListing, type KeptListing } from './listing.repo.ts';

interface DetailRow extends ListingRow {
  readonly may_open: boolean;
  readonly source_note: string | null;
  readonly reason: string;
  readonly demand: string;
  readonly matter_id: string | null;
  readonly rectification_id: string | null;
  readonly workdays: number;
  readonly report_every: number;
  readonly proposed_by: string;
  readonly proposed_by_name: string;
  readonly approved_by: string | null;
  readonly approved_by_name: string | null;
  readonly decision_note: string | null;
  readonly asked_at: Date | null;
  readonly result: string | null;
  readonly checked_by: string | null;
  readonly checked_by_name: string | null;
  readonly check_result: string | null;
  readonly delisted_by: string | null;
  readonly delisted_by_name: string | null;
  readonly delist_note: string | null;
  readonly sent_back_count: number;
}
type File = NonNullable<Listing['file']>;
type RectificationRef = File['rectifications'][number];

const person = (id: string | null, name: string | null) => (id === null ? null : { id, name: name ?? '' });

/** @throws Problem 404 when its line is not there or out of scope */
export async function listingDetail(deps: Deps, actor: RequestActor, id: string): Promise<Listing> {
  const line = listingScope(actor, 'l');
  const whole = listingFileScope(actor, 'l', 2);
  const [row] = await deps.db.query<DetailRow>(
    `listing.detail.${line.scope}.${whole.scope}`,
    `select ${LISTING_COLUMNS}, ${whole.sql} as may_open, l.source_note, l.reason, l.demand, l.matter_id, l.rectification_id, l.workdays, l.report_every,
            l.proposed_by, a.name as proposed_by_name, l.approved_by, b.name as approved_by_name, l.decision_note, l.asked_at, l.result,
            l.checked_by, c.name as checked_by_name, l.check_result, l.delisted_by, d.name as delisted_by_name, l.delist_note, l.sent_back_count
       from listing l ${LISTING_JOINS} join person a on a.id = l.proposed_by left join person b on b.id = l.approved_by
       left join person c on c.id = l.checked_by left join person d on d.id = l.delisted_by
      where l.id = $1 and ${line.sql}`,
    [id, ...whole.values],
  );
  const kept = row && (await findListing(deps.db, id));
  if (!row || !kept) throw notFound('挂牌事项');
  return {
    ...toListingItem(row, deps.clock.now()),
    file: row.may_open ? await wholeFile(deps, actor, row, kept) : null,
    allowedActions: allowedListingActions(kept.state, actor, kept),
  };
}

async function wholeFile(deps: Deps, actor: RequestActor, row: DetailRow, kept: KeptListing): Promise<File> {
  const { db, clock, workingTime } = deps;
  const now = clock.now();
  const { state, reported } = kept;
  const clockInput = listingClock(state);
  const derived = clockInput === null ? null : deriveClock(clockInput, workingTime.calendar, now);
  const [entries, files, trail, matter, source, rectifications, rebound] = await Promise.all([
    readEntries(db, row.id),
    readFiles(db, row.id),
    readTrail(db, 'listing', row.id),
    readMatter(db, actor, row.matter_id),
    readRectifications(db, actor, 'r.id = $1', row.rectification_id),
    readRectifications(db, actor, "r.source = 'listing' and r.source_id = $1", row.id),
    readRebound(db, actor, row),
  ]);
  return {
    reason: row.reason,
    demand: row.demand,
    sourceNote: row.source_note,
    matter,
    rectification: source[0] ?? null,
    workdays: row.workdays,
    reportEvery: row.report_every,
    clock: derived === null ? null : clockView(derived, workingTime.calendar),
    nextReportDueAt: nextReport(kept, deps, now),
    missedReports: missedReports(state, reported, workingTime.calendar, now).map(({ period, dueAt }) => ({
      period,
      dueAt: new Date(dueAt).toISOString(),
    })),
    proposedBy: { id: row.proposed_by, name: row.proposed_by_name },
    approvedBy: person(row.approved_by, row.approved_by_name),
    decisionNote: row.decision_note,
    result: row.result,
    askedAt: row.asked_at?.toISOString() ?? null,
    checkedBy: person(row.checked_by, row.checked_by_name),
    checkResult: row.check_result,
    delistedBy: person(row.delisted_by, row.delisted_by_name),
    delistNote: row.delist_note,
    sentBackCount: row.sent_back_count,
    entries,
    files,
    rectifications,
    timeline: trail.map(toEvent),
    rebound,
  };
}

function clockView(state: ClockState, calendar: WorkCalendar): NonNullable<File['clock']> {
  const left = formatRemaining(state.remainingMinutes, calendar, state.overdue);
  return {
    dueAt: new Date(state.dueAt).toISOString(),
    remainingMinutes: state.remainingMinutes,
    text: state.stopped ? (state.overdue ? '超期完成' : '按时完成') : state.paused ? `已停表，${left}` : left,
    fraction: state.fraction,
    overdue: state.overdue,
    paused: state.paused,
    stopped: state.stopped,
    assumed: state.assumed,
  };
}

function nextReport({ state, reported }: KeptListing, { workingTime }: Pick<Deps, 'workingTime'>, now: number) {
  if (state.status !== 'listed') return null;
  const { calendar } = workingTime;
  const period = reportPeriodAt(state, now, calendar);
  return new Date(reportDueAt(state, reported.has(period) ? period + 1 : period, calendar)).toISOString();
}

function toEvent({ id, at, action, actor, unit, note, data }: TrailEvent): File['timeline'][number] {
  const name = action.replace(/^listing\./, '');
  const label =
    name === 'propose'
      ? '提请挂牌'
      : name === 'remind'
        ? (LISTING_REMINDERS[data.reminder as keyof typeof LISTING_REMINDERS] ?? '提醒')
        : name === 'verify'
          ? data.passed
            ? '摘牌核查通过'
            : '摘牌核查未通过，退回'
          : (LISTING_ACTIONS[name as keyof typeof LISTING_ACTIONS]?.label ?? name);
  const facts = [
    data.rectification ? `整改编号 ${data.rectification}` : '',
    name === 'extend' ? `延长 ${data.workdays} 个工作日` : '',
    name === 'remind' && data.reminder === 'report' ? `第 ${data.n} 期` : '',
  ].filter(Boolean);
  return {
    id,
    at: at.toISOString(),
    label,
    actor: actor === null ? null : { name: actor, unit },
    note: [note, ...facts].filter(Boolean).join('\n') || null,
  };
}

async function readEntries(sql: Sql, id: string): Promise<File['entries']> {
  const rows = await sql.query<{
    id: string;
    kind: 'report';
    period: number;
    text: string;
    made_by: string;
    name: string;
    unit_id: string;
    unit_name: string;
    made_at: Date;
  }>(
    'listing.read_entries',
    `select e.id, e.kind, e.period, e.text, e.made_by, p.name, e.unit_id, u.name as unit_name, e.made_at
       from listing_entry e join person p on p.id = e.made_by join unit u on u.id = e.unit_id where e.listing_id = $1 order by e.made_at desc, e.id desc`,
    [id],
  );
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    period: row.period,
    text: row.text,
    madeBy: { id: row.made_by, name: row.name },
    unit: { id: row.unit_id, name: row.unit_name },
    madeAt: row.made_at.toISOString(),
  }));
}

async function readFiles(sql: Sql, id: string): Promise<File['files']> {
  const rows = await sql.query<{
    id: string;
    name: string;
    mime: string;
    size: string;
    stage: 'report';
    entry_id: string | null;
    added_by: string;
    added_by_name: string;
    added_at: Date;
  }>(
    'listing.read_files',
    `select f.id, f.name, f.mime, f.size, a.stage, a.entry_id, a.added_by, p.name as added_by_name, a.added_at
       from listing_file a join file f on f.id = a.file_id join person p on p.id = a.added_by where a.listing_id = $1 order by a.added_at, f.name`,
    [id],
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    mime: row.mime,
    size: Number(row.size),
    stage: row.stage,
    entryId: row.entry_id,
    addedBy: { id: row.added_by, name: row.added_by_name },
    addedAt: row.added_at.toISOString(),
  }));
}

/** The matter with as many orders as the actor may open; `null` when there is none. */
async function readMatter(sql: Sql, actor: RequestActor, orderId: string | null): Promise<File['matter']> {
  if (orderId === null) return null;
  const scope = complaintScope(actor, 'c', 2);
  const [row] = await sql.query<{ id: string; title: string; orders: number }>(
    `listing.matter.${scope.scope}`,
    `select m.id, m.title, n.orders from matter_order a join matter m on m.id = a.matter_id,
            lateral (select count(*)::int as orders from matter_order o join complaint c on c.id = o.complaint_id where o.matter_id = m.id and ${scope.sql}) n
      where a.complaint_id = $1 and n.orders > 0`,
    [orderId, ...scope.values],
  );
  if (!row) return null;
  // A title may come from an order of others.
  const title = scope.scope === 'district' ? row.title : '本单位范围内的诉件';
  return { id: row.id, title, orderCount: row.orders };
}

interface RectificationRow {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly number: string;
  readonly problem: string;
  readonly status: RectificationStatus;
  readonly due_at: Date;
  readonly issued_at: Date;
}
const toRectification = (row: RectificationRow): RectificationRef => ({
  id: row.id,
  number: row.number,
  problem: row.problem,
  status: row.status,
  dueAt: row.due_at.toISOString(),
  issuedAt: row.issued_at.toISOString(),
});

async function readRectifications(
  sql: Sql,
  actor: RequestActor,
  condition: string,
  id: string | null,
): Promise<RectificationRef[]> {
  if (id === null) return [];
  const scope = rectificationScope(actor, 'r', 2);
  const rows = await sql.query<RectificationRow>(
    `listing.rectifications.${condition.startsWith('r.id') ? 'one' : 'opened'}.${scope.scope}`,
    `select r.id, r.number, r.problem, r.status, r.due_at, r.issued_at from rectification r where ${condition} and ${scope.sql} order by r.issued_at`,
    [id, ...scope.values],
  );
  return rows.map(toRectification);
}

async function readRebound(sql: Sql, actor: RequestActor, { id, delisted_at }: DetailRow): Promise<File['rebound']> {
  if (delisted_at === null) return { orderCount: 0, orders: [], rectificationCount: 0, rectifications: [] };
  const orderScope = complaintScope(actor, 'c', 2);
  const ledgerScope = rectificationScope(actor, 'r', 2);
  const [counts, orders, rectifications] = await Promise.all([
    sql.query<{ orders: number; rectifications: number }>(
      'listing.rebound_counts',
      `select (select count(*)::int ${ORDERS_AFTER}) as orders, (select count(*)::int ${RECTIFICATIONS_AFTER}) as rectifications from listing l where l.id = $1`,
      [id],
    ),
    sql.query<{ id: string; number: string; title: string; status: Status; received_at: Date }>(
      `listing.rebound_orders.${orderScope.scope}`,
      `select x.* from listing l, lateral (select c.id, c.number, c.title, c.status, c.received_at ${ORDERS_AFTER} and ${orderScope.sql}
          order by c.received_at desc limit 100) x where l.id = $1`,
      [id, ...orderScope.values],
    ),
    sql.query<RectificationRow>(
      `listing.rebound_rectifications.${ledgerScope.scope}`,
      `select x.* from listing l, lateral (select r.id, r.number, r.problem, r.status, r.due_at, r.issued_at ${RECTIFICATIONS_AFTER} and ${ledgerScope.sql}
          order by r.issued_at desc limit 100) x where l.id = $1`,
      [id, ...ledgerScope.values],
    ),
  ]);
  return {
    orderCount: counts[0]!.orders,
    orders: orders.map((order) => ({
      id: order.id,
      number: order.number,
      title: order.title,
      status: STATUSES[order.status].label,
      receivedAt: order.received_at.toISOString(),
    })),
    rectificationCount: counts[0]!.rectifications,
    rectifications: rectifications.map(toRectification),
  };
}

export async function referenceView(deps: Pick<Deps, 'db'>, actor: RequestActor): Promise<ListingReference> {
  const [units, leaders, types] = await Promise.all([
    deps.db.query<ListingReference['units'][number]>(
      'listing.units',
      "select id, name from unit where closed_at is null and kind = 'squadron' order by sort, name",
    ),
    deps.db.query<ListingReference['leaders'][number]>(
      'listing.leaders',
      `select distinct p.id, p.name from posting o join person p on p.id = o.person_id
        where o.role = 'bureau_leader' and o.ended_on is null and p.left_at is null order by p.name`,
    ),
    deps.db.query<ListingReference['types'][number]>(
      'rectification.types',
      'select code, name, workdays from rectification_type where closed_at is null order by sort, code',
    ),
  ]);
  return { units, leaders, types, mayPropose: permits(actor, 'listing.propose') };
}

const SHOWN = 100;

/** Whoever may propose sees the district, so no scope is left to apply. */
export async function candidates({ db, clock }: Pick<Deps, 'db' | 'clock'>): Promise<ListingCandidate[]> {
  const live = (condition: string) =>
    `not exists (select 1 from listing l where l.status not in ('refused','delisted') and ${condition})`;
  const rows = await db.query<{
    source: 'matter' | 'rectification';
    id: string;
    title: string;
    unit_id: string | null;
    unit_name: string | null;
    reason: string;
  }>(
    'listing.candidates',
    `(select 'matter' as source, m.id, m.title, u.id as unit_id, u.name as unit_name,
             case when a.days is null then '重办 ' || a.count || ' 次' else a.days || ' 天内 ' || a.count || ' 件' end as reason
        from matter_alert a join matter m on m.id = a.matter_id left join unit u on u.id = m.unit_id
       where a.status = 'open' and a.action = 'propose_supervision'
         and ${live('l.matter_id in (select complaint_id from matter_order o where o.matter_id = m.id)')}
       order by a.fired_at desc limit ${SHOWN})
     union all
     (select 'rectification', r.id, r.number || ' ' || r.problem, u.id, u.name,
             case when r.sent_back_count >= 2 then '整改退回 ' || r.sent_back_count || ' 次' else '整改超期未报' end
        from rectification r join unit u on u.id = r.owner_unit_id
       where u.kind = 'squadron' and r.source <> 'listing' and ${live('l.rectification_id = r.id')}
         and r.status not in ('closed','cancelled') and (r.sent_back_count >= 2 or r.status = 'open' and r.due_at < $1)
       order by r.due_at limit ${SHOWN})`,
    [new Date(clock.now())],
  );
  return rows.map((row) => ({
    source: row.source,
    id: row.id,
    title: row.title,
    unit: row.unit_id === null ? null : { id: row.unit_id, name: row.unit_name ?? '' },
    reason: row.reason,
  }));
}
