import { type Permission, permits } from '../access/index.ts';
import { type Inspector, servesAt } from './party.ts';
import type { FindingStatus } from './vocabulary.ts';

export interface FindingState {
  readonly id: string;
  readonly status: FindingStatus;
  readonly version: number;
  readonly unitId: string;
  readonly inspectorIds: readonly string[];
  readonly sealed: boolean;
  /** Whether the unit agrees; `null` before it has answered. */
  readonly accepted: boolean | null;
  readonly answeredBy: string | null;
  /** Epoch milliseconds. */
  readonly answerDueAt: number;
}

export type FindingCommand =
  | { readonly action: 'answer'; readonly accepted: boolean; readonly text: string }
  | {
      readonly action: 'confirm';
      readonly type: string;
      readonly problem: string;
      readonly workdays: number;
      readonly ownerPersonId?: string;
    }
  | { readonly action: 'withdraw'; readonly reason: string };
export type FindingAction = FindingCommand['action'];

export const FINDING_REFUSALS = {
  not_permitted: '您的岗位没有这项权限',
  sealed: '暗访计划启封前，不能说明、不能转为整改',
  other_unit: '只有被督察单位可以说明',
  own_finding: '本人督察发现的问题，不能由本人代表单位说明',
  own_unit: '涉及本单位的问题，须由他人认定',
  own_check: '有异议的问题，须由未参加该次督察的人认定',
  wrong_status: '问题已进入其他环节，请刷新后再办理',
  not_answered: '说明期限内，须等被督察单位说明后认定',
  reason_required: '请写明情况或理由',
} as const;
export type FindingRefusal = keyof typeof FINDING_REFUSALS;

export const FINDING_ACTIONS = {
  answer: { label: '说明情况', permission: 'inspection.answer' },
  confirm: { label: '认定并下发整改', permission: 'rectification.issue' },
  withdraw: { label: '不予认定', permission: 'inspection.plan' },
} as const satisfies Record<FindingAction, { readonly label: string; readonly permission: Permission }>;

function refusal(state: FindingState, action: FindingAction, actor: Inspector, now: number): FindingRefusal | null {
  if (!permits(actor, FINDING_ACTIONS[action].permission)) return 'not_permitted';
  if (action === 'answer') {
    if (actor.unitId !== state.unitId) return 'other_unit';
    if (state.inspectorIds.includes(actor.personId)) return 'own_finding';
  } else {
    if (!permits(actor, 'inspection.plan')) return 'not_permitted';
    if (servesAt(actor, state.unitId) || state.answeredBy === actor.personId) return 'own_unit';
    if (state.accepted === false && state.inspectorIds.includes(actor.personId)) return 'own_check';
  }
  if (state.sealed) return 'sealed';
  if (action === 'answer') return state.status === 'open' ? null : 'wrong_status';
  if (state.status !== 'open' && state.status !== 'answered') return 'wrong_status';
  return state.status === 'open' && now <= state.answerDueAt ? 'not_answered' : null;
}

export function allowedFindingActions(state: FindingState, actor: Inspector, now: number): FindingAction[] {
  return (Object.keys(FINDING_ACTIONS) as FindingAction[]).filter(
    (action) => refusal(state, action, actor, now) === null,
  );
}

export type FindingResult =
  | { readonly ok: true; readonly next: FindingState }
  | { readonly ok: false; readonly code: FindingRefusal };

/** The inspected unit is heard before what was found becomes a rectification; what is disputed is decided by a third person. */
export function decideFinding(
  state: FindingState,
  command: FindingCommand,
  actor: Inspector,
  now: number,
): FindingResult {
  const refused = refusal(state, command.action, actor, now);
  if (refused) return { ok: false, code: refused };
  const words =
    command.action === 'answer' ? command.text : command.action === 'confirm' ? command.problem : command.reason;
  if (words.trim().length < 2) return { ok: false, code: 'reason_required' };
  const next = { ...state, version: state.version + 1 };
  switch (command.action) {
    case 'answer':
      return {
        ok: true,
        next: { ...next, status: 'answered', accepted: command.accepted, answeredBy: actor.personId },
      };
    case 'confirm':
      return { ok: true, next: { ...next, status: 'confirmed' } };
    case 'withdraw':
      return { ok: true, next: { ...next, status: 'withdrawn' } };
  }
}
