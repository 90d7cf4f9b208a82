import type { Action, Measure, Plan } from '@bihuan/contract/plan';
import { dateAt } from '@bihuan/domain/workday';
import type { Deps } from '../../platform/deps.ts';
import { conflict, notFound } from '../../platform/errors.ts';
import { chosenPlan } from './plan.repo.ts';

/**
 * The plan in force: the one chosen by the setting, else the newest there is.
 * @throws Problem 409 when the chosen plan has no file
 */
export async function currentPlan(deps: Pick<Deps, 'db' | 'clock'>, plans: ReadonlyMap<string, Plan>): Promise<Plan> {
  const chosen = await chosenPlan(deps.db, dateAt(deps.clock.now()));
  if (chosen === null) return [...plans.values()].reduce((a, b) => (b.issuedOn > a.issuedOn ? b : a));
  const plan = plans.get(chosen);
  if (!plan) throw conflict('plan_missing', `设置中选定的方案“${chosen}”没有对应的方案文件，请联系系统管理员`);
  return plan;
}

/** @throws Problem 404 */
export function findMeasure(plan: Plan, no: number): { action: Action; measure: Measure } {
  for (const action of plan.actions) {
    const measure = action.measures.find((candidate) => candidate.no === no);
    if (measure) return { action, measure };
  }
  throw notFound('举措');
}
