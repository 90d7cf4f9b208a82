import type { Commitment, VisitFileStage, VisitState, VisitStatus } from '@bihuan/domain/on-site';
import type { Sql, Trx } from '../../platform/db/index.ts';

interface StateRow {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly number: string;
  readonly unit_name: string;
  readonly status: VisitStatus;
  readonly version: number;
  readonly month: string;
  readonly unit_id: string;
  readonly leader_id: string;
  readonly participant_ids: string[];
  readonly planned_by: string;
  readonly planned_on: string;
  readonly visited_on: string | null;
  readonly answered_by: string | null;
}

/** What decisions need of one visit, and its words for notices. */
export interface KeptVisit {
  readonly state: VisitState;
  readonly number: string;
  readonly unitName: string;
  readonly plannedBy: string;
}

export async function findVisit(sql: Sql, id: string): Promise<KeptVisit | null> {
  const [row] = await sql.query<StateRow>(
    'on_site.find',
    `select v.id, v.number, u.name as unit_name, v.status, v.version, to_char(v.month, 'YYYY-MM') as month, v.unit_id, v.leader_id, v.participant_ids,
            v.planned_by, to_char(v.planned_on, 'YYYY-MM-DD') as planned_on, to_char(v.visited_on, 'YYYY-MM-DD') as visited_on, v.answered_by
       from on_site_visit v join unit u on u.id = v.unit_id where v.id = $1`,
    [id],
  );
  if (!row) return null;
  return {
    number: row.number,
    unitName: row.unit_name,
    plannedBy: row.planned_by,
    state: {
      id: row.id,
      status: row.status,
      version: row.version,
      month: row.month,
      unitId: row.unit_id,
      leaderId: row.leader_id,
      participantIds: row.participant_ids,
      plannedOn: row.planned_on,
      visitedOn: row.visited_on,
      answeredBy: row.answered_by,
    },
  };
}

/** Locked until the transaction ends; read after the wait, so that it is what the one before left. */
export async function lockVisit(trx: Trx, id: string): Promise<KeptVisit | null> {
  await trx.query('on_site.lock', 'select 1 from on_site_visit where id = $1 for update', [id]);
  return findVisit(trx, id);
}

export interface InsertedVisit {
  readonly number: string;
  readonly month: string;
  readonly unitId: string;
  readonly figure: { readonly numerator: number; readonly denominator: number };
  readonly districtFigure: { readonly numerator: number; readonly denominator: number };
  readonly reason: string;
  readonly plannedOn: string;
  readonly leaderId: string;
  readonly participantIds: readonly string[];
  readonly plannedBy: string;
  readonly plannedAt: number;
}

/** @returns its id; `null` when the squadron has a visit for that month already */
export async function insertVisit(trx: Trx, row: InsertedVisit): Promise<string | null> {
  const [made] = await trx.query<{ id: string }>(
    'on_site.insert',
    `insert into on_site_visit (number, month, unit_id, numerator, denominator, district_numerator, district_denominator, reason, planned_on,
       leader_id, participant_ids, planned_by, planned_at)
     values ($1, ($2 || '-01')::date, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict do nothing returning id`,
    [
      row.number,
      row.month,
      row.unitId,
      row.figure.numerator,
      row.figure.denominator,
      row.districtFigure.numerator,
      row.districtFigure.denominator,
      row.reason,
      row.plannedOn,
      row.leaderId,
      row.participantIds,
      row.plannedBy,
      new Date(row.plannedAt),
    ],
  );
  return made?.id ?? null;
}

/** Words that a decision leaves on the row. */
export interface VisitWords {
  readonly minutes?: string;
  readonly answer?: string;
  readonly conclusion?: string;
}

export async function saveVisit(
  trx: Trx,
  next: VisitState,
  actorId: string,
  now: number,
  { minutes, answer, conclusion }: VisitWords,
): Promise<void> {
  await trx.query(
    'on_site.save',
    `update on_site_visit set status = $2, version = $3, planned_on = $4, leader_id = $5, participant_ids = $6, visited_on = $7, answered_by = $8,
            minutes = coalesce($9, minutes), minuted_by = case when $9::text is null then minuted_by else $12::uuid end,
            answer = coalesce($10, answer), answered_at = case when $10::text is null then answered_at else $13::timestamptz end,
            conclusion = coalesce($11, conclusion), concluded_by = case when $11::text is null then concluded_by else $12::uuid end,
            concluded_at = case when $11::text is null then concluded_at else $13::timestamptz end
      where id = $1`,
    [
      next.id,
      next.status,
      next.version,
      next.plannedOn,
      next.leaderId,
      next.participantIds,
      next.visitedOn,
      next.answeredBy,
      minutes ?? null,
      answer ?? null,
      conclusion ?? null,
      actorId,
      new Date(now),
    ],
  );
}

export async function insertCommitments(trx: Trx, id: string, commitments: readonly Commitment[]): Promise<void> {
  await trx.query(
    'on_site.commitments',
    `insert into on_site_commitment (visit_id, seq, text, due_on)
     select $1, x.seq, x.text, x.due_on from unnest($2::text[], $3::date[]) with ordinality as x (text, due_on, seq)`,
    [id, commitments.map(({ text }) => text.trim()), commitments.map(({ dueOn }) => dueOn)],
  );
}

export async function insertVisitFiles(
  trx: Trx,
  id: string,
  files: { readonly ids: readonly string[]; readonly stage: VisitFileStage },
  by: string,
  at: number,
): Promise<void> {
  await trx.query(
    'on_site.files',
    `insert into on_site_file (visit_id, file_id, stage, added_by, added_at)
     select $1, f, $3, $4, $5 from unnest($2::uuid[]) as f on conflict do nothing`,
    [id, files.ids, files.stage, by, new Date(at)],
  );
}

/** How many of these people serve now. */
export async function serving(sql: Sql, personIds: readonly string[]): Promise<number> {
  const [row] = await sql.query<{ n: number }>(
    'on_site.serving',
    `select count(distinct p.id)::int as n from person p join posting o on o.person_id = p.id and o.ended_on is null
      where p.id = any($1::uuid[]) and p.left_at is null`,
    [personIds],
  );
  return row!.n;
}
