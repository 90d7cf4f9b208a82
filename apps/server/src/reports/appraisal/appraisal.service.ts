import type { BodyOf } from '@bihuan/contract';
import type {
  answerAppraisal,
  commandAppraisal,
  decideAnswer,
  makeAppraisal,
  saveScheme,
} from '@bihuan/contract/appraisal';
import { ROLE_NAMES, type Role } from '@bihuan/domain/access';
import {
  ANSWER_WORKDAYS,
  APPRAISAL_REFUSALS,
  type AppraisalRefusal,
  type Audience,
  answerRefusal,
  appraisalRefusal,
  appraise,
  DEFAULT_SCHEMES,
  type Deduction,
  decisionRefusal,
  type Item,
  type Measured,
  type Scheme,
  schemeProblem,
  totalOf,
} from '@bihuan/domain/appraisal';
import { type Period, parsePeriod, periodInstants, periodLabel } from '@bihuan/domain/indicator';
import { dateAt, formatDay } from '@bihuan/domain/workday';
import type { RequestActor } from '../../platform/access/index.ts';
import { carriedOut, objectOfCommand, recordAudit } from '../../platform/audit/index.ts';
import type { Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict, invalid, notFound, Problem, staleVersion } from '../../platform/errors.ts';
import { notify } from '../../platform/notify/index.ts';
import { publish } from '../../platform/outbox/index.ts';
import {
  type AppraisalRow,
  decideOnAnswer,
  deleteAppraisal,
  findAnswer,
  findSubject,
  insertAnswer,
  insertAppraisal,
  insertScheme,
  lockAppraisal,
  lockPeriod,
  type NewSubject,
  readSchemeRows,
  replaceSubjects,
  saveAppraisal,
  setTotal,
  stateOf,
} from './appraisal.repo.ts';
import { measure } from './measure.query.ts';
import { seesAppraisal } from './view.query.ts';

const FORBIDDEN: readonly AppraisalRefusal[] = ['not_permitted', 'own_work', 'own_answer', 'not_subject'];
const refused = (code: AppraisalRefusal): Problem =>
  new Problem(FORBIDDEN.includes(code) ? 403 : 409, code, APPRAISAL_REFUSALS[code]);
const OBJECT = 'appraisal';

/** The scheme in force on a day; the product's own where the bureau has set none. */
export async function schemeOn(sql: Pick<Trx, 'query'>, audience: Audience, day: string): Promise<Scheme> {
  const rows = await readSchemeRows(sql as Trx);
  return (
    rows.find((row) => row.audience === audience && row.effective_from <= day)?.scheme ?? DEFAULT_SCHEMES[audience]
  );
}

async function compute(deps: Deps, audience: Audience, period: Period, scheme: Scheme): Promise<NewSubject[]> {
  const figures = await measure(deps.db, audience, period, deps.clock.now());
  return figures.flatMap((subject): NewSubject[] => {
    const measured = Object.fromEntries(
      Object.entries(subject.items).map(([code, { numerator, denominator }]) => [
        code,
        { numerator: numerator.length, denominator: denominator.length },
      ]),
    ) as Partial<Record<Item, Measured>>;
    const counts = Object.fromEntries(Object.entries(subject.counts).map(([code, ids]) => [code, ids.length]));
    const appraised = appraise(scheme, measured, counts);
    const ids = appraised.lines.map(({ code }) => {
      const behind = subject.items[code as Item];
      if (behind) return behind;
      const counted = subject.counts[code as Deduction] ?? [];
      return { numerator: counted, denominator: counted };
    });
    // An officer of whom there is nothing to say at all is not appraised.
    if (audience === 'person' && appraised.total === null) return [];
    return [{ id: subject.id, unitId: subject.unitId, name: subject.name, appraised, ids }];
  });
}

/** @throws Problem 409 when there is one already; 400 when the period has not ended */
export async function make(
  deps: Deps,
  actor: RequestActor,
  { commandId, audience, period: text }: BodyOf<typeof makeAppraisal>,
): Promise<{ id: string }> {
  const period = parsePeriod(text);
  const now = deps.clock.now();
  if (periodInstants(period).to > now)
    throw invalid('该时段尚未结束，不能考核', [{ field: '/period', message: '请选择已结束的时段' }]);
  const [first, last] = [formatDay(period.first), formatDay(period.end - 1)];
  const scheme = await schemeOn(deps.db, audience, first);
  const subjects = await compute(deps, audience, period, scheme);
  const id = await deps.db.transaction(async (trx) => {
    const there = await lockPeriod(trx, audience, text);
    const done = await objectOfCommand(trx, commandId);
    if (done !== null) return done;
    if (there !== null) throw conflict('appraisal_exists', '该时段已有考核，请打开后办理', { id: there });
    const made = await insertAppraisal(trx, {
      audience,
      period: text,
      from: first,
      to: last,
      scheme,
      asOf: new Date(now),
      by: actor.personId,
      at: new Date(now),
    });
    await replaceSubjects(trx, made, subjects);
    await recordAudit(trx, {
      at: now,
      actor,
      action: 'appraisal.make',
      objectType: OBJECT,
      objectId: made,
      toStatus: 'preliminary',
      data: { audience, period: text, subjects: subjects.length },
      commandId,
    });
    return made;
  });
  return { id };
}

