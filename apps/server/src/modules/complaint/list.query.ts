import { createHash } from 'node:crypto';
import type { ClockView, ComplaintFilter, ComplaintListItem } from '@bihuan/contract/complaint';
import { permits } from '@bihuan/domain/access';
import { parseBox } from '@bihuan/domain/geo';
import { formatRemaining, type WorkCalendar } from '@bihuan/domain/workday';
import { complaintScope, type RequestActor } from '../../platform/access/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { invalid } from '../../platform/errors.ts';

/** More matches than this are told as “1000+”: nobody reads the exact number, and counting them would scan. */
export const COUNT_CAP = 1000;

const OPEN = "c.status not in ('closed', 'declined')";

export const LIST_COLUMNS = `
  c.id, c.number, c.external_no, c.title, c.address, c.status, c.kind, c.urgency, c.category_code, g.name as category_name,
  c.source_id, s.name as source_name, s.kind as source_kind, c.unit_id, u.name as unit_name, c.town_id, t.name as town_name,
  c.officer_id, p.name as officer_name, c.round, c.reopen_count, c.received_at, c.due_at, c.first_contact_due_at, c.paused_at,
  c.outcome, c.excluded_at, c.version, r.started_at, r.first_contact_at, r.concluded_at,
  (select count(*)::int from complaint_request q where q.complaint_id = c.id and q.decided_at is null) as pending_requests,
  mt.id as matter_id, mt.order_count as matter_count,
  exists (select 1 from matter_suggestion ms where ms.complaint_id = c.id and ms.answer is null) as suspected`;

export const LIST_JOINS = `
  join handling_round r on r.complaint_id = c.id and r.round = c.round
  join intake_source s on s.id = c.source_id
  left join category g on g.code = c.category_code
  left join unit u on u.id = c.unit_id
  left join unit t on t.id = c.town_id
  left join person p on p.id = c.officer_id
  left join matter_order mo on mo.complaint_id = c.id
  left join matter mt on mt.id = mo.matter_id and mt.order_count > 1`;

export interface ListRow {
  id: string;
  number: string;
  external_no: string | null;
  title: string;
  address: string | null;
  status: ComplaintListItem['status'];
  kind: ComplaintListItem['kind'];
  urgency: ComplaintListItem['urgency'];
  category_code: string | null;
  category_name: string | null;
  source_id: string;
  source_name: string;
  source_kind: ComplaintListItem['source']['kind'];
  unit_id: string | null;
  unit_name: string | null;
  town_id: string | null;
  town_name: string | null;
  officer_id: string | null;
  officer_name: string | null;
  round: number;
  reopen_count: number;
  received_at: Date;
  due_at: Date;
  first_contact_due_at: Date;
  paused_at: Date | null;
  outcome: ComplaintListItem['outcome'];
  excluded_at: Date | null;
  version: number;
  started_at: Date;
  first_contact_at: Date | null;
  concluded_at: Date | null;
  pending_requests: number;
  matter_id: string | null;
  matter_count: number | null;
  suspected: boolean;
}

