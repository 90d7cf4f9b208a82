import { periodAnalysis } from '@bihuan/contract/indicator';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { invalid } from '../../platform/errors.ts';
import { bind } from '../../platform/http/bind.ts';
import { readPeriod } from '../indicator/index.ts';
import { analysePeriod } from './analysis.service.ts';

export { analysePeriod, idsBehind } from './analysis.service.ts';

export function registerAnalysis(api: FastifyInstance, deps: Deps): void {
  bind(api, periodAnalysis, ({ actor, query }) => {
    const period = readPeriod(query.period);
    if (period.kind !== 'week' && period.kind !== 'month') throw invalid('分析只按周或月进行');
    return analysePeriod(deps.db, { period, now: deps.clock.now(), reader: actor });
  });
}
