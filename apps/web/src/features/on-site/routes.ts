import type { FeatureRoutes } from '../../app/route-meta.ts';

export default [
  {
    path: '/on-site',
    component: () => import('./VisitList.vue'),
    meta: { title: '到场督导', permission: 'onSite.read', nav: { room: 'on_site', order: 56 } },
  },
  {
    path: '/on-site/new',
    component: () => import('./PlanVisitPage.vue'),
    meta: { title: '安排到场督导', permission: 'onSite.manage' },
  },
  {
    path: '/on-site/:id',
    component: () => import('./VisitPage.vue'),
    meta: { title: '到场督导', permission: 'onSite.read' },
  },
] satisfies FeatureRoutes;