/** Conditions and their parameters, built together so that numbers never drift apart. */
export class Where {
  readonly parts: string[] = [];
  readonly values: unknown[] = [];
  add(sql: (parameter: string) => string, value: unknown): void {
    this.values.push(value);
    this.parts.push(sql(`$${this.values.length}`));
  }
  raw(sql: string): void {
    this.parts.push(sql);
  }
  parameter(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
  /** For a second statement: what is added to it does not reach the first. */
  copy(): Where {
    const copy = new Where();
    copy.parts.push(...this.parts);
    copy.values.push(...this.values);
    return copy;
  }
  get sql(): string {
    return this.parts.length === 0 ? 'true' : this.parts.join(' and ');
  }
}

const list = (text: string): string[] => text.split(',').filter((part) => part !== '');
export const dayStart = (day: string): Date => new Date(`${day}T00:00:00+08:00`);
export const dayEnd = (day: string): Date => new Date(Date.parse(`${day}T00:00:00+08:00`) + 86_400_000);

/** The filters without the search: a filter that still carries one does not fit, so that none is left out unnoticed. */
export type FilterWithoutSearch = Omit<ComplaintFilter, 'q'> & { readonly q?: never };

/** Scope first, then the filters: the one WHERE for list, count, export and jobs. With the search: `searchedWhere`. */
export function complaintWhere(
  deps: Pick<Deps, 'clock'>,
  actor: RequestActor | null,
  filter: FilterWithoutSearch,
): Where {
  const where = new Where();
  const scope = complaintScope(actor, 'c', 1);
  where.values.push(...scope.values);
  where.raw(scope.sql);
  const among = (column: string, text: string | undefined, cast = 'text') => {
    if (!text) return;
    const values = list(text);
    // One value as `=`: then the index that also carries the order is used, and nothing is read to be discarded.
    if (values.length === 1) where.add((p) => `${column} = ${p}::${cast}`, values[0]);
    else where.add((p) => `${column} = any(${p}::${cast}[])`, values);
  };
  among('c.status', filter.status);
  among('c.unit_id', filter.unitId, 'uuid');
  among('c.town_id', filter.townId, 'uuid');
  among('c.kind', filter.kind);
  among('c.urgency', filter.urgency);
  if (filter.categoryCode) {
    where.add(
      (p) =>
        `exists (select 1 from category k where k.code = c.category_code and (k.code = any(${p}::text[]) or k.parent_code = any(${p}::text[])))`,
      list(filter.categoryCode),
    );
  }
  if (filter.placeId) where.add((p) => `c.place_id = ${p}`, filter.placeId);
  if (filter.officerId) where.add((p) => `c.officer_id = ${p}`, filter.officerId);
  if (filter.sourceId) where.add((p) => `c.source_id = ${p}`, filter.sourceId);
  if (filter.receivedFrom) where.add((p) => `c.received_at >= ${p}`, dayStart(filter.receivedFrom));
  if (filter.receivedTo) where.add((p) => `c.received_at < ${p}`, dayEnd(filter.receivedTo));
  if (filter.dueFrom) where.add((p) => `c.due_at >= ${p}`, dayStart(filter.dueFrom));
  if (filter.dueTo) where.add((p) => `c.due_at < ${p}`, dayEnd(filter.dueTo));
  const flag = (value: boolean | undefined, yes: string) => {
    if (value !== undefined) where.raw(value ? yes : `not (${yes})`);
  };
  flag(filter.open, OPEN);
  flag(filter.paused, 'c.paused_at is not null');
  flag(filter.reopened, 'c.reopen_count > 0');
  flag(filter.excluded, 'c.excluded_at is not null');
  flag(filter.guessed, 'exists (select 1 from category_guess j where j.complaint_id = c.id)');
  flag(filter.located, 'c.lng is not null');
  if (filter.bbox) {
    const box = parseBox(filter.bbox);
    if (!box) throw invalid('地图范围无效', [{ field: '/bbox', message: '应为西、南、东、北四个度数' }]);
    const [west, south, east, north] = box.map((edge) => `${where.parameter(edge)}::float8`);
    // Open to the east and north, so that neighbouring boxes share no order.
    where.raw(`c.lng >= ${west} and c.lng < ${east} and c.lat >= ${south} and c.lat < ${north}`);
  }
  if (filter.overdue !== undefined) {
    const now = where.parameter(new Date(deps.clock.now()));
    // A paused order is not running out, whatever its due instant says.
    flag(filter.overdue, `${OPEN} and c.status <> 'following_up' and c.paused_at is null and c.due_at < ${now}`);
  }
  if (filter.pendingRequest) {
    where.add(
      (p) =>
        `exists (select 1 from complaint_request q where q.complaint_id = c.id and q.decided_at is null and q.kind = any(${p}::text[]))`,
      list(filter.pendingRequest),
    );
  }
  if (filter.matterId)
    where.add(
      (p) =>
        `c.id in (select mo.complaint_id from matter_order mo where mo.matter_id = ${p}::uuid and mo.turn is not null)`,
      filter.matterId,
    );
  flag(
    filter.suspected,
    'exists (select 1 from matter_suggestion ms where ms.complaint_id = c.id and ms.answer is null)',
  );
  flag(
    filter.repeated,
    'exists (select 1 from matter_order mo join matter m on m.id = mo.matter_id where mo.complaint_id = c.id and m.order_count > 1)',
  );
  if (filter.mine && actor) where.raw(mineCondition(actor, where));
  return where;
}

/** What waits for the actor; the same conditions make the work page. */
function mineCondition(actor: RequestActor, where: Where): string {
  const me = () => where.parameter(actor.personId);
  const parts: string[] = [];
  if (permits(actor, 'complaint.dispatch')) parts.push("c.status in ('received', 'accepted')");
  if (permits(actor, 'complaint.followUp')) parts.push("c.status = 'following_up'");
  if (permits(actor, 'complaint.sign'))
    parts.push("c.status = 'dispatched'", "(c.status = 'handling' and c.officer_id is null)");
  if (permits(actor, 'complaint.review')) parts.push("c.status = 'reviewing'");
  if (permits(actor, 'complaint.handle')) parts.push(`(c.status = 'handling' and c.officer_id = ${me()})`);
  const decides = decidableKinds(actor);
  if (decides.length > 0) {
    const kinds = where.parameter(decides);
    parts.push(
      `exists (select 1 from complaint_request q where q.complaint_id = c.id and q.decided_at is null and q.kind = any(${kinds}::text[]))`,
    );
  }
  return parts.length === 0 ? 'false' : `(${parts.join(' or ')})`;
}

export function decidableKinds(actor: RequestActor): string[] {
  return [
    ...(permits(actor, 'complaint.decide') ? ['return', 'transfer', 'extend', 'pause', 'complex'] : []),
    ...(permits(actor, 'complaint.decideExclusion') ? ['exclude'] : []),
  ];
}

export type Sort = 'due' | 'received' | 'relevance';
const SORTS = {
  due: { column: 'due_at', direction: 'asc', compare: '>' },
  received: { column: 'received_at', direction: 'desc', compare: '<' },
} as const;

export interface Page {
  items: ComplaintListItem[];
  next: string | null;
  total: number;
  totalIsCapped: boolean;
}

/** The SQL of a page: rows and capped count in one statement, one trip. */
export function listSql(
  where: Where,
  sort: keyof typeof SORTS,
  after: string | undefined,
  limit: number,
  moreColumns = '',
): { text: string; values: unknown[] } {
  const { column, direction, compare } = SORTS[sort];
  const values = [...where.values];
  let keyset = '';
  if (after !== undefined) {
    const [at, id] = decodeCursor(after);
    values.push(at, id);
    keyset = `and (c.${column}, c.id) ${compare} ($${values.length - 1}::timestamptz, $${values.length}::uuid)`;
  }
  values.push(limit + 1);
  const count =
    after === undefined
      ? `(select count(*)::int from (select 1 from complaint c where ${where.sql} limit ${COUNT_CAP + 1}) x)`
      : 'null::int';
  const text = `
with page as materialized (
  select c.* from complaint c where ${where.sql} ${keyset} order by c.${column} ${direction}, c.id ${direction} limit $${values.length})
select ${LIST_COLUMNS}${moreColumns}, ${count} as total
  from page c ${LIST_JOINS}
 order by c.${column} ${direction}, c.id ${direction}`;
  return { text, values };
}

/** One prepared statement per shape of query. */
export function statementName(prefix: string, text: string): string {
  return `${prefix}.${createHash('md5').update(text).digest('base64url').slice(0, 12)}`;
}

export function encodeCursor(at: Date, id: string): string {
  return `${at.toISOString()}~${id}`;
}

export function decodeCursor(cursor: string): [Date, string] {
  const [at = '', id = ''] = cursor.split('~');
  const date = new Date(at);
  if (Number.isNaN(date.getTime()) || !/^[0-9a-f-]{36}$/i.test(id)) throw invalid('翻页位置无效，请从第一页开始');
  return [date, id];
}

export function toListItem(row: ListRow, calendar: WorkCalendar, now: number): ComplaintListItem {
  const running = row.concluded_at === null && row.status !== 'closed' && row.status !== 'declined';
  return {
    id: row.id,
    number: row.number,
    externalNo: row.external_no,
    title: row.title,
    address: row.address,
    status: row.status,
    kind: row.kind,
    urgency: row.urgency,
    category:
      row.category_code === null ? null : { code: row.category_code, name: row.category_name ?? row.category_code },
    source: { id: row.source_id, name: row.source_name, kind: row.source_kind },
    unit: row.unit_id === null ? null : { id: row.unit_id, name: row.unit_name! },
    town: row.town_id === null ? null : { id: row.town_id, name: row.town_name! },
    officer: row.officer_id === null ? null : { id: row.officer_id, name: row.officer_name! },
    round: row.round,
    reopenCount: row.reopen_count,
    receivedAt: row.received_at.toISOString(),
    dueAt: row.due_at.toISOString(),
    clock: running ? clockView(row.started_at, row.due_at, row.paused_at, calendar, now) : null,
    firstContactClock:
      running && row.first_contact_at === null
        ? clockView(row.started_at, row.first_contact_due_at, row.paused_at, calendar, now)
        : null,
    outcome: row.outcome,
    excluded: row.excluded_at !== null,
    pendingRequests: row.pending_requests,
    matter: row.matter_id === null ? null : { id: row.matter_id, orderCount: row.matter_count ?? 1 },
    suspected: row.suspected,
    version: row.version,
  };
}

/**
 * A row's clock from its due instant: remaining working time is what lies between now (or the instant of the pause) and
 * due, since pauses and extensions have already moved it.
 */
export function clockView(
  started: Date,
  due: Date,
  pausedAt: Date | null,
  calendar: WorkCalendar,
  now: number,
): ClockView {
  const at = pausedAt?.getTime() ?? now;
  const dueMs = due.getTime();
  const overdue = at > dueMs;
  const remaining = overdue ? -calendar.workingMinutesBetween(dueMs, at) : calendar.workingMinutesBetween(at, dueMs);
  const total = Math.max(1, calendar.workingMinutesBetween(started.getTime(), dueMs));
  const text = formatRemaining(remaining, calendar, overdue);
  return {
    dueAt: due.toISOString(),
    remainingMinutes: remaining,
    text: pausedAt ? `已暂停，${text}` : text,
    fraction: Math.max(0, (total - remaining) / total),
    overdue,
    paused: pausedAt !== null,
    stopped: false,
    assumed: calendar.isAssumed(started.getTime(), Math.max(dueMs, at)),
  };
}
