import type { Visit, VisitItem } from '@bihuan/contract/inspection';
import { permits } from '@bihuan/domain/access';
import {
  type AnswerResult,
  allowedFindingActions,
  allowedVisitActions,
  FINDING_ACTIONS,
  type FindingStatus,
  type VisitStatus,
} from '@bihuan/domain/inspection';
import { inspectionScope, type RequestActor, rectificationScope } from '../../platform/access/index.ts';
import type { Sql } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { notFound } from '../../platform/errors.ts';
import { unitsOf } from './plan.repo.ts';
import { findVisit } from './visit.repo.ts';

interface ItemRow {
  readonly id: string;
  readonly plan_id: string;
  readonly number: string;
  readonly title: string;
  readonly sealed: boolean;
  readonly subject: string;
  readonly place: string | null;
  readonly unit_id: string;
  readonly unit_name: string;
  readonly status: VisitStatus;
  readonly inspectors: VisitItem['inspectors'];
  readonly signed_at: Date | null;
  readonly score: string | null;
  readonly findings: number;
  readonly findings_left: number;
}

const COLUMNS = `v.id, v.plan_id, pl.number, pl.title, pl.manner = 'covert' and pl.opened_at is null as sealed, s.name as subject, s.place, v.unit_id, u.name as unit_name,
  v.status, v.signed_at, v.score::text as score,
  (select jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name, 'signedAt', to_char(i.signed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by i.seq)
     from inspection_visit_inspector i join person p on p.id = i.person_id where i.visit_id = v.id) as inspectors,
  (select count(*)::int from inspection_finding f where f.visit_id = v.id) as findings,
  (select count(*)::int from inspection_finding f where f.visit_id = v.id and f.status in ('open','answered')) as findings_left`;
const JOINS = `join inspection_plan pl on pl.id = v.plan_id join inspection_subject s on s.id = v.subject_id join unit u on u.id = v.unit_id`;

const toItem = (row: ItemRow): VisitItem => ({
  id: row.id,
  plan: { id: row.plan_id, number: row.number, title: row.title, sealed: row.sealed },
  subject: row.subject,
  place: row.place,
  unit: { id: row.unit_id, name: row.unit_name },
  status: row.status,
  inspectors: row.inspectors,
  signedAt: row.signed_at?.toISOString() ?? null,
  score: row.score === null ? null : Number(row.score),
  findings: { total: row.findings, left: row.findings_left },
});

export async function readVisits(
  sql: Sql,
  actor: RequestActor,
  filter: { planId?: string; mine?: boolean; unitId?: string; status?: string; limit?: number },
): Promise<VisitItem[]> {
  const scope = inspectionScope(actor, 'pl', 1);
  const values: unknown[] = [...scope.values];
  const parts = [scope.sql, scope.visit('v')];
  const add = (value: unknown, text: (p: string) => string) => {
    values.push(value);
    parts.push(text(`$${values.length}`));
  };
  if (filter.planId) add(filter.planId, (p) => `v.plan_id = ${p}`);
  if (filter.unitId) add(filter.unitId, (p) => `v.unit_id = ${p}::uuid`);
  if (filter.status) add(filter.status.split(','), (p) => `v.status = any(${p}::text[])`);
  if (filter.mine && permits(actor, 'inspection.answer'))
    add(
      actor.unitId,
      (p) =>
        `v.unit_id = ${p}::uuid and exists (select 1 from inspection_finding f where f.visit_id = v.id and f.status = 'open')`,
    );
  else if (filter.mine)
    add(
      actor.personId,
      (p) =>
        `pl.status = 'active' and v.status in ('pending','signing') and exists (select 1 from inspection_visit_inspector i where i.visit_id = v.id and i.person_id = ${p}::uuid and i.signed_at is null)`,
    );
  values.push(filter.limit ?? 200);
  const rows = await sql.query<ItemRow>(
    null,
    `select ${COLUMNS} from inspection_visit v ${JOINS} where ${parts.join(' and ')} order by pl.starts_on desc, pl.id desc, v.seq limit $${values.length}`,
    values,
  );
  return rows.map(toItem);
}

interface DetailRow extends ItemRow {
  readonly plan_status: Visit['planStatus'];
  readonly checklist_id: string;
  readonly checklist_name: string;
  readonly checklist_version: number;
  readonly version: number;
}

