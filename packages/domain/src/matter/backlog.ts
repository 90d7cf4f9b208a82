import type { BacklogStatus, StepKind } from './words.ts';

export interface BacklogState {
  readonly status: BacklogStatus;
  /** Steps whose planned day has no done day yet. */
  readonly openSteps: number;
}

export type BacklogCommand =
  | { readonly action: 'edit' }
  | { readonly action: 'step'; readonly kind: StepKind; readonly done: boolean }
  | { readonly action: 'submit' }
  | { readonly action: 'approve' }
  | { readonly action: 'return' }
  | { readonly action: 'relist' };

export const BACKLOG_REFUSALS = {
  closed: '该积案已销号，如需继续请重新列入',
  not_closed: '该积案尚未销号',
  not_reviewing: '该积案尚未提交销号审核',
  reviewing: '该积案正在审核销号，请等待审核结果',
  steps_open: '还有计划节点没有完成，请先填写完成日期',
} as const;
export type BacklogRefusal = keyof typeof BACKLOG_REFUSALS;

/**
 * 信访积案: listed with a responsible leader, worked off by steps, agreed, submitted for review, struck off. Measure 13
 * (信访积案化解) gives each backlog matter a leader and an end; a matter that comes back is listed again.
 */
export function decideBacklog(
  state: BacklogState,
  command: BacklogCommand,
): { readonly status: BacklogStatus } | { readonly refusal: BacklogRefusal } {
  const { status } = state;
  if (command.action === 'relist') return status === 'closed' ? { status: 'open' } : { refusal: 'not_closed' };
  if (status === 'closed') return { refusal: 'closed' };
  if (command.action === 'approve') return status === 'reviewing' ? { status: 'closed' } : { refusal: 'not_reviewing' };
  if (command.action === 'return') return status === 'reviewing' ? { status: 'open' } : { refusal: 'not_reviewing' };
  if (status === 'reviewing') return { refusal: 'reviewing' };
  if (command.action === 'submit') return state.openSteps > 0 ? { refusal: 'steps_open' } : { status: 'reviewing' };
  if (command.action === 'step' && command.kind === 'agreement' && command.done) return { status: 'agreed' };
  return { status };
}
