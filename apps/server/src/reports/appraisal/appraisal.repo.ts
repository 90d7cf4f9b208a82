import type { AppraisalState, AppraisalStatus, Appraised, Audience, Scheme } from '@bihuan/domain/appraisal';
import type { Sql, Trx } from '../../platform/db/index.ts';

export interface AppraisalRow {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly audience: Audience;
  readonly period: string;
  readonly period_from: string;
  readonly period_to: string;
  readonly scheme: Scheme;
  readonly status: AppraisalStatus;
  readonly version: number;
  readonly as_of: Date;
  readonly made_by: string;
  readonly made_by_name: string;
  readonly answers_until: Date | null;
  readonly confirmed_by: string | null;
  readonly confirmed_by_name: string | null;
  readonly confirmed_at: Date | null;
  readonly open_answers: number;
}

export const APPRAISAL_COLUMNS = `a.id, a.audience, a.period, a.period_from::text as period_from, a.period_to::text as period_to, a.scheme, a.status, a.version, a.as_of,
  a.made_by, m.name as made_by_name, a.answers_until, a.confirmed_by, c.name as confirmed_by_name, a.confirmed_at,
  (select count(*)::int from appraisal_answer w where w.appraisal_id = a.id and w.decided_at is null) as open_answers`;
export const APPRAISAL_JOINS = 'join person m on m.id = a.made_by left join person c on c.id = a.confirmed_by';

export async function findAppraisal(sql: Sql, id: string): Promise<AppraisalRow | null> {
  const [row] = await sql.query<AppraisalRow>(
    'appraisal.find',
    `select ${APPRAISAL_COLUMNS} from appraisal a ${APPRAISAL_JOINS} where a.id = $1`,
    [id],
  );
  return row ?? null;
}

/** Locked until the transaction ends; read after the wait. */
export async function lockAppraisal(trx: Trx, id: string): Promise<AppraisalRow | null> {
  await trx.query('appraisal.lock', 'select 1 from appraisal where id = $1 for update', [id]);
  return findAppraisal(trx, id);
}

export const stateOf = (row: AppraisalRow): AppraisalState => ({
  status: row.status,
  version: row.version,
  madeBy: row.made_by,
  answersUntil: row.answers_until?.getTime() ?? null,
  openAnswers: row.open_answers,
});

/** One at a time makes a period's appraisal. @returns the id of the one there is */
export async function lockPeriod(trx: Trx, audience: Audience, period: string): Promise<string | null> {
  await trx.query('appraisal.lock_period', "select pg_advisory_xact_lock(hashtext('appraisal'), hashtext($1))", [
    `${audience} ${period}`,
  ]);
  const [row] = await trx.query<{ id: string }>(
    'appraisal.of_period',
    'select id from appraisal where audience = $1 and period = $2',
    [audience, period],
  );
  return row?.id ?? null;
}

export async function insertAppraisal(
  trx: Trx,
  row: {
    audience: Audience;
    period: string;
    from: string;
    to: string;
    scheme: Scheme;
    asOf: Date;
    by: string;
    at: Date;
  },
): Promise<string> {
  const [made] = await trx.query<{ id: string }>(
    'appraisal.insert',
    `insert into appraisal (audience, period, period_from, period_to, scheme, as_of, made_by, made_at) values ($1,$2,$3,$4,$5,$6,$7,$8) returning id`,
    [row.audience, row.period, row.from, row.to, JSON.stringify(row.scheme), row.asOf, row.by, row.at],
  );
  return made!.id;
}

export interface NewSubject {
  readonly id: string;
  readonly unitId: string;
  readonly name: string;
  readonly appraised: Appraised;
  /** Of each line, in its order. */
  readonly ids: readonly { readonly numerator: readonly string[]; readonly denominator: readonly string[] }[];
}

/** Results as computed, in place of those there were. */
export async function replaceSubjects(trx: Trx, id: string, subjects: readonly NewSubject[]): Promise<void> {
  await trx.query('appraisal.clear', 'delete from appraisal_subject where appraisal_id = $1', [id]);
  await trx.query(
    'appraisal.subjects',
    `insert into appraisal_subject (appraisal_id, subject_id, unit_id, name, total)
     select $1, s.id, s.unit_id, s.name, s.total from jsonb_to_recordset($2::jsonb) as s (id uuid, unit_id uuid, name text, total numeric)`,
    [
      id,
      JSON.stringify(
        subjects.map(({ id: subjectId, unitId, name, appraised }) => ({
          id: subjectId,
          unit_id: unitId,
          name,
          total: appraised.total,
        })),
      ),
    ],
  );
  const lines = subjects.flatMap(({ id: subjectId, appraised, ids }) =>
    appraised.lines.map((line, place) => ({
      subject_id: subjectId,
      place,
      code: line.code,
      numerator: line.numerator,
      denominator: line.denominator,
      points: line.points,
      of_points: line.of,
      counted: line.counted,
      explanation: line.explanation,
      numerator_ids: `{${ids[place]!.numerator.join(',')}}`,
      denominator_ids: `{${ids[place]!.denominator.join(',')}}`,
    })),
  );
  await trx.query(
    'appraisal.lines',
    `insert into appraisal_line (appraisal_id, subject_id, place, code, numerator, denominator, points, of_points, counted, explanation, numerator_ids, denominator_ids)
     select $1, l.subject_id, l.place, l.code, l.numerator, l.denominator, l.points, l.of_points, l.counted, l.explanation, l.numerator_ids::uuid[], l.denominator_ids::uuid[]
       from jsonb_to_recordset($2::jsonb) as l (subject_id uuid, place int, code text, numerator int, denominator int, points numeric, of_points numeric, counted boolean,
            explanation text, numerator_ids text, denominator_ids text)`,
    [id, JSON.stringify(lines)],
  );
}

