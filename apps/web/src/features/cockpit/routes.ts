import type { FeatureRoutes } from '../../app/route-meta.ts';

export default [
  {
    path: '/cockpit',
    component: () => import('./CockpitPage.vue'),
    meta: { title: '驾驶舱', permission: 'cockpit.read', nav: { room: 'cockpit', order: 5 } },
  },
] satisfies FeatureRoutes;
