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
  passedMarks,
  roundClocks,
  type WarningLevel,
  withDeadlines,
} from './deadline.ts';
export {
  ATTEMPTS_THAT_COUNT,
  allowedActions,
  type Decision,
  type DecisionContext,
  type DecisionResult,
  decidableRequests,
  decide,
  LONGEST_EXTENSION_WORKDAYS,
  type NoticeDraft,
  REFUSALS,
  type RefusalCode,
  refusalFor,
  requestKindsFor,
} from './decide.ts';
export type { BudgetRule, ComplaintState, PendingRequest, RoundState } from './state.ts';
export * from './vocabulary.ts';
