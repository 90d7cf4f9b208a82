import type { BodyOf, ResponseOf } from '@bihuan/contract';
import type { commandRectification, issueRectification, NewRectification } from '@bihuan/contract/rectification';
import {
  decideRectification,
  nextReminderAt,
  RECTIFICATION_REFUSALS,
  type RectificationRefusal,
  type RectificationSource,
  type RectificationState,
  rectificationDueAt,
} from '@bihuan/domain/rectification';
import { dateAt } from '@bihuan/domain/workday';
import type { RequestActor } from '../../platform/access/index.ts';
import { carriedOut, objectOfCommand, recordAudit } from '../../platform/audit/index.ts';
import type { Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { invalid, notFound, Problem, staleVersion } from '../../platform/errors.ts';
import { publish } from '../../platform/outbox/index.ts';
import { tellIssued, tellNext } from './notices.ts';
import { seesRectification } from './rectification.query.ts';
import {
  findRectification,
  findType,
  insertFiles,
  insertRectification,
  isClosedOf,
  lockRectification,
  nextNumber,
  openUnit,
  ownFiles,
  saveRectification,
  servesIn,
} from './rectification.repo.ts';

/** What any room enters into the ledger. */
export interface Finding {
  readonly source: RectificationSource;
  readonly sourceId?: string | null;
  readonly complaintId?: string | null;
  readonly matterId?: string | null;
  /** Code of a `rectification_type`. */
  readonly type: string;
  readonly problem: string;
  readonly basis?: string | null;
  readonly ownerUnitId: string;
  readonly ownerPersonId?: string | null;
  /** Working days. */
  readonly workdays: number;
  readonly recurrenceOf?: string | null;
  /** Evidence as it was found; already checked by the room that brings it. */
  readonly fileIds?: readonly string[];
}

/**
 * Enters what was found into the one ledger, in the caller's transaction: row, ledger of events, notice to whoever owes it.
 * @throws Problem 400 when unit, person or type is not there, or somebody would issue to himself
 */
export async function openRectification(
  trx: Trx,
  deps: Pick<Deps, 'clock' | 'workingTime'>,
  actor: RequestActor,
  finding: Finding,
  commandId: string | null = null,
): Promise<{ id: string; number: string }> {
  const now = deps.clock.now();
  await check(trx, actor, finding);
  const { calendar } = deps.workingTime;
  const timed = { status: 'open', issuedAt: now, workdays: finding.workdays, ledger: [], submittedAt: null } as const;
  const number = await nextNumber(trx, Number(dateAt(now).slice(0, 4)));
  const id = await insertRectification(trx, {
    number,
    source: finding.source,
    sourceId: finding.sourceId ?? null,
    complaintId: finding.complaintId ?? null,
    matterId: finding.matterId ?? null,
    typeCode: finding.type,
    problem: finding.problem.trim(),
    basis: finding.basis?.trim() || null,
    ownerUnitId: finding.ownerUnitId,
    ownerPersonId: finding.ownerPersonId ?? null,
    issuedBy: actor.personId,
    issuedUnitId: actor.unitId,
    issuedAt: now,
    workdays: finding.workdays,
    dueAt: rectificationDueAt(timed, calendar, now),
    nextCheckAt: nextReminderAt(timed, calendar, now),
    recurrenceOf: finding.recurrenceOf ?? null,
  });
  if (finding.fileIds?.length)
    await insertFiles(trx, id, { ids: finding.fileIds, stage: 'before', cycle: 1 }, actor.personId, now);
  await recordAudit(trx, {
    at: now,
    actor,
    action: 'rectification.issue',
    objectType: 'rectification',
    objectId: id,
    toStatus: 'open',
    note: finding.problem,
    data: { source: finding.source, workdays: finding.workdays, unit: finding.ownerUnitId },
    commandId,
  });
  const { state } = (await findRectification(trx, id))!;
  await tellIssued(trx, state, { number, problem: finding.problem }, now);
  await publish(trx, { topic: 'rectification.changed', objectId: id });
  return { id, number };
}

async function check(trx: Trx, actor: RequestActor, finding: Finding): Promise<void> {
  const at = (field: string, message: string) => ({ field: `/rectification/${field}`, message });
  if (!(await findType(trx, finding.type))) throw invalid('问题类型不存在或已停用', [at('type', '请重新选择')]);
  if (!(await openUnit(trx, finding.ownerUnitId)))
    throw invalid('责任单位不存在或已撤销', [at('ownerUnitId', '请重新选择')]);
  if (finding.ownerPersonId && !(await servesIn(trx, finding.ownerPersonId, finding.ownerUnitId)))
    throw invalid('责任人不在该单位任职', [at('ownerPersonId', '请重新选择')]);
  if (finding.ownerPersonId === actor.personId)
    throw invalid('不能给自己下发整改', [at('ownerPersonId', '请重新选择')]);
  if (finding.recurrenceOf && !(await isClosedOf(trx, finding.recurrenceOf, finding.ownerUnitId)))
    throw invalid('关联的整改不是该单位已销号的整改', [at('recurrenceOf', '请重新选择')]);
}

/** A person enters it by hand. */
export async function issueByHand(
  deps: Deps,
  actor: RequestActor,
  { commandId, rectification }: BodyOf<typeof issueRectification>,
): Promise<{ id: string; number: string }> {
  const made = await deps.db.transaction(async (trx) => {
    await trx.query('command.lock', 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [commandId]);
    const done = await objectOfCommand(trx, commandId);
    if (done !== null) return { id: done, number: (await findRectification(trx, done))?.number ?? '' };
    await checkFiles(trx, actor, rectification.fileIds, '/rectification/fileIds');
    await checkObjects(trx, rectification);
    return openRectification(trx, deps, actor, rectification, commandId);
  });
  deps.live.wake();
  return made;
}

async function checkObjects(trx: Trx, { complaintId, matterId }: NewRectification): Promise<void> {
  if (
    complaintId &&
    (await trx.query('complaint.exists', 'select 1 from complaint where id = $1', [complaintId])).length === 0
  )
    throw invalid('关联的诉件不存在', [{ field: '/rectification/complaintId', message: '请重新选择' }]);
  if (matterId && (await trx.query('matter.exists', 'select 1 from matter where id = $1', [matterId])).length === 0)
    throw invalid('关联的事项不存在', [{ field: '/rectification/matterId', message: '请重新选择' }]);
}

async function checkFiles(
  trx: Trx,
  actor: RequestActor,
  fileIds: readonly string[] | undefined,
  field: string,
): Promise<void> {
  if (!fileIds?.length) return;
  if ((await ownFiles(trx, fileIds, actor.personId)) !== new Set(fileIds).size)
    throw invalid('附件不存在，或不是您上传的', [{ field, message: '请重新上传附件' }]);
}

const FORBIDDEN: ReadonlySet<RectificationRefusal> = new Set([
  'not_permitted',
  'not_owner',
  'own_work',
  'own_check',
  'own_decision',
]);
const INVALID: ReadonlySet<RectificationRefusal> = new Set([
  'reason_required',
  'rule_required',
  'evidence_required',
  'bad_days',
]);
const FIELD: Partial<Record<RectificationRefusal, string>> = {
  rule_required: '/command/lastingRule',
  evidence_required: '/command/fileIds',
  bad_days: '/command/workdays',
};

function refused(code: RectificationRefusal): Problem {
  const detail = RECTIFICATION_REFUSALS[code];
  const field = FIELD[code];
  return new Problem(
    FORBIDDEN.has(code) ? 403 : INVALID.has(code) ? 400 : 409,
    code,
    detail,
    field ? { errors: [{ field, message: detail }] } : {},
  );
}

/** One command: lock, decide, row + clock + files + events + notices in one transaction. */
export async function executeRectification(
  deps: Deps,
  actor: RequestActor,
  id: string,
  { commandId, version, command }: BodyOf<typeof commandRectification>,
): Promise<ResponseOf<typeof commandRectification>> {
  const result = await deps.db.transaction(async (trx) => {
    const kept = await lockRectification(trx, id);
    if (!kept || !(await seesRectification(trx, actor, id))) throw notFound('整改');
    const before = kept.state;
    if (await carriedOut(trx, commandId, id)) return { status: before.status, version: before.version, repeated: true };
    if (version !== undefined && version !== before.version) throw staleVersion();
    const now = deps.clock.now();
    const decided = decideRectification(before, command, actor, now);
    if (!decided.ok) throw refused(decided.code);
    const { next, note, files } = decided.decision;
    if (command.action === 'assign' && !(await servesIn(trx, command.personId, next.ownerUnitId)))
      throw invalid('责任人不在本单位任职', [{ field: '/command/personId', message: '请重新选择' }]);
    await checkFiles(trx, actor, files?.ids, '/command/fileIds');
    await saveRectification(trx, before, next, actor.personId, momentsOf(deps, next, now));
    if (files) await insertFiles(trx, id, { ...files, cycle: before.cycle }, actor.personId, now);
    await recordAudit(trx, {
      at: now,
      actor,
      action: `rectification.${command.action}`,
      objectType: 'rectification',
      objectId: id,
      fromStatus: before.status,
      toStatus: next.status,
      note,
      data: factsOf(command),
      commandId,
    });
    await tellNext(trx, command.action, next, kept, now);
    await publish(trx, { topic: 'rectification.changed', objectId: id });
    return { status: next.status, version: next.version, repeated: false };
  });
  if (!result.repeated) deps.live.wake();
  return result;
}

const momentsOf = (
  { workingTime: { calendar } }: Pick<Deps, 'workingTime'>,
  next: RectificationState,
  now: number,
) => ({
  now,
  dueAt: rectificationDueAt(next, calendar, now),
  nextCheckAt: nextReminderAt(next, calendar, now),
});

/** What the ledger keeps of a command beside its words. */
function factsOf(command: BodyOf<typeof commandRectification>['command']): Record<string, unknown> {
  switch (command.action) {
    case 'assign':
      return { person: command.personId };
    case 'plan':
      return { cause: command.cause, measure: command.measure };
    case 'submit':
      return { lastingRule: command.lastingRule ?? null, files: command.fileIds.length };
    case 'verify':
      return { passed: command.passed };
    case 'decide_objection':
    case 'decide_appeal':
      return { upheld: command.upheld };
    case 'request_extension':
      return { workdays: command.workdays };
    case 'decide_extension':
      return { granted: command.granted };
    default:
      return {};
  }
}
