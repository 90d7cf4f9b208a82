export {
  allowedJointActions,
  allowedOn,
  type DecisionState,
  type DutyState,
  decideJoint,
  JOINT_ACTIONS,
  JOINT_REFUSALS,
  type JointAction,
  type JointCommand,
  type JointRefusal,
  type JointResult,
  type JointState,
  type LetterState,
  TASK_ACTIONS,
} from './decide.ts';
export {
  DUTY_STATUSES,
  type DutyStatus,
  JOINT_STATUSES,
  type JointStatus,
  PHASES,
  type Phase,
} from './vocabulary.ts';
