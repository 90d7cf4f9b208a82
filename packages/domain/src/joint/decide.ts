import { type Actor, type Permission, permits } from '../access/index.ts';
import type { DutyStatus, JointStatus, Phase } from './vocabulary.ts';

export interface DutyState {
  readonly id: string;
  readonly unitId: string;
  readonly status: DutyStatus;
  readonly doneBy: string | null;
}
export interface LetterState {
  readonly id: string;
  readonly toUnitId: string;
  readonly received: boolean;
}
export interface DecisionState {
  readonly id: string;
  readonly unitId: string;
  readonly rectified: boolean;
}

/** A joint task with all that commands depend on. */
export interface JointState {
  readonly id: string;
  readonly status: JointStatus;
  readonly version: number;
  readonly organiserUnitId: string;
  readonly partyIds: readonly string[];
  readonly duties: readonly DutyState[];
  readonly letters: readonly LetterState[];
  readonly decisions: readonly DecisionState[];
}

export type JointCommand =
  | {
      readonly action: 'add_duty';
      readonly phase: Phase;
      readonly unitId: string;
      readonly content: string;
      readonly dueOn: string;
    }
  | {
      readonly action: 'finish_duty';
      readonly dutyId: string;
      readonly note: string;
      readonly fileIds: readonly string[];
    }
  | { readonly action: 'confirm_duty'; readonly dutyId: string; readonly note?: string }
  | { readonly action: 'send_back_duty'; readonly dutyId: string; readonly reason: string }
  | {
      readonly action: 'add_meeting';
      readonly heldOn: string;
      readonly place: string;
      readonly minutes: string;
      readonly decisions: readonly { readonly unitId: string; readonly text: string }[];
    }
  | {
      readonly action: 'rectify_decision';
      readonly decisionId: string;
      readonly type: string;
      readonly workdays: number;
    }
  | { readonly action: 'send_letter'; readonly toUnitId: string; readonly subject: string; readonly text: string }
  | { readonly action: 'receive_letter'; readonly letterId: string; readonly receipt?: string }
  | { readonly action: 'close'; readonly summary: string }
  | { readonly action: 'cancel'; readonly reason: string };
export type JointAction = JointCommand['action'];

export const JOINT_REFUSALS = {
  not_permitted: '您的岗位没有这项权限',
  not_organiser: '只有组织单位可以办理',
  not_taker: '只有承担单位可以完成',
  not_receiver: '只有收函单位可以签收',
  own_duty: '本单位或本人完成的任务，须由他人确认',
  not_there: '任务、决定或移交函不存在',
  wrong_status: '联合督察已进入其他环节，请刷新后再办理',
  already_rectified: '这项决定已经下发整改',
  already_received: '移交函已经签收',
  not_party: '该单位没有参加这次联合督察',
  own_unit: '不能对组织单位自己下发整改或移交',
  open_duties: '还有没有确认的任务，不能办结',
  reason_required: '请写明内容或理由',
  evidence_required: '请上传照片或文件',
} as const;
export type JointRefusal = keyof typeof JOINT_REFUSALS;

interface Rule {
  readonly label: string;
  readonly permission: Permission;
}
export const JOINT_ACTIONS = {
  add_duty: { label: '增加任务', permission: 'joint.manage' },
  finish_duty: { label: '完成任务', permission: 'joint.take' },
  confirm_duty: { label: '确认完成', permission: 'joint.manage' },
  send_back_duty: { label: '退回重做', permission: 'joint.manage' },
  add_meeting: { label: '记录会议', permission: 'joint.manage' },
  rectify_decision: { label: '下发整改', permission: 'rectification.issue' },
  send_letter: { label: '发移交函', permission: 'joint.manage' },
  receive_letter: { label: '签收移交函', permission: 'joint.take' },
  close: { label: '办结', permission: 'joint.manage' },
  cancel: { label: '取消', permission: 'joint.manage' },
} as const satisfies Record<JointAction, Rule>;

/** Actions on the task itself; the others are on one duty, decision or letter. */
export const TASK_ACTIONS = ['add_duty', 'add_meeting', 'send_letter', 'close', 'cancel'] as const;

export type JointResult =
  | { readonly ok: true; readonly decision: { readonly next: JointState; readonly note: string | null } }
  | { readonly ok: false; readonly code: JointRefusal };

function byOrganiser(state: JointState, actor: Actor): JointRefusal | null {
  return actor.unitId === state.organiserUnitId ? null : 'not_organiser';
}

/**
 * Who may say that a duty is done well: the organiser, but never whoever did it or his unit. What the organiser's own unit did
 * is confirmed by another unit that organises joint work.
 */
function byConfirmer(state: JointState, duty: DutyState, actor: Actor): JointRefusal | null {
  if (actor.unitId === duty.unitId || actor.personId === duty.doneBy) return 'own_duty';
  return duty.unitId === state.organiserUnitId ? null : byOrganiser(state, actor);
}