export async function saveAppraisal(
  trx: Trx,
  id: string,
  change: {
    status: AppraisalStatus;
    asOf?: Date;
    scheme?: Scheme;
    madeBy?: string;
    answersUntil?: Date;
    confirmed?: { by: string; at: Date };
  },
): Promise<number> {
  const [row] = await trx.query<{ version: number }>(
    'appraisal.save',
    `update appraisal set status = $2, version = version + 1, as_of = coalesce($3, as_of), scheme = coalesce($4, scheme), made_by = coalesce($5, made_by),
            answers_until = coalesce($6, answers_until), confirmed_by = $7, confirmed_at = $8 where id = $1 returning version`,
    [
      id,
      change.status,
      change.asOf ?? null,
      change.scheme ? JSON.stringify(change.scheme) : null,
      change.madeBy ?? null,
      change.answersUntil ?? null,
      change.confirmed?.by ?? null,
      change.confirmed?.at ?? null,
    ],
  );
  return row!.version;
}

export async function deleteAppraisal(trx: Trx, id: string): Promise<void> {
  await trx.query('appraisal.delete', 'delete from appraisal where id = $1', [id]);
}

export interface SubjectRow {
  readonly [column: string]: unknown;
  readonly subject_id: string;
  readonly unit_id: string;
  readonly name: string;
}

export async function findSubject(sql: Sql, id: string, subjectId: string): Promise<SubjectRow | null> {
  const [row] = await sql.query<SubjectRow>(
    'appraisal.subject',
    'select subject_id, unit_id, name from appraisal_subject where appraisal_id = $1 and subject_id = $2',
    [id, subjectId],
  );
  return row ?? null;
}

export async function insertAnswer(
  trx: Trx,
  row: { id: string; subjectId: string; code: string | null; words: string; by: string; at: Date },
): Promise<string> {
  const [made] = await trx.query<{ id: string }>(
    'appraisal.insert_answer',
    'insert into appraisal_answer (appraisal_id, subject_id, code, words, made_by, made_at) values ($1,$2,$3,$4,$5,$6) returning id',
    [row.id, row.subjectId, row.code, row.words, row.by, row.at],
  );
  return made!.id;
}

export interface AnswerRow {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly subject_id: string;
  readonly unit_id: string;
  readonly made_by: string;
  readonly decided_at: Date | null;
}

/** Call after `lockAppraisal`. */
export async function findAnswer(trx: Trx, appraisalId: string, answerId: string): Promise<AnswerRow | null> {
  const [row] = await trx.query<AnswerRow>(
    'appraisal.find_answer',
    `select w.id, w.subject_id, s.unit_id, w.made_by, w.decided_at from appraisal_answer w
       join appraisal_subject s on s.appraisal_id = w.appraisal_id and s.subject_id = w.subject_id where w.appraisal_id = $1 and w.id = $2`,
    [appraisalId, answerId],
  );
  return row ?? null;
}

/** @returns the subject's points: its lines and every correction */
export async function decideOnAnswer(
  trx: Trx,
  appraisalId: string,
  answer: AnswerRow,
  decision: { accepted: boolean; points: number; reason: string; by: string; at: Date },
): Promise<number[]> {
  await trx.query(
    'appraisal.decide',
    'update appraisal_answer set accepted = $2, points = $3, reason = $4, decided_by = $5, decided_at = $6 where id = $1',
    [
      answer.id,
      decision.accepted,
      decision.accepted ? decision.points : null,
      decision.reason,
      decision.by,
      decision.at,
    ],
  );
  const rows = await trx.query<{ points: number }>(
    'appraisal.points',
    `select points::float8 as points from appraisal_line where appraisal_id = $1 and subject_id = $2
     union all select points::float8 from appraisal_answer where appraisal_id = $1 and subject_id = $2 and accepted`,
    [appraisalId, answer.subject_id],
  );
  return rows.map(({ points }) => points);
}

export async function setTotal(
  trx: Trx,
  appraisalId: string,
  subjectId: string,
  total: number,
): Promise<number | null> {
  const [row] = await trx.query<{ total: number | null }>(
    'appraisal.total',
    // Who had too little to go by stays without a total.
    `update appraisal_subject set total = case when total is null then null else $3::numeric end where appraisal_id = $1 and subject_id = $2 returning total::float8 as total`,
    [appraisalId, subjectId, total],
  );
  return row?.total ?? null;
}

// ── schemes ─────────────────────────────────────────────────────────────────

export interface SchemeRow {
  readonly [column: string]: unknown;
  readonly audience: Audience;
  readonly effective_from: string;
  readonly scheme: Scheme;
  readonly made_by: string | null;
  readonly made_by_name: string | null;
  readonly made_at: Date;
}

/** The latest first: of two for one day the later one holds. */
export function readSchemeRows(sql: Sql): Promise<SchemeRow[]> {
  return sql.query<SchemeRow>(
    'appraisal.schemes',
    `select s.audience, s.effective_from::text as effective_from, s.scheme, s.made_by, p.name as made_by_name, s.made_at
       from appraisal_scheme s left join person p on p.id = s.made_by order by s.effective_from desc, s.id desc`,
  );
}

export async function insertScheme(
  trx: Trx,
  row: { audience: Audience; effectiveFrom: string; scheme: Scheme; by: string; at: Date },
): Promise<void> {
  await trx.query(
    'appraisal.insert_scheme',
    'insert into appraisal_scheme (audience, effective_from, scheme, made_by, made_at) values ($1,$2,$3,$4,$5)',
    [row.audience, row.effectiveFrom, JSON.stringify(row.scheme), row.by, row.at],
  );
}
