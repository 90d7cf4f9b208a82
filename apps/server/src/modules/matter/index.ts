import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { registerMatterJobs } from './matter.jobs.ts';
import { bindMatterRoutes } from './matter.routes.ts';

export { countPending } from './compare.repo.ts';
export { detectMatters } from './detect.service.ts';
export { learnIfGrown } from './learn.service.ts';
export { sweepReopened } from './matter.jobs.ts';
export { continueRerun, startRerun } from './rerun.service.ts';

/** 同一事项: which orders are of one trouble, what is done about it, and the ones that never end. */
export function registerMatterModule(api: FastifyInstance, deps: Deps): void {
  bindMatterRoutes(api, deps);
  registerMatterJobs(api, deps);
}
