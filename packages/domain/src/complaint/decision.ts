import type { Point } from '../geo/index.ts';
import type { LedgerEntry, WorkCalendar } from '../workday/index.ts';
import type { Amendment } from './commands.ts';
import { withDeadlines } from './deadline.ts';
import { LONGEST_EXTENSION_WORKDAYS } from './limits.ts';
import type { BudgetRule, ComplaintState, PendingRequest, RoundState } from './state.ts';

export interface DecisionContext {
  readonly now: number;
  readonly calendar: WorkCalendar;
  readonly budgetRule: BudgetRule;
}

/** Who must hear of it: the people of a unit holding one of the roles, or one person. */
export interface NoticeDraft {
  readonly to:
    | { readonly unitId: string }
    | { readonly personId: string }
    | { readonly duty: 'coordination' | 'supervision' };
  readonly kind: string;
  readonly level: 'info' | 'warn' | 'danger';
  readonly text: string;
}

/** What a command changes. `next` is the whole state after it; the other fields are rows to add beside it. */
export interface Decision {
  readonly next: ComplaintState;
  /** The round that ended when a re-handling begins; `next.round` is then the new one. */
  readonly finishedRound?: RoundState;
  readonly ledgerEntries: readonly (LedgerEntry & { readonly requestId?: string })[];
  readonly newRequest?: PendingRequest;
  readonly decidedRequest?: { readonly id: string; readonly approved: boolean | null; readonly note: string };
  readonly amendment?: Amendment;
  /** A pin set by a person: it stands above every other source of the order's point. */
  readonly pin?: Point;
  readonly event: { readonly note: string | null; readonly data: Record<string, unknown> };
  readonly fileIds: readonly string[];
  readonly notices: readonly NoticeDraft[];
}

export const REFUSALS = {
  wrong_status: '当前状态下不能进行这一操作',
  not_permitted: '您的岗位没有这项权限',
  not_responsible_unit: '诉件不由您所在单位负责',
  not_handler: '诉件未指派给您',
  self_review: '不能审核自己提交的办理结果',
  self_decision: '不能审批自己提出的申请',
  own_unit_decision: '剔除申请须由另一科室审批',
  request_not_found: '申请不存在或已有结论',
  request_pending: '同类申请正在审批，请勿重复提出',
  request_not_allowed: '当前状态下不能提出这类申请',
  not_paused: '诉件未处于暂停计时状态',
  already_paused: '诉件已暂停计时',
  already_complex: '诉件已是疑难件',
  already_excluded: '诉件已被剔除',
  same_unit: '诉件已在该单位',
  target_unit_missing: '请选择转派的目标中队',
  workdays_invalid: `延期天数应为 1 至 ${LONGEST_EXTENSION_WORKDAYS} 个工作日`,
  not_enquiry: '只有咨询件可以直接答复',
  follow_up_incomplete: '已联系上诉求人时，须填写是否解决和满意程度',
  not_reopened_yet: '至少重办一次后，才能按未解决办结',
  reason_required: '请填写理由',
  outside_range: '位置不在国内，请在地图上重新指定',
} as const;
export type RefusalCode = keyof typeof REFUSALS;

export type DecisionResult = { ok: true; decision: Decision } | { ok: false; code: RefusalCode };

export const refuse = (code: RefusalCode): DecisionResult => ({ ok: false, code });

/** The rows a decision adds, and what its event says. */
export type DecisionExtra = Partial<Omit<Decision, 'next' | 'event'>> & {
  note?: string | undefined;
  data?: Record<string, unknown>;
};

/** The decision that a change makes: the next state with its deadlines derived anew, and the rows beside it. */
export function accepted(
  state: ComplaintState,
  context: DecisionContext,
  changes: Partial<ComplaintState>,
  { note, data, ...rows }: DecisionExtra,
): DecisionResult {
  const ledger = [...(changes.ledger ?? state.ledger), ...(rows.ledgerEntries ?? [])];
  const next = withDeadlines({ ...state, ...changes, ledger, version: state.version + 1 }, context);
  return {
    ok: true,
    decision: {
      ledgerEntries: [],
      fileIds: [],
      notices: [],
      ...rows,
      next,
      event: { note: note ?? null, data: data ?? {} },
    },
  };
}
