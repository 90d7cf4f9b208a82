export type { RequestActor } from './actor.ts';
export { type InspectionScope, inspectionScope } from './inspection-scope.ts';
export { complaintScope, rectificationScope, type ScopeCondition, seesComplaint } from './scope.ts';
export { jointPartScope, jointScope, listingFileScope, listingScope, onSiteScope } from './supervision-scope.ts';
