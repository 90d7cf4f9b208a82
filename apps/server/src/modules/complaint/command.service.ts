import { createHash } from 'node:crypto';
import type { CommandResult } from '@bihuan/contract/complaint';
import {
  allowedActions,
  type Command,
  type ComplaintState,
  type Decision,
  decide,
  REFUSALS,
  type RefusalCode,
} from '@bihuan/domain/complaint';
import type { RequestActor } from '../../platform/access/index.ts';
import type { AuditEntry } from '../../platform/audit/index.ts';
import type { Sql, Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { invalid, notFound, Problem, staleVersion } from '../../platform/errors.ts';
import { createDictionary } from './dictionary.query.ts';
import { sendNotices } from './notices.repo.ts';
import { attachableFiles, canHandle, isOpenUnit, sourceCallback } from './references.repo.ts';
import { lockComplaint, moveToPlace, saveDecision } from './state.repo.ts';

export interface CommandRequest {
  readonly commandId: string;
  readonly ifVersion?: number | undefined;
  readonly command: Command;
}

/** Refusals that speak of rights are 403, of what the person filled in 400, the rest of the order's state: 409. */
const FORBIDDEN: readonly RefusalCode[] = [
  'not_permitted',
  'not_responsible_unit',
  'not_handler',
  'self_review',
  'self_decision',
  'own_unit_decision',
];
const INVALID: readonly RefusalCode[] = [
  'outside_range',
  'workdays_invalid',
  'target_unit_missing',
  'follow_up_incomplete',
  'reason_required',
  'same_unit',
];

export function refusal(code: RefusalCode): Problem {
  const detail = REFUSALS[code];
  return new Problem(FORBIDDEN.includes(code) ? 403 : INVALID.includes(code) ? 400 : 409, code, detail);
}

/**
 * Carries out one command on one complaint: lock, decide, write row + audit + outbox, commit.
 * Sent again with the same `commandId` it changes nothing and answers with the present state.
 */
export async function executeCommand(
  deps: Deps,
  actor: RequestActor,
  id: string,
  request: CommandRequest,
): Promise<CommandResult> {
  const place = await placeOfNewAddress(deps, request.command);
  const result = await deps.db.transaction((trx) => executeIn(trx, deps, actor, id, request, place));
  if (!result.repeated) deps.live.wake();
  return result;
}

async function executeIn(
  trx: Trx,
  deps: Deps,
  actor: RequestActor,
  id: string,
  request: CommandRequest,
  place: NewPlace | null,
): Promise<CommandResult> {
  const locked = await lockComplaint(trx, id, actor, request.commandId);
  if (!locked) throw notFound('诉件');
  const { state } = locked;
  if (locked.done) return toResult(state, actor, true);
  if (request.ifVersion !== undefined && request.ifVersion !== state.version) throw staleVersion();
  const context = {
    now: deps.clock.now(),
    calendar: deps.workingTime.calendar,
    budgetRule: deps.workingTime.budgetRule,
  };
  const decided = decide(state, request.command, actor, context);
  if (!decided.ok) throw refusal(decided.code);
  await checkReferences(trx, actor, request.command);
  await writeDecision(trx, state, decided.decision, {
    at: context.now,
    actor,
    action: `complaint.${request.command.action}`,
    commandId: request.commandId,
  });
  if (place) await moveToPlace(trx, id, place.townId === decided.decision.next.townId ? place.placeId : null);
  return toResult(decided.decision.next, actor, false);
}

interface NewPlace {
  readonly placeId: string | null;
  readonly townId: string | null;
}

/** Where a corrected address lies by the dictionary; `null` where the command corrects none. */
async function placeOfNewAddress(deps: Deps, command: Command): Promise<NewPlace | null> {
  if (command.action !== 'amend' || command.changes.address === undefined) return null;
  const address = command.changes.address;
  const found = await createDictionary(deps.db, deps.clock).suggestUnit({ address, content: '' });
  return { placeId: found?.placeId ?? null, townId: found?.townId ?? null };
}

/** Row, audit, outbox, notices and the source's call-back, all in the caller's transaction. */
export async function writeDecision(
  trx: Trx,
  state: ComplaintState,
  decision: Decision,
  audit: Pick<AuditEntry, 'at' | 'actor' | 'action'> & { commandId?: string | null },
): Promise<void> {
  await saveDecision(trx, state, decision, {
    ...audit,
    objectType: 'complaint',
    objectId: state.id,
    fromStatus: state.status,
    toStatus: decision.next.status,
    note: decision.event.note,
    data: decision.event.data,
  });
  await sendNotices(trx, state.id, audit.at, decision.notices);
  if (state.status !== decision.next.status) await sourceCallback(trx, state.id, decision.next.status, audit.at);
}

/** Ids in a command must be of things that exist and that the actor may use. */
async function checkReferences(sql: Sql, actor: RequestActor, command: Command): Promise<void> {
  if (command.action === 'dispatch') {
    if (!(await isOpenUnit(sql, command.unitId, ['squadron', 'section'])))
      throw invalid('派单单位不存在或已撤销', [{ field: '/command/unitId', message: '请选择中队' }]);
    for (const unitId of command.jointUnitIds ?? []) {
      if (!(await isOpenUnit(sql, unitId, ['squadron', 'section', 'partner', 'town']))) {
        throw invalid('协办单位不存在或已撤销', [{ field: '/command/jointUnitIds', message: '请重新选择协办单位' }]);
      }
    }
  }
  if (
    command.action === 'request' &&
    command.targetUnitId &&
    !(await isOpenUnit(sql, command.targetUnitId, ['squadron']))
  ) {
    throw invalid('转派的目标中队不存在或已撤销', [{ field: '/command/targetUnitId', message: '请选择中队' }]);
  }
  if (command.action === 'assign' && !(await canHandle(sql, command.officerId, actor.unitId))) {
    throw invalid('经办人不是本中队在岗人员', [{ field: '/command/officerId', message: '请选择本中队在岗人员' }]);
  }
  const fileIds = 'fileIds' in command ? (command.fileIds ?? []) : [];
  if (fileIds.length > 0) {
    const usable = await attachableFiles(sql, fileIds, actor.personId);
    if (usable !== new Set(fileIds).size)
      throw invalid('附件不存在，或不是您上传的', [{ field: '/command/fileIds', message: '请重新上传附件' }]);
  }
}

function toResult(state: ComplaintState, actor: RequestActor, repeated: boolean): CommandResult {
  return {
    id: state.id,
    status: state.status,
    round: state.round.round,
    version: state.version,
    dueAt: new Date(state.round.dueAt).toISOString(),
    allowedActions: allowedActions(state, actor),
    repeated,
  };
}

export type BatchCommand = Command | { action: 'dispatch_suggested' };

/** The same command for many orders, each in a transaction of its own; one that fails does not hold up the others. */
export async function executeBatch(
  deps: Deps,
  actor: RequestActor,
  ids: readonly string[],
  batchId: string,
  commandFor: (id: string) => Promise<Command>,
): Promise<{ id: string; ok: boolean; status: ComplaintState['status'] | null; message: string | null }[]> {
  const results = [];
  for (const id of ids) {
    try {
      const result = await executeCommand(deps, actor, id, {
        commandId: derivedCommandId(batchId, id),
        command: await commandFor(id),
      });
      results.push({ id, ok: true, status: result.status, message: null });
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500) throw error;
      results.push({ id, ok: false, status: null, message: error.detail });
    }
  }
  return results;
}

/** A batch sent again must find each order's command done: its id follows from the batch's and the order's. */
function derivedCommandId(batchId: string, id: string): string {
  const hex = createHash('sha256').update(`${batchId}/${id}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
