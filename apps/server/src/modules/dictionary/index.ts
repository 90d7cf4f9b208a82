import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { applyShifts } from './calendar.service.ts';
import { CHANGED, readAnew } from './change.ts';
import { bindCalendarRoutes, bindCategoryRoutes, bindPlaceRoutes, bindRuleRoutes } from './dictionary.routes.ts';

const APPLY_SHIFTS = 'dictionary.applyShifts';

/** 字典与日历: categories, places, the working calendar and the deadline rules, kept as data by administrators. */
export function registerDictionary(api: FastifyInstance, deps: Deps): void {
  bindCategoryRoutes(api, deps);
  bindPlaceRoutes(api, deps);
  bindCalendarRoutes(api, deps);
  bindRuleRoutes(api, deps);
  deps.jobs.handle(APPLY_SHIFTS, () => applyShifts(deps));
  // Shortly after each hour: at midnight in Shanghai, or when the server was down then, soon after it is back.
  deps.jobs.schedule(APPLY_SHIFTS, '1 * * * *');
  // What another server process has changed.
  const stop = deps.live.observe(({ topic }) => {
    if (topic !== CHANGED) return;
    readAnew(deps).catch((error: unknown) => deps.log.warn({ err: error }, 'dictionary not read anew'));
  });
  api.addHook('onClose', async () => void stop());
}
