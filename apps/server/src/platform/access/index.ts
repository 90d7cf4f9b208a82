export type { RequestActor } from './actor.ts';
export { complaintScope, type ScopeCondition, seesComplaint } from './scope.ts';
