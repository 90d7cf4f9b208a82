import type { Rectification, RectificationCandidate, RectificationReference } from '@bihuan/contract/rectification';
import { permits } from '@bihuan/domain/access';
import { allowedRectificationActions, RECTIFICATION_ACTIONS, REMINDERS } from '@bihuan/domain/rectification';
import { complaintScope, type RequestActor } from '../../platform/access/index.ts';
import { readTrail, type TrailEvent } from '../../platform/audit/index.ts';
import type { Sql } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { notFound } from '../../platform/errors.ts';
import { LEDGER_COLUMNS, LEDGER_JOINS, type LedgerRow, scopedLedger, toItem } from './rectification.query.ts';
import { findRectification } from './rectification.repo.ts';

interface DetailRow extends LedgerRow {
  readonly basis: string | null;
  readonly source_id: string | null;
  readonly issued_by: string;
  readonly issued_by_name: string;
  readonly submitted_by: string | null;
  readonly submitted_by_name: string | null;
  readonly verified_by: string | null;
  readonly verified_by_name: string | null;
  readonly closed_by: string | null;
  readonly closed_by_name: string | null;
  readonly extension_days: number | null;
  readonly extension_reason: string | null;
  readonly extension_by: string | null;
  readonly extension_by_name: string | null;
  readonly complaint_id: string | null;
  readonly matter_id: string | null;
  readonly former_number: string | null;
  readonly former_rule: string | null;
}

const person = (id: string | null, name: string | null) => (id === null ? null : { id, name: name ?? '' });

/** @throws Problem 404 when it is not there or out of scope */
export async function rectificationDetail(deps: Deps, actor: RequestActor, id: string): Promise<Rectification> {
  const where = scopedLedger(actor);
  where.add((p) => `r.id = ${p}`, id);
  const [row] = await deps.db.query<DetailRow>(
    null,
    `select ${LEDGER_COLUMNS}, r.basis, r.source_id, r.issued_by, b.name as issued_by_name, r.submitted_by, s.name as submitted_by_name,
            r.verified_by, v.name as verified_by_name, r.closed_by, c.name as closed_by_name, r.extension_days, r.extension_reason, r.extension_by,
            e.name as extension_by_name, r.complaint_id, r.matter_id, f.number as former_number, f.lasting_rule as former_rule
       from rectification r ${LEDGER_JOINS} join person b on b.id = r.issued_by left join person s on s.id = r.submitted_by
       left join person v on v.id = r.verified_by left join person c on c.id = r.closed_by left join person e on e.id = r.extension_by
       left join rectification f on f.id = r.recurrence_of
      where ${where.sql}`,
    where.values,
  );
  if (!row) throw notFound('整改');
  const [kept, files, trail, complaint, matter, recurrences] = await Promise.all([
    findRectification(deps.db, id),
    readFiles(deps.db, id),
    readTrail(deps.db, 'rectification', id),
    readComplaint(deps.db, actor, row.complaint_id),
    readMatter(deps.db, actor, row.matter_id),
    readRecurrences(deps.db, actor, id),
  ]);
  return {
    ...toItem(deps, row),
    basis: row.basis,
    workdays: row.workdays,
    cause: row.cause,
    measure: row.measure,
    result: row.result,
    lastingRule: row.lasting_rule,
    issuedBy: { id: row.issued_by, name: row.issued_by_name },
    submittedAt: row.submitted_at?.toISOString() ?? null,
    submittedBy: person(row.submitted_by, row.submitted_by_name),
    verifiedBy: person(row.verified_by, row.verified_by_name),
    closedBy: person(row.closed_by, row.closed_by_name),
    extension:
      row.extension_days === null
        ? null
        : {
            workdays: row.extension_days,
            reason: row.extension_reason ?? '',
            by: { id: row.extension_by!, name: row.extension_by_name ?? '' },
          },
    complaint,
    matter,
    sourceId: row.source_id,
    recurrenceOf:
      row.recurrence_of === null
        ? null
        : { id: row.recurrence_of, number: row.former_number ?? '', lastingRule: row.former_rule },
    recurrences,
    files,
    timeline: trail.map(toEvent),
    allowedActions: kept ? allowedRectificationActions(kept.state, actor) : [],
  };
}

function labelOf({ action, data }: TrailEvent): string {
  const name = action.replace(/^rectification\./, '');
  if (name === 'issue') return '下发整改';
  if (name === 'remind') return REMINDERS[data.reminder as keyof typeof REMINDERS] ?? '提醒';
  if (name === 'verify') return data.passed ? '核验通过' : '核验未通过，退回';
  if (name === 'decide_objection') return data.upheld ? '异议成立' : '异议不成立';
  if (name === 'decide_appeal') return data.upheld ? '复核：异议成立' : '复核：维持';
  if (name === 'decide_extension') return data.granted ? '同意延期' : '不同意延期';
  return RECTIFICATION_ACTIONS[name as keyof typeof RECTIFICATION_ACTIONS]?.label ?? name;
}

function toEvent(event: TrailEvent): Rectification['timeline'][number] {
  const { cause, measure, lastingRule, workdays } = event.data as Record<string, string | number | null>;
  const facts = [
    cause ? `原因：${cause}` : '',
    measure ? `措施：${measure}` : '',
    lastingRule ? `长效机制：${lastingRule}` : '',
    event.action === 'rectification.request_extension' && workdays ? `延长 ${workdays} 个工作日` : '',
  ].filter(Boolean);
  return {
    id: event.id,
    at: event.at.toISOString(),
    label: labelOf(event),
    actor: event.actor === null ? null : { name: event.actor, unit: event.unit },
    note: [event.note, ...facts].filter(Boolean).join('\n') || null,
  };
}

