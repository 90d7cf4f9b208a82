import type { BodyOf, ResponseOf } from '@bihuan/contract';
import type { commandVisit, NewVisit, planVisit } from '@bihuan/contract/on-site';
import { type Permission, permits, ROLE_NAMES, type Role } from '@bihuan/domain/access';
import type { Figure } from '@bihuan/domain/indicator';
import { decideVisit, VISIT_REFUSALS, type VisitAction, type VisitRefusal } from '@bihuan/domain/on-site';
import { dateAt } from '@bihuan/domain/workday';
import type { RequestActor } from '../../platform/access/index.ts';
import { carriedOut, objectOfCommand, recordAudit } from '../../platform/audit/index.ts';
import type { Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict, invalid, notFound, Problem, staleVersion } from '../../platform/errors.ts';
import { notify } from '../../platform/notify/index.ts';
import { publish } from '../../platform/outbox/index.ts';
import { checkOwnFiles, holdsRole, nextRecordNumber, openUnit } from '../../platform/records/index.ts';
import { openRectification } from '../rectification/index.ts';
import { seesVisit } from './visit.query.ts';
import {
  findVisit,
  insertCommitments,
  insertVisit,
  insertVisitFiles,
  type KeptVisit,
  lockVisit,
  saveVisit,
  serving,
  type VisitWords,
} from './visit.repo.ts';

const rolesWith = (permission: Permission): Role[] =>
  ROLE_NAMES.filter((role) => permits({ role } as Parameters<typeof permits>[0], permission));
const ANSWERERS = rolesWith('onSite.answer');

/** What gave cause, as it stands when the visit is planned. */
export interface VisitCause {
  readonly figure: Figure;
  readonly districtFigure: Figure;
  /** In words; `null`: the rule does not put the squadron forward, so that whoever plans must say why. */
  readonly reason: string | null;
}

/** Plans a visit. The squadron is told: this is help on the spot, not a covert check. */
export async function planOneVisit(
  deps: Deps,
  actor: RequestActor,
  { commandId, visit }: BodyOf<typeof planVisit>,
  cause: VisitCause,
): Promise<ResponseOf<typeof planVisit>> {
  const made = await deps.db.transaction(async (trx) => {
    await trx.query('command.lock', 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [commandId]);
    const done = await objectOfCommand(trx, commandId);
    if (done !== null) return { id: done, number: (await findVisit(trx, done))?.number ?? '' };
    await check(trx, actor, visit);
    const reason = [cause.reason, visit.reason?.trim()].filter(Boolean).join('；');
    if (reason.length < 2)
      throw invalid('该中队不是按规则提出的督导对象，请写明理由', [{ field: '/visit/reason', message: '请写明理由' }]);
    const now = deps.clock.now();
    const number = await nextRecordNumber(trx, 'on_site', Number(dateAt(now).slice(0, 4)));
    const id = await insertVisit(trx, {
      ...visit,
      number,
      figure: cause.figure,
      districtFigure: cause.districtFigure,
      reason,
      plannedBy: actor.personId,
      plannedAt: now,
    });
    if (id === null) throw conflict('already_planned', '该中队本月的到场督导已经安排');
    await recordAudit(trx, {
      at: now,
      actor,
      action: 'on_site.plan',
      objectType: 'on_site',
      objectId: id,
      toStatus: 'planned',
      note: reason,
      data: { month: visit.month, unit: visit.unitId, plannedOn: visit.plannedOn, ...cause.figure },
      commandId,
    });
    const kept = (await findVisit(trx, id))!;
    await tell(trx, kept, now, 'warn', `${visit.plannedOn} 到场督导`, ['unit', 'leader']);
    await publish(trx, { topic: 'on_site.changed', objectId: id });
    return { id, number };
  });
  deps.live.wake();
  return made;
}

async function check(trx: Trx, actor: RequestActor, visit: NewVisit): Promise<void> {
  const at = (field: string, message: string) => ({ field: `/visit/${field}`, message });
  if ((await openUnit(trx, visit.unitId))?.kind !== 'squadron')
    throw invalid('督导对象应为在用的中队', [at('unitId', '请重新选择')]);
  if (visit.unitId === actor.unitId) throw invalid('不能督导本单位', [at('unitId', '请重新选择')]);
  if (visit.plannedOn.slice(0, 7) <= visit.month)
    throw invalid('到场日期应在所依据的月份之后', [at('plannedOn', '请重新选择日期')]);
  await checkPeople(trx, visit, '/visit');
}

async function checkPeople(
  trx: Trx,
  { leaderId, participantIds }: { leaderId: string; participantIds: readonly string[] },
  base: string,
): Promise<void> {
  if (!(await holdsRole(trx, leaderId, 'bureau_leader')))
    throw invalid('带队领导应为现任局领导', [{ field: `${base}/leaderId`, message: '请重新选择' }]);
  if ((await serving(trx, participantIds)) !== new Set(participantIds).size)
    throw invalid('参加人员已不在任', [{ field: `${base}/participantIds`, message: '请重新选择' }]);
}

