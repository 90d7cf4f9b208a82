import { readPlan } from '@bihuan/contract/plan';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { bind } from '../../platform/http/bind.ts';
import { currentPlan } from './plan.service.ts';
import { loadPlans } from './plan-files.ts';

export { currentPlan, findMeasure } from './plan.service.ts';
export { loadPlans, PlanError } from './plan-files.ts';

/** What was done under a measure is counted across rooms: see `reports/plan`. */
export function registerPlan(api: FastifyInstance, deps: Deps): void {
  const plans = loadPlans();
  bind(api, readPlan, () => currentPlan(deps, plans));
}