async function readFiles(sql: Sql, id: string): Promise<Rectification['files']> {
  const rows = await sql.query<{
    id: string;
    name: string;
    mime: string;
    size: string;
    sha256: Buffer;
    stage: 'before';
    added_by: string;
    added_by_name: string;
    added_at: Date;
    captured_at: Date | null;
  }>(
    'rectification.read_files',
    `select f.id, f.name, f.mime, f.size, f.sha256, a.stage, a.added_by, p.name as added_by_name, a.added_at, f.captured_at
       from rectification_file a join file f on f.id = a.file_id join person p on p.id = a.added_by where a.rectification_id = $1 order by a.added_at, f.name`,
    [id],
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    mime: row.mime,
    size: Number(row.size),
    sha256: row.sha256.toString('hex'),
    stage: row.stage,
    addedBy: { id: row.added_by, name: row.added_by_name },
    addedAt: row.added_at.toISOString(),
    capturedAt: row.captured_at?.toISOString() ?? null,
  }));
}

/** Only those of its neighbours that the actor may open. */
async function readComplaint(sql: Sql, actor: RequestActor, id: string | null) {
  if (id === null) return null;
  const scope = complaintScope(actor, 'c', 2);
  const [row] = await sql.query<{ id: string; number: string; title: string }>(
    `rectification.complaint.${scope.scope}`,
    `select c.id, c.number, c.title from complaint c where c.id = $1 and ${scope.sql}`,
    [id, ...scope.values],
  );
  return row ?? null;
}

async function readMatter(sql: Sql, actor: RequestActor, id: string | null) {
  if (id === null) return null;
  const scope = complaintScope(actor, 'c', 2);
  const [row] = await sql.query<{ id: string; title: string }>(
    `rectification.matter.${scope.scope}`,
    `select m.id, m.title from matter m where m.id = $1
        and exists (select 1 from matter_order o join complaint c on c.id = o.complaint_id where o.matter_id = m.id and ${scope.sql})`,
    [id, ...scope.values],
  );
  return row ?? null;
}

async function readRecurrences(sql: Sql, actor: RequestActor, id: string) {
  const where = scopedLedger(actor);
  where.add((p) => `r.recurrence_of = ${p}`, id);
  const rows = await sql.query<{ id: string; number: string; issued_at: Date }>(
    null,
    `select r.id, r.number, r.issued_at from rectification r where ${where.sql} order by r.issued_at`,
    where.values,
  );
  return rows.map((row) => ({ id: row.id, number: row.number, issuedAt: row.issued_at.toISOString() }));
}

export async function referenceView(deps: Deps, actor: RequestActor): Promise<RectificationReference> {
  const mayIssue = permits(actor, 'rectification.issue');
  const [types, units, people] = await Promise.all([
    deps.db.query<RectificationReference['types'][number]>(
      'rectification.types',
      'select code, name, workdays from rectification_type where closed_at is null order by sort, code',
    ),
    deps.db.query<RectificationReference['units'][number]>(
      'rectification.units',
      `select id, name, kind from unit where closed_at is null and kind in ('squadron','section','town','partner') order by kind = 'squadron' desc, sort, name`,
    ),
    deps.db.query<RectificationReference['people'][number]>(
      'rectification.people',
      `select distinct on (p.name, p.id, o.unit_id) p.id, p.name, o.unit_id as "unitId", o.title
         from posting o join person p on p.id = o.person_id join unit u on u.id = o.unit_id
        where o.ended_on is null and p.left_at is null and ($2 and u.kind in ('squadron','section') or o.unit_id = $1) order by p.name, p.id, o.unit_id`,
      [actor.unitId, mayIssue],
    ),
  ]);
  return { types, units, people, mayIssue };
}

const SHOWN = 200;

/** Measure 13: overdue orders and those reopened twice are pursued, not only counted. */
export async function candidates(
  deps: Deps,
  actor: RequestActor,
  unitId: string | undefined,
): Promise<{ items: RectificationCandidate[]; total: number }> {
  const scope = complaintScope(actor, 'c', 3);
  const rows = await deps.db.query<{
    id: string;
    number: string;
    title: string;
    unit_id: string;
    unit_name: string;
    officer_id: string | null;
    officer_name: string | null;
    due_at: Date;
    reopen_count: number;
    is_overdue: boolean;
  }>(
    `rectification.candidates.${scope.scope}`,
    `select c.id, c.number, c.title, c.unit_id, u.name as unit_name, c.officer_id, p.name as officer_name, c.due_at, c.reopen_count,
            c.status not in ('following_up') and c.paused_at is null and c.due_at < $1 as is_overdue
       from complaint c join unit u on u.id = c.unit_id left join person p on p.id = c.officer_id
      where c.status not in ('closed','declined') and ($2::uuid is null or c.unit_id = $2) and ${scope.sql}
        and (c.reopen_count >= 2 or c.status <> 'following_up' and c.paused_at is null and c.due_at < $1)
        and not exists (select 1 from rectification r where r.complaint_id = c.id and r.status <> 'cancelled')
      order by c.due_at limit ${SHOWN + 1}`,
    [new Date(deps.clock.now()), unitId ?? null, ...scope.values],
  );
  return {
    total: rows.length,
    items: rows.slice(0, SHOWN).map((row) => ({
      id: row.id,
      number: row.number,
      title: row.title,
      unit: { id: row.unit_id, name: row.unit_name },
      officer: person(row.officer_id, row.officer_name),
      dueAt: row.due_at.toISOString(),
      reopenCount: row.reopen_count,
      reason: row.is_overdue ? 'overdue' : 'reopened',
    })),
  };
}
