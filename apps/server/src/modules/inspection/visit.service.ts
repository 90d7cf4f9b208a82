import type { BodyOf, ResponseOf } from '@bihuan/contract';
import type { commandFinding, commandVisit } from '@bihuan/contract/inspection';
import {
  ANSWER_WORKDAYS,
  decideFinding,
  decideVisit,
  FINDING_REFUSALS,
  isSealed,
  VISIT_REFUSALS,
} from '@bihuan/domain/inspection';
import type { RequestActor } from '../../platform/access/index.ts';
import { carriedOut, recordAudit } from '../../platform/audit/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { invalid, notFound, staleVersion } from '../../platform/errors.ts';
import { openRectification } from '../rectification/index.ts';
import { tellChanged, tellInspected } from './notices.ts';
import { unitsOf } from './plan.repo.ts';
import { refused } from './refusal.ts';
import {
  insertFindings,
  lockFinding,
  lockVisit,
  ownEvidence,
  saveAnswers,
  saveFinding,
  saveVisit,
} from './visit.repo.ts';

/** One command on one visit: lock, decide, answers + photos + signatures + findings + events in one transaction. */
export async function executeVisit(
  deps: Deps,
  actor: RequestActor,
  id: string,
  { commandId, version, command }: BodyOf<typeof commandVisit>,
): Promise<ResponseOf<typeof commandVisit>> {
  const result = await deps.db.transaction(async (trx) => {
    const kept = await lockVisit(trx, actor, id);
    if (!kept) throw notFound('督察');
    const before = kept.state;
    if (await carriedOut(trx, commandId, id)) return { status: before.status, version: before.version, repeated: true };
    if (version !== undefined && version !== before.version) throw staleVersion();
    const now = deps.clock.now();
    const unitIds = await unitsOf(trx, actor.personId);
    const decided = decideVisit(before, command, { ...actor, unitIds });
    if (!decided.ok) throw refused(decided.code, VISIT_REFUSALS);
    const { next, concluded } = decided.decision;
    if (command.action === 'record') {
      const fileIds = command.answers.flatMap((answer) => answer.fileIds ?? []);
      if ((await ownEvidence(trx, fileIds, actor.personId)) !== fileIds.length)
        throw invalid('照片不存在，或不是您上传的', [{ field: '/command/answers', message: '请重新上传照片' }]);
      await saveAnswers(trx, id, command.answers, actor.personId, now);
    }
    await saveVisit(trx, next, concluded?.score ?? null, now);
    if (concluded) {
      const dueAt = isSealed(kept.plan) ? null : deps.workingTime.calendar.addWorkdays(now, ANSWER_WORKDAYS);
      await insertFindings(trx, id, concluded.failed, dueAt);
      if (dueAt !== null) await tellInspected(trx, kept.plan.id, now, id);
    }
    await recordAudit(trx, {
      at: now,
      actor,
      action: `inspection.visit_${command.action}`,
      objectType: 'inspection_visit',
      objectId: id,
      fromStatus: before.status,
      toStatus: next.status,
      data: concluded
        ? { score: concluded.score, failed: concluded.failed.length }
        : command.action === 'record'
          ? {
              answers: command.answers.length,
              files: command.answers.reduce((sum, one) => sum + (one.fileIds?.length ?? 0), 0),
            }
          : {},
      commandId,
    });
    await tellChanged(trx, kept.plan);
    return { status: next.status, version: next.version, repeated: false };
  });
  if (!result.repeated) deps.live.wake();
  return result;
}

/** One command on one finding; confirmed, it enters the one ledger of rectifications in the same transaction. */
export async function executeFinding(
  deps: Deps,
  actor: RequestActor,
  id: string,
  { commandId, version, command }: BodyOf<typeof commandFinding>,
): Promise<ResponseOf<typeof commandFinding>> {
  const result = await deps.db.transaction(async (trx) => {
    const kept = await lockFinding(trx, actor, id);
    if (!kept) throw notFound('督察问题');
    const { state, plan, visitId } = kept;
    if (await carriedOut(trx, commandId, id))
      return { status: state.status, version: state.version, rectificationId: kept.rectificationId, repeated: true };
    if (version !== undefined && version !== state.version) throw staleVersion();
    const now = deps.clock.now();
    const unitIds = await unitsOf(trx, actor.personId);
    const decided = decideFinding(state, command, { ...actor, unitIds }, now);
    if (!decided.ok) throw refused(decided.code, FINDING_REFUSALS);
    let rectificationId: string | null = null;
    if (command.action === 'confirm') {
      const { id: opened } = await openRectification(trx, deps, actor, {
        source: 'inspection',
        sourceId: visitId,
        matterId: kept.matterId,
        type: command.type,
        problem: command.problem,
        basis: kept.basis,
        ownerUnitId: state.unitId,
        ownerPersonId: command.ownerPersonId ?? null,
        workdays: command.workdays,
        fileIds: kept.fileIds,
      });
      rectificationId = opened;
    }
    const said = (
      command.action === 'answer' ? command.text : command.action === 'confirm' ? command.problem : command.reason
    ).trim();
    const words = command.action === 'answer' ? { answer: said } : { decision: said };
    await saveFinding(
      trx,
      decided.next,
      rectificationId === null ? words : { ...words, rectificationId },
      actor.personId,
      now,
    );
    await recordAudit(trx, {
      at: now,
      actor,
      action: `inspection.finding_${command.action}`,
      objectType: 'inspection_finding',
      objectId: id,
      fromStatus: state.status,
      toStatus: decided.next.status,
      note: said,
      data: {
        visit: visitId,
        ...(command.action === 'answer' ? { accepted: command.accepted } : {}),
        ...(rectificationId ? { rectification: rectificationId } : {}),
      },
      commandId,
    });
    await tellChanged(trx, plan);
    return { status: decided.next.status, version: decided.next.version, rectificationId, repeated: false };
  });
  if (!result.repeated) deps.live.wake();
  return result;
}
