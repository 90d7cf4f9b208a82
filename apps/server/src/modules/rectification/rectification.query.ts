import { createHash } from 'node:crypto';
import type { RectificationItem, RectificationQuery } from '@bihuan/contract/rectification';
import { permits } from '@bihuan/domain/access';
import {
  AGE_BANDS,
  type RectificationSource,
  type RectificationStatus,
  rectificationClock,
} from '@bihuan/domain/rectification';
import {
  type ClockState,
  deriveClock,
  formatRemaining,
  type LedgerEntry,
  type WorkCalendar,
} from '@bihuan/domain/workday';
import { type RequestActor, rectificationScope } from '../../platform/access/index.ts';
import type { Sql } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { invalid } from '../../platform/errors.ts';

const COUNT_CAP = 1000;
const DAY = 86_400_000;
const ENDED = "('closed','cancelled')";
const dayStart = (day: string): Date => new Date(`${day}T00:00:00+08:00`);
const dayEnd = (day: string): Date => new Date(dayStart(day).getTime() + DAY);

/** Conditions on a rectification `r`, with their parameters. */
export class LedgerWhere {
  readonly values: unknown[] = [];
  readonly parts: string[] = [];

  parameter(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
  add(sql: (parameter: string) => string, value: unknown): void {
    this.parts.push(sql(this.parameter(value)));
  }
  get sql(): string {
    return this.parts.length === 0 ? 'true' : this.parts.join(' and ');
  }
}

export function scopedLedger(actor: RequestActor | null): LedgerWhere {
  const where = new LedgerWhere();
  const scope = rectificationScope(actor, 'r', 1);
  where.values.push(...scope.values);
  where.parts.push(scope.sql);
  return where;
}

/** Handed in within its time: what is overdue is known by the due instant alone, for it stands still meanwhile. */
const ON_TIME = 'r.submitted_at <= r.due_at';

/** Scope first, then the filters: the one WHERE of list, count and export; the board's numbers open with the same. */
export function ledgerWhere(
  deps: Pick<Deps, 'clock'>,
  actor: RequestActor | null,
  filter: RectificationQuery,
): LedgerWhere {
  const where = scopedLedger(actor);
  const now = new Date(deps.clock.now());
  const among = (column: string, text: string | undefined, cast = 'text') => {
    if (text) where.add((p) => `${column} = any(${p}::${cast}[])`, text.split(','));
  };
  among('r.status', filter.status);
  among('r.source', filter.source);
  among('r.type_code', filter.type);
  among('r.owner_unit_id', filter.unitId, 'uuid');
  if (filter.personId) where.add((p) => `r.owner_person_id = ${p}`, filter.personId);
  if (filter.complaintId) where.add((p) => `r.complaint_id = ${p}`, filter.complaintId);
  if (filter.matterId) where.add((p) => `r.matter_id = ${p}`, filter.matterId);
  if (filter.sourceId) where.add((p) => `r.source_id = ${p}`, filter.sourceId);
  if (filter.open !== undefined) where.parts.push(`r.status ${filter.open ? 'not in' : 'in'} ${ENDED}`);
  if (filter.overdue !== undefined)
    where.add((p) => `${filter.overdue ? '' : 'not '}(r.status = 'open' and r.due_at < ${p})`, now);
  if (filter.sentBack !== undefined) where.parts.push(`r.sent_back_count ${filter.sentBack ? '>' : '='} 0`);
  if (filter.recurrence !== undefined)
    where.parts.push(`r.recurrence_of is ${filter.recurrence ? 'not null' : 'null'}`);
  if (filter.onTime !== undefined)
    where.parts.push(`r.status = 'closed' and ${filter.onTime ? ON_TIME : `not (${ON_TIME})`}`);
  if (filter.age) {
    const { from, to } = AGE_BANDS[filter.age];
    where.add((p) => `r.issued_at <= ${p}`, new Date(now.getTime() - from * DAY));
    if (to !== null) where.add((p) => `r.issued_at > ${p}`, new Date(now.getTime() - to * DAY));
  }
  if (filter.issuedFrom) where.add((p) => `r.issued_at >= ${p}`, dayStart(filter.issuedFrom));
  if (filter.issuedTo) where.add((p) => `r.issued_at < ${p}`, dayEnd(filter.issuedTo));
  if (filter.closedFrom) where.add((p) => `r.closed_at >= ${p}`, dayStart(filter.closedFrom));
  if (filter.closedTo) where.add((p) => `r.closed_at < ${p}`, dayEnd(filter.closedTo));
  const q = filter.q?.trim();
  if (q) {
    const pattern = where.parameter(`%${q.replace(/[\\%_]/g, '\\$&')}%`);
    where.parts.push(
      `(${['number', 'problem', 'cause', 'measure', 'result'].map((column) => `r.${column} ilike ${pattern}`).join(' or ')})`,
    );
  }
  if (filter.mine && actor) where.parts.push(waitsFor(where, actor));
  return where;
}

/** What waits for this person: to be put right by his side, or to be checked, judged or closed by him. */
function waitsFor(where: LedgerWhere, actor: RequestActor): string {
  const person = `${where.parameter(actor.personId)}::uuid`;
  const unit = `${where.parameter(actor.unitId)}::uuid`;
  const owes =
    actor.role === 'officer'
      ? `r.owner_person_id = ${person}`
      : `(r.owner_unit_id = ${unit} or r.owner_person_id = ${person})`;
  const party = `(r.owner_unit_id = ${unit} or r.owner_person_id is not distinct from ${person} or ${person} = any (r.doer_ids))`;
  const toJudge = [
    ...(permits(actor, 'rectification.verify') ? ["r.status = 'submitted'"] : []),
    ...(permits(actor, 'rectification.decide')
      ? [
          `r.status = 'verified' and r.verified_by is distinct from ${person}`,
          `r.status = 'objected' and r.issued_by <> ${person}`,
          "r.status = 'open' and r.extension_by is not null",
        ]
      : []),
    ...(permits(actor, 'rectification.appeal')
      ? [`r.status = 'appealed' and r.issued_by <> ${person} and r.objection_decided_by <> ${person}`]
      : []),
  ];
  const either = (parts: readonly string[]) =>
    parts.length === 0 ? 'false' : `(${parts.map((part) => `(${part})`).join(' or ')})`;
  const mayHandle = permits(actor, 'rectification.handle') ? 'true' : 'false';
  return `((${mayHandle} and r.status = 'open' and ${owes}) or (not ${party} and ${either(toJudge)}))`;
}

export interface LedgerRow {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly number: string;
  readonly source: RectificationSource;
  readonly type_code: string;
  readonly type_name: string;
  readonly problem: string;
  readonly owner_unit_id: string;
  readonly owner_unit_name: string;
  readonly owner_person_id: string | null;
  readonly owner_person_name: string | null;
  readonly issued_unit_id: string;
  readonly issued_unit_name: string;
  readonly issued_at: Date;
  readonly due_at: Date;
  readonly workdays: number;
  readonly status: RectificationStatus;
  readonly cause: string | null;
  readonly measure: string | null;
  readonly result: string | null;
  readonly lasting_rule: string | null;
  readonly submitted_at: Date | null;
  readonly sent_back_count: number;
  readonly recurrence_of: string | null;
  readonly closed_at: Date | null;
  readonly version: number;
  readonly ledger: { kind: LedgerEntry['kind']; at: string; workdays: number | null }[];
}

export const LEDGER_COLUMNS = `r.id, r.number, r.source, r.type_code, t.name as type_name, r.problem, r.owner_unit_id, u.name as owner_unit_name,
  r.owner_person_id, p.name as owner_person_name, r.issued_unit_id, i.name as issued_unit_name, r.issued_at, r.due_at, r.workdays, r.status,
  r.cause, r.measure, r.result, r.lasting_rule, r.submitted_at, r.sent_back_count, r.recurrence_of, r.closed_at, r.version,
  (select coalesce(jsonb_agg(jsonb_build_object('kind', k.kind, 'at', k.at, 'workdays', k.workdays) order by k.seq), '[]') from rectification_clock k where k.rectification_id = r.id) as ledger`;
export const LEDGER_JOINS = `join rectification_type t on t.code = r.type_code join unit u on u.id = r.owner_unit_id join unit i on i.id = r.issued_unit_id
  left join person p on p.id = r.owner_person_id`;

const SORTS = {
  due: { column: 'r.due_at', direction: 'asc', compare: '>' },
  issued: { column: 'r.issued_at', direction: 'desc', compare: '<' },
} as const;

export async function readLedger(
  deps: Pick<Deps, 'db' | 'clock'>,
  actor: RequestActor,
  query: RectificationQuery & { after?: string; limit: number },
): Promise<{ rows: LedgerRow[]; next: string | null; total: number }> {
  const { after, limit, sort = 'issued', ...filter } = query;
  const where = ledgerWhere(deps, actor, filter);
  const { column, direction, compare } = SORTS[sort];
  const total =
    after === undefined
      ? `(select count(*)::int from (select 1 from rectification r where ${where.sql} limit ${COUNT_CAP + 1}) x)`
      : 'null::int';
  let keyset = '';
  if (after !== undefined) {
    const [at = '', id = ''] = after.split('~');
    if (Number.isNaN(Date.parse(at)) || !/^[0-9a-f-]{36}$/i.test(id)) throw invalid('翻页位置无效，请从第一页开始');
    keyset = `and (${column}, r.id) ${compare} (${where.parameter(at)}::timestamptz, ${where.parameter(id)}::uuid)`;
  }
  const text = `
with page as materialized (select r.*, ${column} as sort_at from rectification r where ${where.sql} ${keyset} order by ${column} ${direction}, r.id ${direction} limit ${where.parameter(limit + 1)})
select ${LEDGER_COLUMNS}, r.sort_at::text as cursor, ${total} as total from page r ${LEDGER_JOINS} order by ${column} ${direction}, r.id ${direction}`;
  const rows = await deps.db.query<LedgerRow & { cursor: string; total: number | null }>(
    `rectification.list.${createHash('md5').update(text).digest('base64url').slice(0, 12)}`,
    text,
    where.values,
  );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    rows: shown,
    next: rows.length > limit && last ? `${last.cursor}~${last.id}` : null,
    total: rows[0]?.total ?? 0,
  };
}