/** @param id of the duty, decision or letter, where the action is on one */
function refusal(state: JointState, action: JointAction, actor: Actor, id: string | null): JointRefusal | null {
  if (!permits(actor, JOINT_ACTIONS[action].permission)) return 'not_permitted';
  switch (action) {
    case 'finish_duty':
    case 'confirm_duty':
    case 'send_back_duty': {
      const duty = state.duties.find((one) => one.id === id);
      if (!duty) return 'not_there';
      const side =
        action === 'finish_duty'
          ? actor.unitId === duty.unitId
            ? null
            : 'not_taker'
          : byConfirmer(state, duty, actor);
      if (side) return side;
      return state.status === 'running' && duty.status === (action === 'finish_duty' ? 'todo' : 'done')
        ? null
        : 'wrong_status';
    }
    case 'receive_letter': {
      const letter = state.letters.find((one) => one.id === id);
      if (!letter) return 'not_there';
      if (actor.unitId !== letter.toUnitId) return 'not_receiver';
      return letter.received ? 'already_received' : null;
    }
    case 'rectify_decision': {
      const decided = state.decisions.find((one) => one.id === id);
      if (!decided) return 'not_there';
      const side = byOrganiser(state, actor);
      if (side) return side;
      if (decided.unitId === actor.unitId) return 'own_unit';
      return decided.rectified ? 'already_rectified' : null;
    }
    default: {
      const side = byOrganiser(state, actor);
      if (side) return side;
      if (state.status !== 'running') return 'wrong_status';
      return action === 'close' && state.duties.some(({ status }) => status !== 'confirmed') ? 'open_duties' : null;
    }
  }
}

/** What the actor may do with the task itself; the page shows exactly these. */
export function allowedJointActions(state: JointState, actor: Actor): JointAction[] {
  return TASK_ACTIONS.filter((action) => refusal(state, action, actor, null) === null);
}
/** What the actor may do with one duty, decision or letter. */
export function allowedOn(state: JointState, actor: Actor, id: string, actions: readonly JointAction[]): JointAction[] {
  return actions.filter((action) => refusal(state, action, actor, id) === null);
}

const written = (text: string): boolean => text.trim().length >= 2;

/** One command on one joint task. New duties, decisions and letters get their ids when they are written. */
export function decideJoint(state: JointState, command: JointCommand, actor: Actor): JointResult {
  const no = (code: JointRefusal): JointResult => ({ ok: false, code });
  const id =
    'dutyId' in command
      ? command.dutyId
      : 'letterId' in command
        ? command.letterId
        : 'decisionId' in command
          ? command.decisionId
          : null;
  const refused = refusal(state, command.action, actor, id);
  if (refused) return no(refused);
  const yes = (change: Partial<JointState>, note: string | null | undefined): JointResult => ({
    ok: true,
    decision: { next: { ...state, ...change, version: state.version + 1 }, note: note?.trim() || null },
  });
  const withDuty = (change: Partial<DutyState>) => ({
    duties: state.duties.map((duty) => (duty.id === id ? { ...duty, ...change } : duty)),
  });
  const withParties = (ids: readonly string[]) => ({ partyIds: [...new Set([...state.partyIds, ...ids])] });
  switch (command.action) {
    case 'add_duty':
      if (!written(command.content)) return no('reason_required');
      return yes(withParties([command.unitId]), command.content);
    case 'finish_duty':
      if (!written(command.note)) return no('reason_required');
      if (command.fileIds.length === 0) return no('evidence_required');
      return yes(withDuty({ status: 'done', doneBy: actor.personId }), command.note);
    case 'confirm_duty':
      return yes(withDuty({ status: 'confirmed' }), command.note);
    case 'send_back_duty':
      if (!written(command.reason)) return no('reason_required');
      return yes(withDuty({ status: 'todo' }), command.reason);
    case 'add_meeting':
      if (!written(command.minutes)) return no('reason_required');
      if (command.decisions.some(({ unitId }) => !state.partyIds.includes(unitId))) return no('not_party');
      return yes({}, command.minutes);
    case 'rectify_decision':
      return yes(
        { decisions: state.decisions.map((one) => (one.id === id ? { ...one, rectified: true } : one)) },
        null,
      );
    case 'send_letter':
      if (!written(command.text)) return no('reason_required');
      if (command.toUnitId === state.organiserUnitId) return no('own_unit');
      if (!state.partyIds.includes(command.toUnitId)) return no('not_party');
      return yes({}, command.subject);
    case 'receive_letter':
      return yes(
        { letters: state.letters.map((one) => (one.id === id ? { ...one, received: true } : one)) },
        command.receipt,
      );
    case 'close':
      if (!written(command.summary)) return no('reason_required');
      return yes({ status: 'closed' }, command.summary);
    case 'cancel':
      if (!written(command.reason)) return no('reason_required');
      return yes({ status: 'cancelled' }, command.reason);
  }
}
