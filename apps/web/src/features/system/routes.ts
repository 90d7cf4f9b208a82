import type { FeatureRoutes } from '../../app/route-meta.ts';

export default [
  {
    path: '/system/jobs',
    component: () => import('./JobsPage.vue'),
    meta: { title: '后台任务', permission: 'job.manage', nav: { room: 'system', order: 50 } },
  },
] satisfies FeatureRoutes;
