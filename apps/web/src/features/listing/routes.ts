import type { FeatureRoutes } from '../../app/route-meta.ts';

export default [
  {
    path: '/listings',
    component: () => import('./ListingList.vue'),
    meta: { title: '挂牌督办', permission: 'listing.read', nav: { room: 'listing', order: 54 } },
  },
  {
    path: '/listings/new',
    component: () => import('./ProposePage.vue'),
    meta: { title: '提请挂牌', permission: 'listing.propose' },
  },
  {
    path: '/listings/candidates',
    component: () => import('./CandidatePage.vue'),
    meta: { title: '待提请挂牌', permission: 'listing.propose' },
  },
  {
    path: '/listings/:id',
    component: () => import('./ListingPage.vue'),
    meta: { title: '挂牌督办', permission: 'listing.read' },
  },
] satisfies FeatureRoutes;
