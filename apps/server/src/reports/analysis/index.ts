import * as contract from '@bihuan/contract/analysis';
import { periodAnalysis } from '@bihuan/contract/indicator';
import { dateAt } from '@bihuan/domain/workday';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { invalid } from '../../platform/errors.ts';
import { bind } from '../../platform/http/bind.ts';
import { readPeriod } from '../indicator/index.ts';
import { analysePeriod } from './analysis.service.ts';
import { findHotSpots } from './hot-spots.service.ts';
import { changeWeekOf, draftWeek, lastWeek, readWeek, weekList } from './week.service.ts';

export { analysePeriod, idsBehind } from './analysis.service.ts';
export { findHotSpots } from './hot-spots.service.ts';
export { changeWeekOf, draftWeek, lastWeek } from './week.service.ts';

const DRAFT_TASK = 'analysis.draftWeek';

export function registerAnalysis(api: FastifyInstance, deps: Deps): void {
  const { db, clock, jobs } = deps;
  bind(api, periodAnalysis, ({ actor, query }) => {
    const period = readPeriod(query.period);
    if (period.kind !== 'week' && period.kind !== 'month') throw invalid('分析只按周或月进行');
    return analysePeriod(db, { period, now: clock.now(), reader: actor });
  });
  bind(api, contract.hotSpots, ({ actor, query }) => {
    const today = dateAt(clock.now());
    return findHotSpots(db, actor, query.to && query.to < today ? query.to : today);
  });
  bind(api, contract.listWeeks, async () => ({ items: await weekList(db) }));
  bind(api, contract.getWeek, ({ actor, params }) => readWeek(db, actor, params.from));
  bind(api, contract.draftWeek, async ({ actor, params }) => {
    await draftWeek(deps, params.from, actor);
    return readWeek(db, actor, params.from);
  });
  bind(api, contract.changeWeek, ({ actor, params, body }) => changeWeekOf(deps, actor, params.from, body));

  jobs.handle(DRAFT_TASK, async () => {
    await draftWeek(deps, lastWeek(clock.now()), null);
  });
  // Mondays at 6:20 in Shanghai; the schedule is in UTC.
  jobs.schedule(DRAFT_TASK, '20 22 * * 0');
}
