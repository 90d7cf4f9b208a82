import { PassThrough } from 'node:stream';
import type { QueryOf, ResponseOf } from '@bihuan/contract';
import type {
  Appraisal,
  AppraisalAnswer,
  AppraisalItem,
  AppraisalLine,
  AppraisalRecord,
  appraisalRecords,
  readSchemes,
} from '@bihuan/contract/appraisal';
import { permits, scopeOf } from '@bihuan/domain/access';
import {
  AUDIENCES,
  allowedAppraisalActions,
  answerRefusal,
  DEDUCTIONS,
  DEFAULT_SCHEMES,
  decisionRefusal,
  ITEMS,
} from '@bihuan/domain/appraisal';
import { parsePeriod, periodLabel } from '@bihuan/domain/indicator';
import { dateAt } from '@bihuan/domain/workday';
import type { FastifyReply } from 'fastify';
import { complaintScope, type RequestActor, rectificationScope } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Sql } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { notFound } from '../../platform/errors.ts';
import { writeSheet } from '../../platform/spreadsheet/index.ts';
import {
  APPRAISAL_COLUMNS,
  APPRAISAL_JOINS,
  type AppraisalRow,
  findAppraisal,
  readSchemeRows,
  stateOf,
} from './appraisal.repo.ts';

const LABELS: Readonly<Record<string, string>> = { ...ITEMS, ...DEDUCTIONS };

/** Whoever makes or confirms appraisals sees them at every stage; all others once they are asked what they have to say. */
const isInCharge = (actor: RequestActor): boolean =>
  permits(actor, 'appraisal.manage') || permits(actor, 'appraisal.confirm');
export const seesAppraisal = (actor: RequestActor, { status }: Pick<AppraisalRow, 'status'>): boolean =>
  isInCharge(actor) || status !== 'preliminary';

/** Whose results an actor may see: the district all, a squadron its own and its people's, an officer his own. */
function subjectScope(actor: RequestActor, first: number): { kind: string; sql: string; values: unknown[] } {
  switch (scopeOf(actor)) {
    case 'district':
      return { kind: 'district', sql: 'true', values: [] };
    case 'unit':
      return { kind: 'unit', sql: `s.unit_id = $${first}::uuid`, values: [actor.unitId] };
    case 'own':
      return {
        kind: 'own',
        sql: `(s.subject_id = $${first}::uuid or s.subject_id = $${first + 1}::uuid)`,
        values: [actor.personId, actor.unitId],
      };
    default:
      return { kind: 'none', sql: 'false', values: [] };
  }
}

const toItem = (row: AppraisalRow & { subjects?: number }): AppraisalItem => ({
  id: row.id,
  audience: row.audience,
  period: row.period,
  periodLabel: periodLabel(parsePeriod(row.period)),
  from: row.period_from,
  to: row.period_to,
  status: row.status,
  asOf: row.as_of.toISOString(),
  answersUntil: row.answers_until?.toISOString() ?? null,
  confirmedAt: row.confirmed_at?.toISOString() ?? null,
  subjects: row.subjects ?? 0,
  openAnswers: row.open_answers,
  version: row.version,
});

export async function list(deps: Deps, actor: RequestActor, audience: AppraisalItem['audience'] | undefined) {
  const scope = subjectScope(actor, 3);
  const rows = await deps.db.query<AppraisalRow & { subjects: number }>(
    `appraisal.list.${scope.kind}`,
    `select ${APPRAISAL_COLUMNS}, n.subjects from appraisal a ${APPRAISAL_JOINS}
      cross join lateral (select count(*)::int as subjects from appraisal_subject s where s.appraisal_id = a.id and ${scope.sql}) n
      where ($1::text is null or a.audience = $1) and ($2 or a.status <> 'preliminary') and (n.subjects > 0 or $2) order by a.period_to desc, a.audience desc, a.id`,
    [audience ?? null, isInCharge(actor), ...scope.values],
  );
  return {
    // How many answers are open is for those who decide on them.
    items: rows.map((row) => ({ ...toItem(row), ...(isInCharge(actor) ? {} : { openAnswers: 0 }) })),
    mayManage: permits(actor, 'appraisal.manage'),
  };
}

interface ResultRow {
  readonly [column: string]: unknown;
  readonly subject_id: string;
  readonly unit_id: string;
  readonly unit_name: string;
  readonly name: string;
  readonly total: number | null;
  readonly rank: number | null;
  readonly ranked: number;
  readonly lines: Omit<AppraisalLine, 'label'>[];
  readonly answers: {
    id: string;
    code: AppraisalLine['code'] | null;
    words: string;
    made_by: string;
    made_by_name: string;
    made_at: string;
    accepted: boolean | null;
    points: number | null;
    reason: string | null;
    decided_by: string | null;
    decided_by_name: string | null;
    decided_at: string | null;
  }[];
}