/** @throws Problem 404, 409, 412 */
export async function command(
  deps: Deps,
  actor: RequestActor,
  id: string,
  { commandId, version, action }: BodyOf<typeof commandAppraisal>,
): Promise<{ version: number }> {
  // Computed before the lock; under it is said whether it is used.
  const before = await deps.db.transaction((trx) => lockAppraisal(trx, id));
  const fresh =
    action === 'recompute' && before?.status === 'preliminary'
      ? await compute(
          deps,
          before.audience,
          parsePeriod(before.period),
          await schemeOn(deps.db, before.audience, before.period_from),
        )
      : null;
  const result = await deps.db.transaction(async (trx) => {
    const row = await lockAppraisal(trx, id);
    // Thrown away by the same command, sent again.
    if (!row && (await objectOfCommand(trx, commandId)) === id) return version;
    if (!row || !seesAppraisal(actor, row)) throw notFound('考核');
    if (await carriedOut(trx, commandId, id)) return row.version;
    if (row.version !== version) throw staleVersion();
    const now = deps.clock.now();
    const code = appraisalRefusal(stateOf(row), action, actor, now);
    if (code) throw refused(code);
    const next = await carryOut(trx, deps, actor, row, action, fresh, now);
    await recordAudit(trx, {
      at: now,
      actor,
      action: `appraisal.${action}`,
      objectType: OBJECT,
      objectId: id,
      fromStatus: row.status,
      data: { period: row.period, audience: row.audience },
      commandId,
    });
    return next;
  });
  deps.live.wake();
  return { version: result };
}

async function carryOut(
  trx: Trx,
  deps: Deps,
  actor: RequestActor,
  row: AppraisalRow,
  action: BodyOf<typeof commandAppraisal>['action'],
  fresh: NewSubject[] | null,
  now: number,
): Promise<number> {
  switch (action) {
    case 'recompute': {
      if (!fresh) throw refused('wrong_status');
      await replaceSubjects(trx, row.id, fresh);
      const scheme = await schemeOn(trx, row.audience, row.period_from);
      return saveAppraisal(trx, row.id, { status: 'preliminary', asOf: new Date(now), scheme, madeBy: actor.personId });
    }
    case 'discard':
      await deleteAppraisal(trx, row.id);
      return row.version;
    case 'ask': {
      const until = deps.workingTime.calendar.addWorkdays(now, ANSWER_WORKDAYS);
      await tellSubjects(trx, row, now);
      return saveAppraisal(trx, row.id, { status: 'answering', answersUntil: new Date(until) });
    }
    case 'confirm':
      return saveAppraisal(trx, row.id, { status: 'confirmed', confirmed: { by: actor.personId, at: new Date(now) } });
  }
}

const LEADERS: readonly Role[] = ROLE_NAMES.filter((role) => role === 'squadron_leader' || role === 'squadron_clerk');

async function tellSubjects(trx: Trx, row: AppraisalRow, at: number): Promise<void> {
  const subjects = await trx.query<{ subject_id: string; unit_id: string }>(
    'appraisal.to_tell',
    'select subject_id, unit_id from appraisal_subject where appraisal_id = $1',
    [row.id],
  );
  for (const { subject_id, unit_id } of subjects)
    await notify(trx, {
      ...(row.audience === 'person' ? { personId: subject_id } : { unitId: unit_id, roles: LEADERS }),
      at,
      kind: 'appraisal.ask',
      level: 'info',
      title: `${periodLabel(parsePeriod(row.period))}考核初评，请核对`,
      body: `${ANSWER_WORKDAYS} 个工作日内可以提出意见`,
      objectType: OBJECT,
      objectId: row.id,
    });
}

