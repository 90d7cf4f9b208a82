import type { FeatureRoutes } from '../../app/route-meta.ts';

export default [
  {
    path: '/notices',
    component: () => import('./NoticeList.vue'),
    meta: { title: '通知', nav: { room: 'notice', order: 20 } },
  },
] satisfies FeatureRoutes;