export async function rectificationPage(
  deps: Pick<Deps, 'db' | 'clock' | 'workingTime'>,
  actor: RequestActor,
  query: RectificationQuery & { after?: string; limit?: number },
) {
  const { rows, next, total } = await readLedger(deps, actor, { ...query, limit: query.limit ?? 50 });
  return {
    items: rows.map((row) => toItem(deps, row)),
    next,
    total: Math.min(total, COUNT_CAP),
    totalIsCapped: total > COUNT_CAP,
  };
}

export function toItem({ clock, workingTime }: Pick<Deps, 'clock' | 'workingTime'>, row: LedgerRow): RectificationItem {
  const now = clock.now();
  const state = deriveClock(
    rectificationClock({
      status: row.status,
      issuedAt: row.issued_at.getTime(),
      workdays: row.workdays,
      submittedAt: row.submitted_at?.getTime() ?? null,
      ledger: row.ledger.map(
        ({ kind, at, workdays }): LedgerEntry =>
          kind === 'extend'
            ? { kind, at: Date.parse(at), budget: { unit: 'workday', amount: workdays! } }
            : { kind, at: Date.parse(at) },
      ),
    }),
    workingTime.calendar,
    now,
  );
  return {
    id: row.id,
    number: row.number,
    source: row.source,
    type: { code: row.type_code, name: row.type_name },
    problem: row.problem,
    ownerUnit: { id: row.owner_unit_id, name: row.owner_unit_name },
    ownerPerson: row.owner_person_id === null ? null : { id: row.owner_person_id, name: row.owner_person_name ?? '' },
    issuedUnit: { id: row.issued_unit_id, name: row.issued_unit_name },
    issuedAt: row.issued_at.toISOString(),
    dueAt: row.due_at.toISOString(),
    status: row.status,
    overdue: row.status === 'open' && row.due_at.getTime() < now,
    clock:
      row.status === 'cancelled'
        ? null
        : {
            dueAt: row.due_at.toISOString(),
            remainingMinutes: state.remainingMinutes,
            text: textOf(state, workingTime.calendar),
            fraction: state.fraction,
            overdue: state.overdue,
            paused: state.paused,
            stopped: state.stopped,
            assumed: state.assumed,
          },
    sentBackCount: row.sent_back_count,
    isRecurrence: row.recurrence_of !== null,
    closedAt: row.closed_at?.toISOString() ?? null,
    version: row.version,
  };
}

