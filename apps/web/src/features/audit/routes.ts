import type { FeatureRoutes } from '../../app/route-meta.ts';

export default [
  {
    path: '/audit',
    component: () => import('./AuditPage.vue'),
    meta: { title: '审计', permission: 'audit.read', nav: { room: 'audit', order: 40 } },
  },
] satisfies FeatureRoutes;