/** @throws Problem 404 when it is not there or out of scope */
export async function visitDetail(deps: Pick<Deps, 'db' | 'clock'>, actor: RequestActor, id: string): Promise<Visit> {
  const scope = inspectionScope(actor, 'pl', 2);
  const [row] = await deps.db.query<DetailRow>(
    `inspection.visit_detail.${scope.key}`,
    `select ${COLUMNS}, pl.status as plan_status, k.id as checklist_id, k.name as checklist_name, k.version as checklist_version, v.version
       from inspection_visit v ${JOINS} join inspection_checklist k on k.id = pl.checklist_id
      where v.id = $1 and ${scope.sql} and ${scope.visit('v')}`,
    [id, ...scope.values],
  );
  if (!row) throw notFound('督察');
  const [kept, unitIds, items, files, findings, people, timeline] = await Promise.all([
    findVisit(deps.db, id),
    unitsOf(deps.db, actor.personId),
    readItems(deps.db, id, row.checklist_id),
    readFiles(deps.db, id),
    readFindings(deps.db, actor, id),
    permits(actor, 'rectification.issue') ? readPeople(deps.db, row.unit_id) : [],
    readTimeline(deps.db, id),
  ]);
  const me = { ...actor, unitIds };
  const now = deps.clock.now();
  const inspectorIds = row.inspectors.map((one) => one.id);
  return {
    ...toItem(row),
    planStatus: row.plan_status,
    checklist: { id: row.checklist_id, name: row.checklist_name, version: row.checklist_version },
    items,
    files,
    findingList: findings.map(({ answeredById, ...finding }) => ({
      ...finding,
      allowedActions: allowedFindingActions(
        {
          id: finding.id,
          status: finding.status,
          version: finding.version,
          unitId: row.unit_id,
          inspectorIds,
          sealed: row.sealed,
          accepted: finding.accepted,
          answeredBy: answeredById,
          answerDueAt: finding.answerDueAt === null ? Number.POSITIVE_INFINITY : Date.parse(finding.answerDueAt),
        },
        me,
        now,
      ),
    })),
    people,
    timeline,
    allowedActions: kept ? allowedVisitActions(kept.state, me) : [],
    version: row.version,
  };
}

async function readItems(sql: Sql, visitId: string, checklistId: string): Promise<Visit['items']> {
  const rows = await sql.query<{
    no: number;
    section: string;
    text: string;
    basis: string | null;
    weight: number;
    photo_required: boolean;
    type_code: string;
    result: AnswerResult | null;
    note: string | null;
    answered_by: string | null;
    answered_by_name: string | null;
    answered_at: Date | null;
  }>(
    'inspection.visit_items',
    `select k.no, k.section, k.text, k.basis, k.weight, k.photo_required, k.type_code, a.result, a.note, a.answered_by, p.name as answered_by_name, a.answered_at
       from inspection_checklist_item k left join inspection_answer a on a.visit_id = $1 and a.no = k.no left join person p on p.id = a.answered_by
      where k.checklist_id = $2 order by k.no`,
    [visitId, checklistId],
  );
  return rows.map((row) => ({
    no: row.no,
    section: row.section,
    text: row.text,
    basis: row.basis,
    weight: row.weight,
    photoRequired: row.photo_required,
    type: row.type_code,
    result: row.result,
    note: row.note,
    answeredBy: row.answered_by === null ? null : { id: row.answered_by, name: row.answered_by_name ?? '' },
    answeredAt: row.answered_at?.toISOString() ?? null,
  }));
}

async function readFiles(sql: Sql, visitId: string): Promise<Visit['files']> {
  const rows = await sql.query<{
    id: string;
    name: string;
    mime: string;
    size: string;
    sha256: Buffer;
    no: number;
    added_by: string;
    added_by_name: string;
    added_at: Date;
    captured_at: Date | null;
    captured_lng: number | null;
    captured_lat: number | null;
  }>(
    'inspection.visit_files',
    `select f.id, f.name, f.mime, f.size, f.sha256, a.no, a.added_by, p.name as added_by_name, a.added_at, f.captured_at, f.captured_lng, f.captured_lat
       from inspection_file a join file f on f.id = a.file_id join person p on p.id = a.added_by where a.visit_id = $1 order by a.no, a.added_at, f.name`,
    [visitId],
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    mime: row.mime,
    size: Number(row.size),
    sha256: row.sha256.toString('hex'),
    no: row.no,
    addedBy: { id: row.added_by, name: row.added_by_name },
    addedAt: row.added_at.toISOString(),
    capturedAt: row.captured_at?.toISOString() ?? null,
    lng: row.captured_lng,
    lat: row.captured_lat,
  }));
}

