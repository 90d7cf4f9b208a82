import type { FeatureRoutes } from '../../app/route-meta.ts';

export default [
  {
    path: '/analysis',
    component: () => import('./AnalysisPage.vue'),
    meta: { title: '每周分析', permission: 'indicator.read', nav: { room: 'analysis', order: 42 } },
  },
] satisfies FeatureRoutes;