function textOf(clock: ClockState, calendar: WorkCalendar): string {
  if (clock.stopped) return clock.overdue ? '超期完成' : '按时完成';
  const left = formatRemaining(clock.remainingMinutes, calendar, clock.overdue);
  return clock.paused ? `已停表，${left}` : left;
}

/** Whether the actor may see it at all: out of scope is as if it were not there. */
export async function seesRectification(sql: Sql, actor: RequestActor, id: string): Promise<boolean> {
  const scope = rectificationScope(actor, 'r', 2);
  const rows = await sql.query(
    `rectification.sees.${scope.scope}`,
    `select 1 from rectification r where r.id = $1 and ${scope.sql}`,
    [id, ...scope.values],
  );
  return rows.length > 0;
}

/** Closed within a year before now, of the same unit and type, the latest first. */
export async function recurrencesOf(
  deps: Pick<Deps, 'db' | 'clock' | 'workingTime'>,
  actor: RequestActor,
  unitId: string,
  type: string,
): Promise<RectificationItem[]> {
  const where = scopedLedger(actor);
  where.add((p) => `r.owner_unit_id = ${p}`, unitId);
  where.add((p) => `r.type_code = ${p}`, type);
  where.add((p) => `r.closed_at > ${p}`, new Date(deps.clock.now() - 365 * DAY));
  const rows = await deps.db.query<LedgerRow>(
    null,
    `select ${LEDGER_COLUMNS} from rectification r ${LEDGER_JOINS} where ${where.sql} order by r.closed_at desc limit 10`,
    where.values,
  );
  return rows.map((row) => toItem(deps, row));
}
