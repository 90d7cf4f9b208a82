export type { RequestActor } from './actor.ts';
export { complaintScope, rectificationScope, type ScopeCondition, seesComplaint } from './scope.ts';
