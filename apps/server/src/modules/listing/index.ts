import {
  commandListing,
  getListing,
  listingCandidates,
  listingReference,
  listListings,
  proposeListing,
} from '@bihuan/contract/listing';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { bind } from '../../platform/http/bind.ts';
import { candidates, listingDetail, referenceView } from './detail.query.ts';
import { listingPage } from './listing.query.ts';
import { executeListing, propose } from './listing.service.ts';
import { sweepListings } from './reminder.jobs.ts';

export { REBOUNDED } from './listing.query.ts';
export { executeListing, propose as proposeForListing } from './listing.service.ts';
export { sweepListings } from './reminder.jobs.ts';

const REMIND_TASK = 'listing.remind';

/** 挂牌督办: what keeps coming back or went badly wrong stays on a list until it is proved done. */
export function registerListing(api: FastifyInstance, deps: Deps): void {
  bind(api, listListings, ({ actor, query }) => listingPage(deps, actor, query));
  bind(api, listingReference, ({ actor }) => referenceView(deps, actor));
  bind(api, listingCandidates, async () => ({ items: await candidates(deps) }));
  bind(api, proposeListing, ({ actor, body }) => propose(deps, actor, body));
  bind(api, getListing, ({ actor, params }) => listingDetail(deps, actor, params.id));
  bind(api, commandListing, ({ actor, params, body }) => executeListing(deps, actor, params.id, body));
  deps.jobs.handle(REMIND_TASK, async (_payload, { signal }) => {
    await sweepListings(deps, signal);
  });
  deps.jobs.schedule(REMIND_TASK, '* * * * *');
}
