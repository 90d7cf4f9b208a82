import type { FeatureRoutes } from '../../app/route-meta.ts';

export default [
  {
    path: '/work',
    component: () => import('./WorkPage.vue'),
    meta: { title: '我的工作', permission: 'complaint.read', nav: { room: 'work', order: 1 } },
  },
  {
    path: '/outbox',
    component: () => import('./OutboxPage.vue'),
    meta: { title: '待发送', permission: 'complaint.handle', nav: { room: 'work', order: 2 } },
  },
] satisfies FeatureRoutes;
