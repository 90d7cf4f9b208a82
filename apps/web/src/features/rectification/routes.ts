import type { FeatureRoutes } from '../../app/route-meta.ts';

export default [
  {
    path: '/rectifications',
    component: () => import('./RectificationList.vue'),
    meta: { title: '整改台账', permission: 'rectification.read', nav: { room: 'rectification', order: 28 } },
  },
  {
    path: '/rectifications/board',
    component: () => import('./BoardPage.vue'),
    meta: { title: '整改看板', permission: 'rectification.read' },
  },
  {
    path: '/rectifications/new',
    component: () => import('./IssuePage.vue'),
    meta: { title: '下发整改', permission: 'rectification.issue' },
  },
  {
    path: '/rectifications/candidates',
    component: () => import('./CandidatePage.vue'),
    meta: { title: '待下发整改的诉件', permission: 'rectification.issue' },
  },
  {
    path: '/rectifications/:id',
    component: () => import('./RectificationPage.vue'),
    meta: { title: '整改', permission: 'rectification.read' },
  },
] satisfies FeatureRoutes;
