import type { FastifyInstance } from 'fastify';
import { registerAuditModule } from './modules/audit/index.ts';
import { registerComplaintModule } from './modules/complaint/index.ts';
import { registerDictionary } from './modules/dictionary/index.ts';
import { registerFileModule } from './modules/file/index.ts';
import { registerIdentity } from './modules/identity/index.ts';
import { registerInspection } from './modules/inspection/index.ts';
import { registerIntakeModule } from './modules/intake/index.ts';
import { registerMap } from './modules/map/index.ts';
import { registerMatterModule } from './modules/matter/index.ts';
import { registerNoticeModule } from './modules/notice/index.ts';
import { registerOrg } from './modules/org/index.ts';
import { registerPlan } from './modules/plan/index.ts';
import { registerRectification } from './modules/rectification/index.ts';
import { registerSystemModule } from './modules/system/index.ts';
import type { Deps } from './platform/deps.ts';
import { registerAnalysis } from './reports/analysis/index.ts';
import { registerAppraisal } from './reports/appraisal/index.ts';
import { registerBulletin } from './reports/bulletin/index.ts';
import { registerCockpit } from './reports/cockpit/index.ts';
import { registerIndicator } from './reports/indicator/index.ts';
import { registerOrderMap } from './reports/map/index.ts';
import { registerPlanProgress } from './reports/plan/index.ts';

/** Every room of the house, once. The order is that of the navigation. */
export async function registerModules(api: FastifyInstance, deps: Deps): Promise<void> {
  registerIdentity(api, deps);
  registerOrg(api, deps);
  registerComplaintModule(api, deps);
  registerIntakeModule(api, deps);
  registerMatterModule(api, deps);
  registerRectification(api, deps);
  registerInspection(api, deps);
  registerIndicator(api, deps);
  registerCockpit(api, deps);
  registerAnalysis(api, deps);
  registerMap(api, deps);
  registerOrderMap(api, deps);
  registerBulletin(api, deps);
  registerAppraisal(api, deps);
  registerPlan(api, deps);
  registerPlanProgress(api, deps);
  registerNoticeModule(api, deps);
  registerFileModule(api, deps);
  registerAuditModule(api, deps);
  registerDictionary(api, deps);
  registerSystemModule(api, deps);
}