/** The rectification that came of a finding is named only to whoever may open it. */
async function readFindings(sql: Sql, actor: RequestActor, visitId: string) {
  const ledger = rectificationScope(actor, 'r', 2);
  const rows = await sql.query<{
    id: string;
    no: number;
    problem: string;
    status: FindingStatus;
    version: number;
    type_code: string;
    workdays: number;
    answer_due_at: Date | null;
    accepted: boolean | null;
    answer: string | null;
    answered_by: string | null;
    answered_by_name: string | null;
    answered_at: Date | null;
    decision: string | null;
    decided_by: string | null;
    decided_by_name: string | null;
    decided_at: Date | null;
    rectification_id: string | null;
    rectification_number: string;
    rectification_status: string;
  }>(
    `inspection.visit_findings.${ledger.scope}`,
    `select f.id, f.no, f.problem, f.status, f.version, k.type_code, t.workdays, f.answer_due_at, f.accepted, f.answer, f.answered_by, a.name as answered_by_name, f.answered_at,
            f.decision, f.decided_by, d.name as decided_by_name, f.decided_at, r.id as rectification_id, r.number as rectification_number, r.status as rectification_status
       from inspection_finding f join inspection_visit v on v.id = f.visit_id join inspection_plan pl on pl.id = v.plan_id
       join inspection_checklist_item k on k.checklist_id = pl.checklist_id and k.no = f.no join rectification_type t on t.code = k.type_code
       left join person a on a.id = f.answered_by left join person d on d.id = f.decided_by left join rectification r on r.id = f.rectification_id and ${ledger.sql}
      where f.visit_id = $1 order by f.no`,
    [visitId, ...ledger.values],
  );
  return rows.map((row) => ({
    id: row.id,
    no: row.no,
    problem: row.problem,
    status: row.status,
    version: row.version,
    type: row.type_code,
    workdays: row.workdays,
    answerDueAt: row.answer_due_at?.toISOString() ?? null,
    accepted: row.accepted,
    answer: row.answer,
    answeredBy: row.answered_by === null ? null : { id: row.answered_by, name: row.answered_by_name ?? '' },
    answeredById: row.answered_by,
    answeredAt: row.answered_at?.toISOString() ?? null,
    decision: row.decision,
    decidedBy: row.decided_by === null ? null : { id: row.decided_by, name: row.decided_by_name ?? '' },
    decidedAt: row.decided_at?.toISOString() ?? null,
    rectification:
      row.rectification_id === null
        ? null
        : { id: row.rectification_id, number: row.rectification_number, status: row.rectification_status },
  }));
}

/** Of the inspected unit, to name who answers for putting it right. */
const readPeople = (sql: Sql, unitId: string) =>
  sql.query<{ id: string; name: string }>(
    'inspection.unit_people',
    `select distinct p.id, p.name from posting o join person p on p.id = o.person_id where o.unit_id = $1 and o.ended_on is null and p.left_at is null order by p.name`,
    [unitId],
  );

const VISIT_EVENTS: Readonly<Record<string, string>> = {
  'inspection.visit_record': '填写检查表',
  'inspection.visit_sign': '签字',
};

async function readTimeline(sql: Sql, visitId: string): Promise<Visit['timeline']> {
  const rows = await sql.query<{
    id: string;
    at: Date;
    action: string;
    actor: string | null;
    unit: string | null;
    note: string | null;
    no: number | null;
  }>(
    'inspection.visit_trail',
    `select e.id, e.at, e.action, p.name as actor, u.name as unit, e.note, f.no
       from audit_event e left join person p on p.id = e.actor_id left join unit u on u.id = e.actor_unit_id
       left join inspection_finding f on f.id = e.object_id
      where e.object_type = 'inspection_visit' and e.object_id = $1
         or e.object_type = 'inspection_finding' and e.object_id in (select id from inspection_finding where visit_id = $1)
      order by e.at, e.id`,
    [visitId],
  );
  return rows.map((row) => {
    const finding = row.action.replace('inspection.finding_', '') as keyof typeof FINDING_ACTIONS;
    const label = VISIT_EVENTS[row.action] ?? FINDING_ACTIONS[finding]?.label ?? row.action;
    return {
      id: row.id,
      at: row.at.toISOString(),
      label: row.no === null ? label : `第 ${row.no} 项：${label}`,
      actor: row.actor === null ? null : { name: row.actor, unit: row.unit },
      note: row.note,
    };
  });
}
