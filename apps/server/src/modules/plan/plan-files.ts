import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Plan } from '@bihuan/contract/plan';
import { Value } from 'typebox/value';
import { PROJECT_ROOT } from '../../platform/config.ts';

export class PlanError extends Error {}

/**
 * Reads every plan of a folder and checks it against the schema, so that a mistake in a plan stops the start and not a user.
 * @throws PlanError naming the file and the place in it
 */
export function loadPlans(folder = join(PROJECT_ROOT, 'plans')): ReadonlyMap<string, Plan> {
  const plans = new Map<string, Plan>();
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith('.json')) continue;
    const plan = readPlan(join(folder, name), name);
    plans.set(plan.id, plan);
  }
  if (plans.size === 0) throw new PlanError(`目录 ${folder} 中没有方案文件`);
  return plans;
}

function readPlan(path: string, name: string): Plan {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new PlanError(`方案文件 ${name} 不是有效的 JSON：${(error as Error).message}`);
  }
  const [first] = Value.Errors(Plan, value);
  if (first) throw new PlanError(`方案文件 ${name} 有误：${first.instancePath || '/'} ${first.message}`);
  const plan = value as Plan;
  if (`${plan.id}.json` !== name) throw new PlanError(`方案文件 ${name} 的 id 应与文件名一致，现为“${plan.id}”`);
  if (plan.from > plan.to) throw new PlanError(`方案文件 ${name} 的起止日期颠倒`);
  const numbers = plan.actions.flatMap((action) => action.measures.map((measure) => measure.no));
  const repeated = numbers.find((no, index) => numbers.indexOf(no) !== index);
  if (repeated !== undefined) throw new PlanError(`方案文件 ${name} 中第 ${repeated} 项举措重复`);
  return plan;
}
