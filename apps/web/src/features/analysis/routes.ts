import type { FeatureRoutes } from '../../app/route-meta.ts';

export default [
  {
    path: '/analysis',
    component: () => import('./HotSpotPage.vue'),
    meta: { title: '热点研判', permission: 'complaint.read', nav: { room: 'analysis', order: 42 } },
  },
  {
    path: '/analysis/weeks',
    component: () => import('./WeekListPage.vue'),
    meta: { title: '每周研判', permission: 'analysis.read' },
  },
  {
    path: '/analysis/weeks/:from',
    component: () => import('./WeekPage.vue'),
    meta: { title: '每周研判', permission: 'analysis.read' },
  },
  {
    path: '/analysis/figures',
    component: () => import('./AnalysisPage.vue'),
    meta: { title: '指标分析', permission: 'indicator.read' },
  },
] satisfies FeatureRoutes;
