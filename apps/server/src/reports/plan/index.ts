import { isBuilt, type MeasureRoom, readMeasure } from '@bihuan/contract/plan';
import type { FastifyInstance } from 'fastify';
import { currentPlan, findMeasure, loadPlans } from '../../modules/plan/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { bind } from '../../platform/http/bind.ts';
import { roomProgress } from './progress.query.ts';

/** What has been done under a measure: computed from the records of its rooms, never reported by hand. */
export function registerPlanProgress(api: FastifyInstance, deps: Deps): void {
  const plans = loadPlans();
  bind(api, readMeasure, async ({ actor, params }) => {
    const plan = await currentPlan(deps, plans);
    const { action, measure } = findMeasure(plan, params.no);
    const input = { sql: deps.db, actor, from: plan.from, to: plan.to, now: deps.clock.now() };
    const rooms = await Promise.all(
      measure.rooms.map(
        async ({ key, name }): Promise<MeasureRoom> => ({
          key,
          name,
          built: isBuilt(key),
          progress: isBuilt(key) ? await roomProgress(key, input) : [],
        }),
      ),
    );
    return {
      action: { code: action.code, name: action.name },
      measure,
      rooms,
      notBuilt: rooms.every((room) => !room.built),
      from: plan.from,
      to: plan.to,
    };
  });
}
