import { type Actor, type Permission, permits } from '../access/index.ts';
import { type Inspector, servesAt } from './party.ts';
import type { Manner, PlanStatus } from './vocabulary.ts';

export interface PlanState {
  readonly id: string;
  readonly status: PlanStatus;
  readonly version: number;
  readonly manner: Manner;
  /** Epoch milliseconds; a covert plan is sealed until then. */
  readonly openedAt: number | null;
  readonly createdBy: string;
  readonly approvedBy: string | null;
  /** Units that answer for what may be inspected. */
  readonly unitIds: readonly string[];
  /** When the public value becomes known, epoch milliseconds. */
  readonly publicAt: number;
  /** Visits not signed by both. */
  readonly visitsLeft: number;
  readonly visitsSigned: number;
  /** Findings neither confirmed nor withdrawn. */
  readonly findingsLeft: number;
}

export type PlanCommand =
  | { readonly action: 'submit' }
  | { readonly action: 'recall' }
  | { readonly action: 'return'; readonly reason: string }
  | { readonly action: 'approve'; readonly note?: string }
  | { readonly action: 'draw'; readonly publicValue: string }
  | { readonly action: 'start' }
  | { readonly action: 'open'; readonly reason: string }
  | { readonly action: 'finish'; readonly note: string }
  | { readonly action: 'cancel'; readonly reason: string };
export type PlanAction = PlanCommand['action'];

export const PLAN_REFUSALS = {
  not_permitted: '您的岗位没有这项权限',
  own_plan: '本人制定的计划须由另一人批准',
  not_planner: '只有制定人可以办理',
  own_unit: '计划涉及本单位，须由他人办理',
  wrong_status: '计划已进入其他环节，请刷新后再办理',
  reason_required: '请写明理由或意见',
  value_required: '请填写公开值',
  too_early: '约定的公开值尚未公布，不能抽取',
  value_known: '约定的公开值已经公布，请退回另行约定',
  not_covert: '明查计划不需要启封',
  already_open: '计划已经启封',
  visits_left: '还有督察没有完成两人签字',
  visits_signed: '已有督察完成签字，不能取消，请办理完成',
  still_sealed: '暗访计划须先启封',
  findings_left: '还有问题没有认定',
} as const;
export type PlanRefusal = keyof typeof PLAN_REFUSALS;

interface Rule {
  readonly label: string;
  readonly from: readonly PlanStatus[];
  readonly permission: Permission;
  readonly side: 'planner' | 'approver' | 'supervision';
}

export const PLAN_ACTIONS = {
  submit: { label: '报批', from: ['draft'], permission: 'inspection.plan', side: 'planner' },
  recall: { label: '撤回', from: ['submitted'], permission: 'inspection.plan', side: 'planner' },
  return: { label: '退回修改', from: ['submitted'], permission: 'inspection.approve', side: 'approver' },
  approve: { label: '批准并冻结名单', from: ['submitted'], permission: 'inspection.approve', side: 'approver' },
  draw: { label: '抽取', from: ['approved'], permission: 'inspection.plan', side: 'supervision' },
  start: { label: '开始督察', from: ['drawn'], permission: 'inspection.plan', side: 'supervision' },
  open: { label: '启封', from: ['active', 'cancelled'], permission: 'inspection.approve', side: 'supervision' },
  finish: { label: '完成', from: ['active'], permission: 'inspection.plan', side: 'supervision' },
  cancel: {
    label: '取消计划',
    from: ['draft', 'submitted', 'approved', 'drawn', 'active'],
    permission: 'inspection.plan',
    side: 'planner',
  },
} as const satisfies Record<PlanAction, Rule>;

export const isSealed = (plan: Pick<PlanState, 'manner' | 'openedAt'>): boolean =>
  plan.manner === 'covert' && plan.openedAt === null;

function refusal(state: PlanState, action: PlanAction, actor: Inspector, now: number): PlanRefusal | null {
  const rule: Rule = PLAN_ACTIONS[action];
  if (!permits(actor, rule.permission)) return 'not_permitted';
  if (state.unitIds.some((unitId) => servesAt(actor, unitId))) return 'own_unit';
  if (rule.side === 'planner' && state.createdBy !== actor.personId) return 'not_planner';
  if (rule.side === 'approver' && state.createdBy === actor.personId) return 'own_plan';
  if (action === 'open') {
    if (state.manner !== 'covert') return 'not_covert';
    if (state.openedAt !== null) return 'already_open';
  }
  if (!rule.from.includes(state.status)) return 'wrong_status';
  switch (action) {
    case 'approve':
      return now >= state.publicAt ? 'value_known' : null;
    case 'draw':
      return now < state.publicAt ? 'too_early' : null;
    case 'open':
      return state.visitsLeft > 0 ? 'visits_left' : null;
    case 'finish':
      if (state.visitsLeft > 0) return 'visits_left';
      if (isSealed(state)) return 'still_sealed';
      return state.findingsLeft > 0 ? 'findings_left' : null;
    case 'cancel':
      return state.visitsSigned > 0 ? 'visits_signed' : null;
    default:
      return null;
  }
}

export function allowedPlanActions(state: PlanState, actor: Inspector, now: number): PlanAction[] {
  return (Object.keys(PLAN_ACTIONS) as PlanAction[]).filter((action) => refusal(state, action, actor, now) === null);
}

/** Whether the text of a plan may still be changed by this person. */
export const mayEditPlan = (state: PlanState, actor: Actor): boolean =>
  state.status === 'draft' && state.createdBy === actor.personId && permits(actor, 'inspection.plan');

export interface PlanDecision {
  readonly next: PlanState;
  readonly note: string | null;
}
export type PlanResult =
  | { readonly ok: true; readonly decision: PlanDecision }
  | { readonly ok: false; readonly code: PlanRefusal };

const written = (text: string): boolean => text.trim().length >= 2;

/**
 * One command on one plan. Nobody approves his own plan, nor has a hand in one that touches a unit he serves in.
 * @param now epoch milliseconds
 */
export function decidePlan(state: PlanState, command: PlanCommand, actor: Inspector, now: number): PlanResult {
  const refused = refusal(state, command.action, actor, now);
  if (refused) return { ok: false, code: refused };
  const no = (code: PlanRefusal): PlanResult => ({ ok: false, code });
  const yes = (change: Partial<PlanState>, note: string | null = null): PlanResult => ({
    ok: true,
    decision: { next: { ...state, ...change, version: state.version + 1 }, note: note?.trim() || null },
  });
  switch (command.action) {
    case 'submit':
      return yes({ status: 'submitted' });
    case 'recall':
      return yes({ status: 'draft' });
    case 'return':
      return written(command.reason) ? yes({ status: 'draft' }, command.reason) : no('reason_required');
    case 'approve':
      return yes({ status: 'approved', approvedBy: actor.personId }, command.note ?? null);
    case 'draw':
      return command.publicValue.trim().length > 0 ? yes({ status: 'drawn' }) : no('value_required');
    case 'start':
      return yes({ status: 'active' });
    case 'open':
      return written(command.reason) ? yes({ openedAt: now }, command.reason) : no('reason_required');
    case 'finish':
      return written(command.note) ? yes({ status: 'done' }, command.note) : no('reason_required');
    case 'cancel':
      return written(command.reason) ? yes({ status: 'cancelled' }, command.reason) : no('reason_required');
  }
}
