export {
  ACTION_NAMES,
  type Action,
  type Amendment,
  COMMANDS,
  type Command,
  commandRule,
  REQUEST_RULES,
} from './commands.ts';
export {
  type ClockName,
  clockInputs,
  describeClock,
  dueInstants,
  passedMarks,
  roundClocks,
  type WarningLevel,
  withDeadlines,
} from './deadline.ts';
export { allowedActions, decidableRequests, decide, refusalFor, requestKindsFor } from './decide.ts';
export {
  type Decision,
  type DecisionContext,
  type DecisionResult,
  type NoticeDraft,
  REFUSALS,
  type RefusalCode,
} from './decision.ts';
export { citizenAnswer } from './follow-up.ts';
export { ATTEMPTS_THAT_COUNT, LONGEST_EXTENSION_WORKDAYS } from './limits.ts';
export type { BudgetRule, ComplaintState, PendingRequest, RoundState } from './state.ts';
export * from './vocabulary.ts';
