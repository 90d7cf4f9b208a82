import { commandVisit, getVisit, listVisits, visitReference } from '@bihuan/contract/on-site';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { bind } from '../../platform/http/bind.ts';
import { visitDetail, visitList, visitReferenceView } from './visit.query.ts';
import { executeVisit } from './visit.service.ts';

export { visitDetail, visitList } from './visit.query.ts';
export { executeVisit, planOneVisit, type VisitCause } from './visit.service.ts';

/** 到场督导: the records. Whom to visit, what to speak about and whether it helped is computed in `reports/on-site`. */
export function registerOnSite(api: FastifyInstance, deps: Deps): void {
  bind(api, listVisits, async ({ actor, query }) => ({ items: await visitList(deps, actor, query) }));
  bind(api, visitReference, () => visitReferenceView(deps));
  bind(api, getVisit, ({ actor, params }) => visitDetail(deps, actor, params.id));
  bind(api, commandVisit, ({ actor, params, body }) => executeVisit(deps, actor, params.id, body));
}
