import { type Actor, type Permission, permits } from '../access/index.ts';
import type { VisitFileStage, VisitStatus } from './vocabulary.ts';

export interface VisitState {
  readonly id: string;
  readonly status: VisitStatus;
  readonly version: number;
  /** Month whose figures gave cause, `2023-05`. */
  readonly month: string;
  readonly unitId: string;
  readonly leaderId: string;
  readonly participantIds: readonly string[];
  /** `2023-06-08`. */
  readonly plannedOn: string;
  readonly visitedOn: string | null;
  readonly answeredBy: string | null;
}

export interface Commitment {
  readonly text: string;
  readonly dueOn: string;
}

export type VisitCommand =
  | {
      readonly action: 'replan';
      readonly plannedOn: string;
      readonly leaderId: string;
      readonly participantIds: readonly string[];
      readonly reason: string;
    }
  | {
      readonly action: 'minute';
      readonly visitedOn: string;
      readonly minutes: string;
      readonly commitments: readonly Commitment[];
      readonly fileIds?: readonly string[];
    }
  | {
      readonly action: 'open_rectification';
      readonly type: string;
      readonly problem: string;
      readonly workdays: number;
      readonly ownerPersonId?: string;
    }
  | { readonly action: 'answer'; readonly answer: string; readonly fileIds?: readonly string[] }
  | { readonly action: 'conclude'; readonly conclusion: string }
  | { readonly action: 'cancel'; readonly reason: string };
export type VisitAction = VisitCommand['action'];

export const VISIT_REFUSALS = {
  not_permitted: '您的岗位没有这项权限',
  not_unit: '只有被督导的中队可以说明',
  own_unit: '本单位或本人的督导，须由他人组织',
  own_answer: '本人代表中队作过说明，须由他人回头看',
  wrong_status: '督导已进入其他环节，请刷新后再办理',
  reason_required: '请写明内容或理由',
  in_future: '到场日期不能晚于今天',
  before_month: '到场日期应在所依据的月份之后',
} as const;
export type VisitRefusal = keyof typeof VISIT_REFUSALS;

interface Rule {
  readonly label: string;
  readonly from: readonly VisitStatus[];
  readonly permission: Permission;
  readonly side: 'manager' | 'unit';
}

export const VISIT_ACTIONS = {
  replan: { label: '调整安排', from: ['planned'], permission: 'onSite.manage', side: 'manager' },
  minute: { label: '记录督导', from: ['planned'], permission: 'onSite.manage', side: 'manager' },
  open_rectification: {
    label: '下发整改',
    from: ['visited', 'answered'],
    permission: 'rectification.issue',
    side: 'manager',
  },
  answer: { label: '作出说明', from: ['visited'], permission: 'onSite.answer', side: 'unit' },
  conclude: { label: '回头看结论', from: ['answered'], permission: 'onSite.manage', side: 'manager' },
  cancel: { label: '取消督导', from: ['planned'], permission: 'onSite.manage', side: 'manager' },
} as const satisfies Record<VisitAction, Rule>;

export interface VisitDecision {
  readonly next: VisitState;
  readonly note: string | null;
  readonly files: { readonly ids: readonly string[]; readonly stage: VisitFileStage } | null;
}
export type VisitResult =
  | { readonly ok: true; readonly decision: VisitDecision }
  | { readonly ok: false; readonly code: VisitRefusal };

function refusal(state: VisitState, action: VisitAction, actor: Actor): VisitRefusal | null {
  const rule: Rule = VISIT_ACTIONS[action];
  if (!permits(actor, rule.permission)) return 'not_permitted';
  if (rule.side === 'unit') {
    if (actor.unitId !== state.unitId) return 'not_unit';
  } else if (actor.unitId === state.unitId) return 'own_unit';
  if (!rule.from.includes(state.status)) return 'wrong_status';
  // Somebody with a post in the squadron as well: he does not judge whether his own answer held.
  if (rule.side === 'manager' && state.answeredBy === actor.personId) return 'own_answer';
  return null;
}

/** What the actor may do now; the page shows exactly these. */
export function allowedVisitActions(state: VisitState, actor: Actor): VisitAction[] {
  return (Object.keys(VISIT_ACTIONS) as VisitAction[]).filter((action) => refusal(state, action, actor) === null);
}

const written = (text: string): boolean => text.trim().length >= 2;

/**
 * One command on one visit.
 * @param today the calendar day in Asia/Shanghai, `2023-06-08`
 */
export function decideVisit(state: VisitState, command: VisitCommand, actor: Actor, today: string): VisitResult {
  const no = (code: VisitRefusal): VisitResult => ({ ok: false, code });
  const refused = refusal(state, command.action, actor);
  if (refused) return no(refused);
  const yes = (
    change: Partial<VisitState>,
    note: string | null,
    files: VisitDecision['files'] = null,
  ): VisitResult => ({
    ok: true,
    decision: { next: { ...state, ...change, version: state.version + 1 }, note: note?.trim() || null, files },
  });
  const attach = (ids: readonly string[] | undefined, stage: VisitFileStage) => (ids?.length ? { ids, stage } : null);
  switch (command.action) {
    case 'replan': {
      if (!written(command.reason)) return no('reason_required');
      if (command.plannedOn.slice(0, 7) <= state.month) return no('before_month');
      const { plannedOn, leaderId, participantIds } = command;
      return yes({ plannedOn, leaderId, participantIds }, command.reason);
    }
    case 'minute':
      if (!written(command.minutes)) return no('reason_required');
      if (command.visitedOn > today) return no('in_future');
      if (command.visitedOn.slice(0, 7) <= state.month) return no('before_month');
      return yes(
        { status: 'visited', visitedOn: command.visitedOn },
        command.minutes,
        attach(command.fileIds, 'minutes'),
      );
    case 'open_rectification':
      if (!written(command.problem)) return no('reason_required');
      return yes({}, command.problem);
    case 'answer':
      if (!written(command.answer)) return no('reason_required');
      return yes({ status: 'answered', answeredBy: actor.personId }, command.answer, attach(command.fileIds, 'answer'));
    case 'conclude':
      if (!written(command.conclusion)) return no('reason_required');
      return yes({ status: 'concluded' }, command.conclusion);
    case 'cancel':
      if (!written(command.reason)) return no('reason_required');
      return yes({ status: 'cancelled' }, command.reason);
  }
}