export async function answer(
  deps: Deps,
  actor: RequestActor,
  id: string,
  { commandId, subjectId, code, words }: BodyOf<typeof answerAppraisal>,
): Promise<{ id: string }> {
  const made = await deps.db.transaction(async (trx) => {
    const row = await lockAppraisal(trx, id);
    if (!row || !seesAppraisal(actor, row)) throw notFound('考核');
    const subject = await findSubject(trx, id, subjectId);
    const refusal = subject
      ? answerRefusal(
          stateOf(row),
          { subjectId, unitId: subject.unit_id, audience: row.audience },
          actor,
          deps.clock.now(),
        )
      : null;
    // Whom he may not see is not there for him.
    if (!subject || refusal === 'not_subject') throw notFound('考核对象');
    const done = await objectOfCommand(trx, commandId);
    if (done !== null) return done;
    if (refusal) throw refused(refusal);
    const at = deps.clock.now();
    const answerId = await insertAnswer(trx, {
      id,
      subjectId,
      code,
      words: words.trim(),
      by: actor.personId,
      at: new Date(at),
    });
    await recordAudit(trx, {
      at,
      actor,
      action: 'appraisal.answer',
      objectType: 'appraisal_answer',
      objectId: answerId,
      note: words,
      data: { appraisal: id, subject: subjectId, code },
      commandId,
    });
    await notify(trx, {
      personId: row.made_by,
      at,
      kind: 'appraisal.answer',
      level: 'info',
      title: '考核收到意见',
      body: `${subject.name}：${words.slice(0, 60)}`,
      objectType: OBJECT,
      objectId: id,
    });
    await publish(trx, { topic: 'appraisal.changed', objectId: id, officerId: row.made_by });
    return answerId;
  });
  deps.live.wake();
  return { id: made };
}

export async function decide(
  deps: Deps,
  actor: RequestActor,
  id: string,
  answerId: string,
  { commandId, accepted, points, reason }: BodyOf<typeof decideAnswer>,
): Promise<{ total: number | null }> {
  const total = await deps.db.transaction(async (trx) => {
    const row = await lockAppraisal(trx, id);
    const found = row ? await findAnswer(trx, id, answerId) : null;
    if (!row || !found) throw notFound('意见');
    if (await carriedOut(trx, commandId, answerId)) return readTotal(trx, id, found.subject_id);
    const subject = { subjectId: found.subject_id, unitId: found.unit_id, audience: row.audience };
    const code = decisionRefusal(
      stateOf(row),
      subject,
      { by: found.made_by, decided: found.decided_at !== null },
      actor,
    );
    if (code) throw refused(code);
    if (accepted && points === 0)
      throw invalid('采纳意见须更正分数', [{ field: '/points', message: '请填写增加或减少的分数' }]);
    const at = deps.clock.now();
    const all = await decideOnAnswer(trx, id, found, {
      accepted,
      points,
      reason: reason.trim(),
      by: actor.personId,
      at: new Date(at),
    });
    const sum = await setTotal(trx, id, found.subject_id, totalOf(all));
    await recordAudit(trx, {
      at,
      actor,
      action: 'appraisal.decide_answer',
      objectType: 'appraisal_answer',
      objectId: answerId,
      note: reason,
      data: { appraisal: id, subject: found.subject_id, accepted, points: accepted ? points : null },
      commandId,
    });
    await notify(trx, {
      personId: found.made_by,
      at,
      kind: 'appraisal.decided',
      level: 'info',
      title: accepted ? '考核意见已采纳' : '考核意见未采纳',
      body: reason.slice(0, 80),
      objectType: OBJECT,
      objectId: id,
    });
    return sum;
  });
  deps.live.wake();
  return { total };
}

async function readTotal(trx: Trx, id: string, subjectId: string): Promise<number | null> {
  const [row] = await trx.query<{ total: number | null }>(
    'appraisal.read_total',
    'select total::float8 as total from appraisal_subject where appraisal_id = $1 and subject_id = $2',
    [id, subjectId],
  );
  return row?.total ?? null;
}

/** A new version from a day on; appraisals made before keep theirs. @throws Problem 400 */
export async function keepScheme(
  deps: Deps,
  actor: RequestActor,
  { commandId, audience, effectiveFrom, scheme }: BodyOf<typeof saveScheme>,
): Promise<{ effectiveFrom: string }> {
  const problem = schemeProblem(scheme);
  if (problem) throw invalid(problem, [{ field: '/scheme', message: problem }]);
  const now = deps.clock.now();
  await deps.db.transaction(async (trx) => {
    await trx.query('appraisal.lock_schemes', "select pg_advisory_xact_lock(hashtext('appraisal_scheme'))");
    if (
      (await trx.query('appraisal.scheme_done', 'select 1 from audit_event where command_id = $1', [commandId]))
        .length > 0
    )
      return;
    if (effectiveFrom < dateAt(now))
      throw invalid('生效日不能早于今天', [{ field: '/effectiveFrom', message: '请选择今天或以后的日期' }]);
    await insertScheme(trx, { audience, effectiveFrom, scheme, by: actor.personId, at: new Date(now) });
    await recordAudit(trx, {
      at: now,
      actor,
      action: 'appraisal.scheme',
      objectType: 'setting',
      data: { audience, effectiveFrom, scheme },
      commandId,
    });
  });
  return { effectiveFrom };
}