async function readResults(sql: Sql, actor: RequestActor, id: string): Promise<ResultRow[]> {
  const scope = subjectScope(actor, 2);
  return sql.query<ResultRow>(
    `appraisal.results.${scope.kind}`,
    `with ranked as (select s.*, case when s.total is not null then rank() over (order by s.total desc nulls last) end::int as rank,
                            count(s.total) over ()::int as ranked from appraisal_subject s where s.appraisal_id = $1)
     select s.subject_id, s.unit_id, u.name as unit_name, s.name, s.total::float8 as total, s.rank, s.ranked,
            (select jsonb_agg(jsonb_build_object('code', l.code, 'numerator', l.numerator, 'denominator', l.denominator, 'points', l.points, 'of', l.of_points,
                    'counted', l.counted, 'explanation', l.explanation) order by l.place) from appraisal_line l where l.appraisal_id = $1 and l.subject_id = s.subject_id) as lines,
            (select coalesce(jsonb_agg(jsonb_build_object('id', w.id, 'code', w.code, 'words', w.words, 'made_by', w.made_by, 'made_by_name', m.name, 'made_at', w.made_at,
                    'accepted', w.accepted, 'points', w.points, 'reason', w.reason, 'decided_by', w.decided_by, 'decided_by_name', d.name, 'decided_at', w.decided_at) order by w.made_at), '[]')
               from appraisal_answer w join person m on m.id = w.made_by left join person d on d.id = w.decided_by
              where w.appraisal_id = $1 and w.subject_id = s.subject_id) as answers
       from ranked s join unit u on u.id = s.unit_id where ${scope.sql} order by s.total desc nulls last, s.name, s.subject_id`,
    [id, ...scope.values],
  );
}

/** @throws Problem 404 when it is not there, or not there yet for this reader */
async function seen(deps: Deps, actor: RequestActor, id: string): Promise<{ row: AppraisalRow; results: ResultRow[] }> {
  const row = await findAppraisal(deps.db, id);
  if (!row || !seesAppraisal(actor, row)) throw notFound('考核');
  const results = await readResults(deps.db, actor, id);
  if (results.length === 0 && !isInCharge(actor)) throw notFound('考核');
  return { row, results };
}

export async function view(deps: Deps, actor: RequestActor, id: string): Promise<Appraisal> {
  const { row, results } = await seen(deps, actor, id);
  const state = stateOf(row);
  const now = deps.clock.now();
  return {
    ...toItem({ ...row, subjects: results.length }),
    openAnswers: isInCharge(actor) ? row.open_answers : 0,
    madeBy: { id: row.made_by, name: row.made_by_name },
    confirmedBy: row.confirmed_by === null ? null : { id: row.confirmed_by, name: row.confirmed_by_name ?? '' },
    ranked: results[0]?.ranked ?? 0,
    results: results.map((result) => {
      const subject = { subjectId: result.subject_id, unitId: result.unit_id, audience: row.audience };
      return {
        id: result.subject_id,
        name: result.name,
        unit: { id: result.unit_id, name: result.unit_name },
        total: result.total,
        rank: result.rank,
        lines: result.lines.map((line) => ({ ...line, label: LABELS[line.code] ?? line.code })),
        answers: result.answers.map(
          (one): AppraisalAnswer => ({
            id: one.id,
            code: one.code,
            words: one.words,
            by: { id: one.made_by, name: one.made_by_name },
            at: new Date(one.made_at).toISOString(),
            accepted: one.accepted,
            points: one.points,
            reason: one.reason,
            decidedBy: one.decided_by === null ? null : { id: one.decided_by, name: one.decided_by_name ?? '' },
            decidedAt: one.decided_at === null ? null : new Date(one.decided_at).toISOString(),
            mayDecide:
              decisionRefusal(state, subject, { by: one.made_by, decided: one.decided_at !== null }, actor) === null,
          }),
        ),
        mayAnswer: answerRefusal(state, subject, actor, now) === null,
      };
    }),
    allowedActions: allowedAppraisalActions(state, actor, now),
  };
}

