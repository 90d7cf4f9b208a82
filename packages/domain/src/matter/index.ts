export {
  type Assignment,
  assign,
  differentVerdicts,
  founderOf,
  joinVerdicts,
  type Like,
  type Member,
  NO_VERDICTS,
  split,
  splitVerdicts,
  type Verdict,
  type Verdicts,
} from './assign.ts';
export {
  BACKLOG_REFUSALS,
  type BacklogCommand,
  type BacklogRefusal,
  type BacklogState,
  decideBacklog,
} from './backlog.ts';
export { FEWEST_JUDGED, fitThresholds, type Judged } from './thresholds.ts';
export {
  ALERT_ACTIONS,
  ALERT_STATUSES,
  ALERT_TRIGGERS,
  type AlertAction,
  type AlertStatus,
  type AlertTrigger,
  BACKLOG_STATUSES,
  type BacklogStatus,
  STEP_KINDS,
  type StepKind,
} from './words.ts';
