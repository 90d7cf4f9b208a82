export {
  allowedVisitActions,
  type Commitment,
  decideVisit,
  VISIT_ACTIONS,
  VISIT_REFUSALS,
  type VisitAction,
  type VisitCommand,
  type VisitDecision,
  type VisitRefusal,
  type VisitResult,
  type VisitState,
} from './decide.ts';
export { type Difference, differenceOf, movementOf } from './movement.ts';
export {
  MOVEMENTS,
  type Movement,
  VISIT_FILE_STAGES,
  VISIT_STATUSES,
  type VisitFileStage,
  type VisitStatus,
} from './vocabulary.ts';
