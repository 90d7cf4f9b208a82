import type { AnswerResult, FindingState, FindingStatus, PlanState, VisitState } from '@bihuan/domain/inspection';
import { inspectionScope, type RequestActor } from '../../platform/access/index.ts';
import type { Sql, Trx } from '../../platform/db/index.ts';
import { findPlan } from './plan.repo.ts';

interface VisitRow {
  readonly id: string;
  readonly plan_id: string;
  readonly status: VisitState['status'];
  readonly version: number;
  readonly unit_id: string;
  readonly inspector_ids: string[];
  readonly signed_by: string[];
  readonly items: VisitState['items'];
  readonly answers: VisitState['answers'];
}

export interface KeptVisit {
  readonly state: VisitState;
  readonly plan: PlanState;
}

async function findVisit(sql: Sql, id: string): Promise<KeptVisit | null> {
  const [row] = await sql.query<VisitRow>(
    'inspection.find_visit',
    `select v.id, v.plan_id, v.status, v.version, v.unit_id,
            array(select i.person_id from inspection_visit_inspector i where i.visit_id = v.id order by i.seq) as inspector_ids,
            array(select i.person_id from inspection_visit_inspector i where i.visit_id = v.id and i.signed_at is not null order by i.signed_at, i.seq) as signed_by,
            (select jsonb_agg(jsonb_build_object('no', k.no, 'weight', k.weight, 'photoRequired', k.photo_required) order by k.no)
               from inspection_checklist_item k where k.checklist_id = pl.checklist_id) as items,
            coalesce((select jsonb_agg(jsonb_build_object('no', a.no, 'result', a.result, 'note', a.note,
                'photos', (select count(*) from inspection_file f where f.visit_id = v.id and f.no = a.no)) order by a.no)
               from inspection_answer a where a.visit_id = v.id), '[]') as answers
       from inspection_visit v join inspection_plan pl on pl.id = v.plan_id where v.id = $1`,
    [id],
  );
  if (!row) return null;
  const plan = (await findPlan(sql, row.plan_id))!.state;
  return {
    plan,
    state: {
      id: row.id,
      status: row.status,
      version: row.version,
      planStatus: plan.status,
      unitId: row.unit_id,
      inspectorIds: row.inspector_ids,
      signedBy: row.signed_by,
      items: row.items,
      answers: row.answers,
    },
  };
}

export { findVisit };

/** Locks the plan, then the visit (always in this order), if the actor may see it; for all others there is no row. */
export async function lockVisit(trx: Trx, actor: RequestActor, id: string): Promise<KeptVisit | null> {
  const scope = inspectionScope(actor, 'pl', 2);
  const rows = await trx.query(
    `inspection.lock_visit_plan.${scope.key}`,
    `select 1 from inspection_plan pl where pl.id = (select plan_id from inspection_visit where id = $1) and ${scope.sql}
        and exists (select 1 from inspection_visit v where v.id = $1 and ${scope.visit('v')}) for update of pl`,
    [id, ...scope.values],
  );
  if (rows.length === 0) return null;
  await trx.query('inspection.lock_visit', 'select 1 from inspection_visit where id = $1 for update', [id]);
  return findVisit(trx, id);
}

export async function saveAnswers(
  trx: Trx,
  visitId: string,
  answers: readonly { no: number; result: AnswerResult; note?: string; fileIds?: readonly string[] }[],
  by: string,
  at: number,
): Promise<void> {
  const when = new Date(at);
  await trx.query(
    'inspection.save_answers',
    `insert into inspection_answer (visit_id, no, result, note, answered_by, answered_at)
     select $1, no, result, note, $5, $6 from unnest($2::int[], $3::text[], $4::text[]) as t (no, result, note)
     on conflict (visit_id, no) do update set result = excluded.result, note = excluded.note, answered_by = excluded.answered_by, answered_at = excluded.answered_at`,
    [
      visitId,
      answers.map(({ no }) => no),
      answers.map(({ result }) => result),
      answers.map(({ note }) => note?.trim() || null),
      by,
      when,
    ],
  );
  const files = answers.flatMap(({ no, fileIds = [] }) => fileIds.map((fileId) => ({ no, fileId })));
  if (files.length === 0) return;
  await trx.query(
    'inspection.save_files',
    `insert into inspection_file (visit_id, no, file_id, added_by, added_at)
     select $1, no, file_id, $4, $5 from unnest($2::int[], $3::uuid[]) as t (no, file_id) on conflict do nothing`,
    [visitId, files.map(({ no }) => no), files.map(({ fileId }) => fileId), by, when],
  );
}

export async function saveVisit(trx: Trx, next: VisitState, score: number | null, now: number): Promise<void> {
  const at = new Date(now);
  await trx.query(
    'inspection.save_visit',
    `update inspection_visit set status = $2, version = $3, signed_at = case when $2 = 'signed' then $4::timestamptz end, score = $5 where id = $1`,
    [next.id, next.status, next.version, at, score],
  );
  await trx.query(
    'inspection.save_signatures',
    `update inspection_visit_inspector set signed_at = case when person_id = any($2::uuid[]) then coalesce(signed_at, $3) end where visit_id = $1`,
    [next.id, next.signedBy, at],
  );
}