/** Records frozen with the figure, as far as the actor may see them. */
export async function records(
  deps: Deps,
  actor: RequestActor,
  id: string,
  { subjectId, code }: QueryOf<typeof appraisalRecords>,
): Promise<ResponseOf<typeof appraisalRecords>> {
  const { results } = await seen(deps, actor, id);
  const subject = results.find((one) => one.subject_id === subjectId);
  const line = subject?.lines.find((one) => one.code === code);
  if (!subject || !line) throw notFound('考核对象');
  const isLedger = code.startsWith('rectification') || code === 'recurrence';
  const scope = isLedger ? rectificationScope(actor, 'r', 4) : complaintScope(actor, 'r', 4);
  const items = await deps.db.query<AppraisalRecord & { all: number }>(
    `appraisal.records.${isLedger ? 'ledger' : 'orders'}.${scope.scope}`,
    `with l as (select numerator_ids, denominator_ids from appraisal_line where appraisal_id = $1 and subject_id = $2 and code = $3)
     select '${isLedger ? 'rectification' : 'complaint'}' as kind, r.id, r.number, ${isLedger ? 'r.problem' : 'r.title'} as title, r.id = any (l.numerator_ids) as counted
       from l cross join lateral (select distinct unnest(l.denominator_ids) as id) d join ${isLedger ? 'rectification' : 'complaint'} r on r.id = d.id
      where ${scope.sql} order by counted, r.number`,
    [id, subjectId, code, ...scope.values],
  );
  const [total] = await deps.db.query<{ n: number }>(
    'appraisal.records_all',
    'select count(distinct d)::int as n from appraisal_line l cross join unnest(l.denominator_ids) d where l.appraisal_id = $1 and l.subject_id = $2 and l.code = $3',
    [id, subjectId, code],
  );
  return {
    name: subject.name,
    line: { ...line, label: LABELS[code] ?? code },
    items: items.map(({ kind, id: recordId, number, title, counted }) => ({
      kind,
      id: recordId,
      number,
      title,
      counted,
    })),
    hidden: total!.n - items.length,
  };
}

export async function exportResults(deps: Deps, actor: RequestActor, id: string, reply: FastifyReply): Promise<void> {
  const { row, results } = await seen(deps, actor, id);
  await recordAudit(deps.db, {
    at: deps.clock.now(),
    actor,
    action: 'appraisal.export',
    objectType: 'appraisal',
    objectId: id,
    data: { period: row.period, audience: row.audience },
  });
  const title = `${periodLabel(parsePeriod(row.period))}${AUDIENCES[row.audience]}考核`;
  const codes = [...row.scheme.items.map(({ code }) => code), ...row.scheme.deductions.map(({ code }) => code)];
  const stream = new PassThrough();
  reply
    .header('content-type', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
    .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(`${title}.xlsx`)}`)
    .send(stream);
  await writeSheet(stream, {
    columns: [
      { header: '名次', width: 6 },
      { header: AUDIENCES[row.audience], width: 20 },
      { header: '单位', width: 20 },
      { header: '总分', width: 8 },
      ...codes.flatMap((code) => [
        { header: LABELS[code]!, width: 12 },
        { header: '件数', width: 12 },
      ]),
      { header: '更正', width: 8 },
    ],
    rows: results.map((result) => [
      result.rank,
      result.name,
      result.unit_name,
      result.total,
      ...codes.flatMap((code) => {
        const line = result.lines.find((one) => one.code === code);
        return line ? [line.counted ? line.points : '不计分', `${line.numerator}／${line.denominator}`] : [null, null];
      }),
      result.answers.reduce((sum, one) => sum + (one.accepted ? (one.points ?? 0) : 0), 0) || null,
    ]),
  });
}

export async function schemes(deps: Deps, actor: RequestActor): Promise<ResponseOf<typeof readSchemes>> {
  const rows = await readSchemeRows(deps.db);
  const today = dateAt(deps.clock.now());
  return {
    mayManage: permits(actor, 'appraisal.manage'),
    schemes: (Object.keys(AUDIENCES) as (keyof typeof AUDIENCES)[]).map((audience) => {
      const own = rows.filter((row) => row.audience === audience);
      const inForce = own.find((row) => row.effective_from <= today);
      const { items, deductions } = inForce?.scheme ?? DEFAULT_SCHEMES[audience];
      return {
        audience,
        scheme: { items: items.map((item) => ({ ...item })), deductions: deductions.map((one) => ({ ...one })) },
        effectiveFrom: inForce?.effective_from ?? null,
        history: own.map((row) => ({
          effectiveFrom: row.effective_from,
          by: row.made_by === null ? null : { id: row.made_by, name: row.made_by_name ?? '' },
          at: row.made_at.toISOString(),
        })),
      };
    }),
  };
}
