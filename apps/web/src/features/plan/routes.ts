import type { FeatureRoutes } from '../../app/route-meta.ts';

export default [
  {
    path: '/plan',
    component: () => import('./PlanPage.vue'),
    meta: { title: '方案与举措', permission: 'plan.read', nav: { room: 'plan', order: 60 } },
  },
  {
    path: '/plan/measures/:no(\\d+)',
    component: () => import('./MeasurePage.vue'),
    meta: { title: '举措', permission: 'plan.read' },
  },
] satisfies FeatureRoutes;