export async function insertFindings(
  trx: Trx,
  visitId: string,
  failed: readonly { readonly no: number; readonly note: string | null }[],
  answerDueAt: number | null,
): Promise<void> {
  await trx.query(
    'inspection.insert_findings',
    `insert into inspection_finding (visit_id, no, problem, answer_due_at) select $1, no, problem, $4 from unnest($2::int[], $3::text[]) as t (no, problem)`,
    [
      visitId,
      failed.map(({ no }) => no),
      failed.map(({ note }) => note ?? ''),
      answerDueAt === null ? null : new Date(answerDueAt),
    ],
  );
}

/** How many of the files the person uploaded as evidence and may therefore attach. */
export async function ownEvidence(sql: Sql, fileIds: readonly string[], personId: string): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    'inspection.own_files',
    "select count(*)::int as count from file where id = any($1::uuid[]) and created_by = $2 and purpose = 'evidence'",
    [fileIds, personId],
  );
  return row!.count;
}

// ── findings ────────────────────────────────────────────────────────────────

export interface KeptFinding {
  readonly state: FindingState;
  readonly plan: PlanState;
  readonly visitId: string;
  readonly no: number;
  readonly rectificationId: string | null;
  readonly basis: string | null;
  readonly matterId: string | null;
  readonly fileIds: readonly string[];
}

async function findFinding(sql: Sql, id: string): Promise<KeptFinding | null> {
  const [row] = await sql.query<{
    id: string;
    visit_id: string;
    plan_id: string;
    no: number;
    status: FindingStatus;
    version: number;
    unit_id: string;
    inspector_ids: string[];
    accepted: boolean | null;
    answered_by: string | null;
    answer_due_at: Date | null;
    rectification_id: string | null;
    basis: string | null;
    matter_id: string | null;
    file_ids: string[];
  }>(
    'inspection.find_finding',
    `select f.id, f.visit_id, v.plan_id, f.no, f.status, f.version, v.unit_id, f.accepted, f.answered_by, f.answer_due_at, f.rectification_id, k.basis, s.matter_id,
            array(select i.person_id from inspection_visit_inspector i where i.visit_id = v.id) as inspector_ids,
            array(select a.file_id from inspection_file a where a.visit_id = v.id and a.no = f.no order by a.added_at) as file_ids
       from inspection_finding f join inspection_visit v on v.id = f.visit_id join inspection_subject s on s.id = v.subject_id
       join inspection_plan pl on pl.id = v.plan_id join inspection_checklist_item k on k.checklist_id = pl.checklist_id and k.no = f.no
      where f.id = $1`,
    [id],
  );
  if (!row) return null;
  const plan = (await findPlan(sql, row.plan_id))!.state;
  return {
    plan,
    visitId: row.visit_id,
    no: row.no,
    rectificationId: row.rectification_id,
    basis: row.basis,
    matterId: row.matter_id,
    fileIds: row.file_ids,
    state: {
      id: row.id,
      status: row.status,
      version: row.version,
      unitId: row.unit_id,
      inspectorIds: row.inspector_ids,
      sealed: plan.manner === 'covert' && plan.openedAt === null,
      accepted: row.accepted,
      answeredBy: row.answered_by,
      answerDueAt: row.answer_due_at?.getTime() ?? Number.POSITIVE_INFINITY,
    },
  };
}

export async function lockFinding(trx: Trx, actor: RequestActor, id: string): Promise<KeptFinding | null> {
  const scope = inspectionScope(actor, 'pl', 2);
  const rows = await trx.query(
    `inspection.lock_finding_plan.${scope.key}`,
    `select 1 from inspection_plan pl where ${scope.sql} and pl.id = (select v.plan_id from inspection_finding f join inspection_visit v on v.id = f.visit_id
        where f.id = $1 and ${scope.visit('v')}) for update of pl`,
    [id, ...scope.values],
  );
  if (rows.length === 0) return null;
  await trx.query('inspection.lock_finding', 'select 1 from inspection_finding where id = $1 for update', [id]);
  return findFinding(trx, id);
}

export async function saveFinding(
  trx: Trx,
  next: FindingState,
  change: { answer?: string; decision?: string; rectificationId?: string },
  by: string,
  now: number,
): Promise<void> {
  await trx.query(
    'inspection.save_finding',
    `update inspection_finding set status = $2, version = $3, accepted = $4, answered_by = $5,
            answer = coalesce($6, answer), answered_at = case when $6::text is null then answered_at else $9::timestamptz end,
            decision = coalesce($7, decision), decided_by = case when $7::text is null then decided_by else $8::uuid end,
            decided_at = case when $7::text is null then decided_at else $9::timestamptz end, rectification_id = coalesce($10, rectification_id)
      where id = $1`,
    [
      next.id,
      next.status,
      next.version,
      next.accepted,
      next.answeredBy,
      change.answer ?? null,
      change.decision ?? null,
      by,
      new Date(now),
      change.rectificationId ?? null,
    ],
  );
}