const FORBIDDEN: ReadonlySet<VisitRefusal> = new Set(['not_permitted', 'not_unit', 'own_unit', 'own_answer']);
const FIELD: Partial<Record<VisitRefusal, string>> = {
  in_future: '/command/visitedOn',
  before_month: '/command/visitedOn',
};

function refused(code: VisitRefusal, action: VisitAction): Problem {
  const detail = VISIT_REFUSALS[code];
  const field = action === 'replan' && FIELD[code] ? '/command/plannedOn' : FIELD[code];
  return new Problem(
    FORBIDDEN.has(code) ? 403 : code === 'wrong_status' ? 409 : 400,
    code,
    detail,
    field ? { errors: [{ field, message: detail }] } : {},
  );
}

/** One command: lock, decide, row + commitments + files + rectification + events + notices in one transaction. */
export async function executeVisit(
  deps: Deps,
  actor: RequestActor,
  id: string,
  { commandId, version, command }: BodyOf<typeof commandVisit>,
): Promise<ResponseOf<typeof commandVisit>> {
  const result = await deps.db.transaction(async (trx) => {
    const kept = await lockVisit(trx, id);
    if (!kept || !(await seesVisit(trx, actor, id))) throw notFound('督导记录');
    const before = kept.state;
    if (await carriedOut(trx, commandId, id)) return { status: before.status, version: before.version, repeated: true };
    if (version !== undefined && version !== before.version) throw staleVersion();
    const now = deps.clock.now();
    const decided = decideVisit(before, command, actor, dateAt(now));
    if (!decided.ok) throw refused(decided.code, command.action);
    const { next, note, files } = decided.decision;
    if (command.action === 'replan') await checkPeople(trx, command, '/command');
    await checkOwnFiles(trx, actor.personId, files?.ids, '/command/fileIds');
    await saveVisit(trx, next, actor.personId, now, wordsOf(command));
    if (command.action === 'minute') await insertCommitments(trx, id, command.commitments);
    if (files) await insertVisitFiles(trx, id, files, actor.personId, now);
    const opened =
      command.action === 'open_rectification'
        ? await openRectification(trx, deps, actor, {
            source: 'on_site',
            sourceId: id,
            type: command.type,
            problem: command.problem,
            basis: `到场督导 ${kept.number}`,
            ownerUnitId: before.unitId,
            ownerPersonId: command.ownerPersonId ?? null,
            workdays: command.workdays,
          })
        : null;
    await recordAudit(trx, {
      at: now,
      actor,
      action: `on_site.${command.action}`,
      objectType: 'on_site',
      objectId: id,
      fromStatus: before.status,
      toStatus: next.status,
      note,
      data: opened ? { rectification: opened.number } : {},
      commandId,
    });
    await tellNext(trx, command.action, { ...kept, state: next }, now);
    await publish(trx, { topic: 'on_site.changed', objectId: id });
    return { status: next.status, version: next.version, repeated: false };
  });
  if (!result.repeated) deps.live.wake();
  return result;
}

function wordsOf(command: BodyOf<typeof commandVisit>['command']): VisitWords {
  switch (command.action) {
    case 'minute':
      return { minutes: command.minutes.trim() };
    case 'answer':
      return { answer: command.answer.trim() };
    case 'conclude':
      return { conclusion: command.conclusion.trim() };
    default:
      return {};
  }
}

async function tell(
  trx: Trx,
  { state, number, unitName, plannedBy }: KeptVisit,
  at: number,
  level: 'info' | 'warn',
  title: string,
  to: readonly ('unit' | 'leader' | 'planner')[],
): Promise<void> {
  const notice = {
    at,
    kind: 'on_site',
    level,
    title,
    body: `${number} ${unitName}`,
    objectType: 'on_site',
    objectId: state.id,
  };
  if (to.includes('unit')) await notify(trx, { ...notice, unitId: state.unitId, roles: ANSWERERS });
  if (to.includes('leader')) await notify(trx, { ...notice, personId: state.leaderId });
  if (to.includes('planner')) await notify(trx, { ...notice, personId: plannedBy });
}

async function tellNext(trx: Trx, action: VisitAction, kept: KeptVisit, at: number): Promise<void> {
  switch (action) {
    case 'replan':
      return tell(trx, kept, at, 'warn', `到场督导改为 ${kept.state.plannedOn}`, ['unit', 'leader']);
    case 'minute':
      return tell(trx, kept, at, 'warn', '督导纪要已形成，请作出说明', ['unit']);
    case 'answer':
      return tell(trx, kept, at, 'info', '中队已对督导作出说明', ['planner', 'leader']);
    case 'conclude':
      return tell(trx, kept, at, 'info', '督导回头看已有结论', ['unit', 'leader']);
    case 'cancel':
      return tell(trx, kept, at, 'info', '到场督导已取消', ['unit', 'leader']);
    case 'open_rectification':
      return; // The ledger of rectifications tells whoever owes it.
  }
}
