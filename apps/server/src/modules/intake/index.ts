import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { createDictionary } from '../complaint/index.ts';
import { deliverAfterChanges, registerIntakeJobs } from './intake.jobs.ts';
import { bindImportRoutes, bindPlatformRoutes, bindSourceRoutes } from './intake.routes.ts';

export { type ImportFileInput, type ImportFileResult, importFile } from './import.service.ts';

/** 受理入口: orders from spreadsheets and from other systems, and the call-backs to them. */
export function registerIntakeModule(api: FastifyInstance, deps: Deps): void {
  bindImportRoutes(api, deps);
  bindSourceRoutes(api, deps);
  bindPlatformRoutes(api, deps, createDictionary(deps.db, deps.clock));
  registerIntakeJobs(deps);
  deliverAfterChanges(api, deps);
}
