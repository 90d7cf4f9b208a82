import type { BodyOf, ResponseOf } from '@bihuan/contract';
import type { commandJointTask, makeJointTask, NewJointTask } from '@bihuan/contract/joint';
import { type Permission, permits, ROLE_NAMES, type Role } from '@bihuan/domain/access';
import { decideJoint, JOINT_REFUSALS, type JointCommand, type JointRefusal } from '@bihuan/domain/joint';
import { dateAt } from '@bihuan/domain/workday';
import type { RequestActor } from '../../platform/access/index.ts';
import { carriedOut, objectOfCommand, recordAudit } from '../../platform/audit/index.ts';
import type { Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { invalid, notFound, Problem, staleVersion } from '../../platform/errors.ts';
import { notify } from '../../platform/notify/index.ts';
import { publish } from '../../platform/outbox/index.ts';
import { checkOwnFiles, nextRecordNumber } from '../../platform/records/index.ts';
import { openRectification } from '../rectification/index.ts';
import { seesTask } from './joint.query.ts';
import {
  decisionText,
  findTask,
  insertTask,
  type KeptTask,
  linkRectification,
  lockTask,
  openUnits,
  saveTask,
  writePart,
} from './joint.repo.ts';

const rolesWith = (permission: Permission): Role[] =>
  ROLE_NAMES.filter((role) => permits({ role } as Parameters<typeof permits>[0], permission));
const TAKERS = rolesWith('joint.take');
const ORGANISERS = rolesWith('joint.manage');

const yearOf = (now: number): number => Number(dateAt(now).slice(0, 4));

/** A joint task of the actor's unit; the parties hear of it. */
export async function makeTask(
  deps: Deps,
  actor: RequestActor,
  { commandId, task }: BodyOf<typeof makeJointTask>,
): Promise<ResponseOf<typeof makeJointTask>> {
  const made = await deps.db.transaction(async (trx) => {
    await trx.query('command.lock', 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [commandId]);
    const done = await objectOfCommand(trx, commandId);
    if (done !== null) return { id: done, number: (await findTask(trx, done))?.number ?? '' };
    await check(trx, task);
    const now = deps.clock.now();
    const number = await nextRecordNumber(trx, 'joint', yearOf(now));
    const id = await insertTask(trx, number, task, actor, now);
    await recordAudit(trx, {
      at: now,
      actor,
      action: 'joint.make',
      objectType: 'joint',
      objectId: id,
      toStatus: 'running',
      note: task.title,
      data: { parties: task.partyIds.length },
      commandId,
    });
    const kept = (await findTask(trx, id))!;
    for (const unitId of task.partyIds) await tell(trx, kept, now, unitId, TAKERS, 'info', '本单位参加一次联合督察');
    await publish(trx, { topic: 'joint.changed', objectId: id });
    return { id, number };
  });
  deps.live.wake();
  return made;
}

async function check(trx: Trx, task: NewJointTask): Promise<void> {
  if ((await openUnits(trx, task.partyIds)) !== new Set(task.partyIds).size)
    throw invalid('参加单位不存在或已撤销', [{ field: '/task/partyIds', message: '请重新选择' }]);
  const { before, during, after } = task.phases;
  for (const [name, { from, to }] of Object.entries({ before, during, after }))
    if (from > to)
      throw invalid('阶段的起止日期颠倒', [{ field: `/task/phases/${name}/to`, message: '应不早于开始日期' }]);
  if (before.from > during.from || during.from > after.from)
    throw invalid('阶段的先后不对', [{ field: '/task/phases/during/from', message: '应依事前、事中、事后的次序' }]);
}

const FORBIDDEN: ReadonlySet<JointRefusal> = new Set([
  'not_permitted',
  'not_organiser',
  'not_taker',
  'not_receiver',
  'own_duty',
]);
const INVALID: ReadonlySet<JointRefusal> = new Set(['reason_required', 'evidence_required', 'not_party', 'own_unit']);
const FIELD: Partial<Record<JointRefusal, string>> = {
  evidence_required: '/command/fileIds',
  not_party: '/command/unitId',
};

function refused(code: JointRefusal): Problem {
  if (code === 'not_there') return notFound('任务、决定或移交函');
  const detail = JOINT_REFUSALS[code];
  const field = FIELD[code];
  return new Problem(
    FORBIDDEN.has(code) ? 403 : INVALID.has(code) ? 400 : 409,
    code,
    detail,
    field ? { errors: [{ field, message: detail }] } : {},
  );
}

/** One command: lock, decide, row + part + files + rectification + events + notices in one transaction. */
export async function executeJoint(
  deps: Deps,
  actor: RequestActor,
  id: string,
  { commandId, version, command }: BodyOf<typeof commandJointTask>,
): Promise<ResponseOf<typeof commandJointTask>> {
  const result = await deps.db.transaction(async (trx) => {
    const kept = await lockTask(trx, id);
    if (!kept || !(await seesTask(trx, actor, id))) throw notFound('联合督察');
    const before = kept.state;
    if (await carriedOut(trx, commandId, id)) return { status: before.status, version: before.version, repeated: true };
    if (version !== undefined && version !== before.version) throw staleVersion();
    const now = deps.clock.now();
    const decided = decideJoint(before, command, actor);
    if (!decided.ok) throw refused(decided.code);
    const { next, note } = decided.decision;
    if (command.action === 'add_duty' && (await openUnits(trx, [command.unitId])) !== 1)
      throw invalid('承担单位不存在或已撤销', [{ field: '/command/unitId', message: '请重新选择' }]);
    if (command.action === 'finish_duty') await checkOwnFiles(trx, actor.personId, command.fileIds, '/command/fileIds');
    await saveTask(trx, next, { by: actor.personId, at: now, summary: note });
    await writePart(trx, id, command, actor.personId, now, () => nextRecordNumber(trx, 'letter', yearOf(now)));
    const opened = command.action === 'rectify_decision' ? await rectify(trx, deps, actor, kept, command) : null;
    await recordAudit(trx, {
      at: now,
      actor,
      action: `joint.${command.action}`,
      objectType: 'joint',
      objectId: id,
      fromStatus: before.status,
      toStatus: next.status,
      note,
      data: opened ? { rectification: opened.number } : {},
      commandId,
    });
    await tellNext(trx, kept, command, now);
    await publish(trx, { topic: 'joint.changed', objectId: id });
    return { status: next.status, version: next.version, repeated: false };
  });
  if (!result.repeated) deps.live.wake();
  return result;
}

/** What a meeting decided is put right by the one ledger. */
async function rectify(
  trx: Trx,
  deps: Deps,
  actor: RequestActor,
  { state, number }: KeptTask,
  command: Extract<JointCommand, { action: 'rectify_decision' }>,
): Promise<{ id: string; number: string }> {
  const { text, unitId } = await decisionText(trx, command.decisionId);
  const opened = await openRectification(trx, deps, actor, {
    source: 'joint',
    sourceId: state.id,
    type: command.type,
    problem: text,
    basis: `联合督察 ${number} 会议决定`,
    ownerUnitId: unitId,
    workdays: command.workdays,
  });
  await linkRectification(trx, command.decisionId, opened.id);
  return opened;
}

async function tell(
  trx: Trx,
  { state, number, title }: KeptTask,
  at: number,
  unitId: string,
  roles: readonly Role[],
  level: 'info' | 'warn',
  words: string,
): Promise<void> {
  await notify(trx, {
    at,
    kind: 'joint',
    level,
    title: words,
    body: `${number} ${title}`,
    objectType: 'joint',
    objectId: state.id,
    unitId,
    roles,
  });
}

/** Only whoever has a part in it hears of it. */
async function tellNext(trx: Trx, kept: KeptTask, command: JointCommand, at: number): Promise<void> {
  const { state } = kept;
  const taker = 'dutyId' in command ? state.duties.find(({ id }) => id === command.dutyId)?.unitId : undefined;
  const organiser = (words: string) => tell(trx, kept, at, state.organiserUnitId, ORGANISERS, 'info', words);
  switch (command.action) {
    case 'add_duty':
      return tell(trx, kept, at, command.unitId, TAKERS, 'warn', '联合督察有新的任务');
    case 'finish_duty':
      return organiser('联合督察任务已完成，待确认');
    case 'confirm_duty':
      return taker ? tell(trx, kept, at, taker, TAKERS, 'info', '联合督察任务已确认') : undefined;
    case 'send_back_duty':
      return taker ? tell(trx, kept, at, taker, TAKERS, 'warn', '联合督察任务被退回') : undefined;
    case 'add_meeting':
      for (const unitId of new Set(command.decisions.map((one) => one.unitId)))
        await tell(trx, kept, at, unitId, TAKERS, 'info', '联席会议有涉及本单位的决定');
      return;
    case 'send_letter':
      return tell(trx, kept, at, command.toUnitId, TAKERS, 'warn', '收到移交函，请签收');
    case 'receive_letter':
      return organiser('移交函已签收');
    case 'close':
    case 'cancel':
      for (const unitId of state.partyIds)
        if (unitId !== state.organiserUnitId)
          await tell(
            trx,
            kept,
            at,
            unitId,
            TAKERS,
            'info',
            `联合督察已${command.action === 'close' ? '办结' : '取消'}`,
          );
      return;
    case 'rectify_decision':
      return; // The ledger of rectifications tells whoever owes it.
  }
}
