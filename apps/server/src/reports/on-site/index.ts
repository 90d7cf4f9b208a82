import { lookBackOnVisit, planVisit, prepareVisit, visitProposals } from '@bihuan/contract/on-site';
import type { FastifyInstance } from 'fastify';
import { planOneVisit } from '../../modules/on-site/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { bind } from '../../platform/http/bind.ts';
import { lookBackOf } from './look-back.service.ts';
import { preparationOf } from './preparation.service.ts';
import { causeOf, proposalsOf } from './proposal.service.ts';

export { lookBackOf } from './look-back.service.ts';
export { causeOf, proposalsOf } from './proposal.service.ts';

/** 到场督导: whom the month's figures put forward, what to speak about there, and whether the indicator moved. */
export function registerOnSiteReport(api: FastifyInstance, deps: Deps): void {
  bind(api, visitProposals, ({ actor, query }) => proposalsOf(deps, actor, query.month));
  bind(api, planVisit, async ({ actor, body }) => planOneVisit(deps, actor, body, await causeOf(deps, body.visit)));
  bind(api, prepareVisit, ({ actor, params }) => preparationOf(deps, actor, params.id));
  bind(api, lookBackOnVisit, ({ actor, params }) => lookBackOf(deps, actor, params.id));
}
