import type { FeatureRoutes } from '../../app/route-meta.ts';

export default [
  {
    path: '/indicators',
    component: () => import('./RankingPage.vue'),
    meta: { title: '指标与排名', permission: 'indicator.read', nav: { room: 'indicator', order: 40 } },
  },
  {
    path: '/indicators/trend',
    component: () => import('./TrendPage.vue'),
    meta: { title: '指标走势', permission: 'indicator.read', nav: { room: 'indicator', order: 41 } },
  },
  {
    path: '/indicators/settings',
    component: () => import('./SettingsPage.vue'),
    meta: { title: '排名与计分设置', permission: 'indicator.configure' },
  },
  {
    path: '/indicators/:indicator/orders',
    component: () => import('./OrdersPage.vue'),
    meta: { title: '指标背后的诉件', permission: 'indicator.read' },
  },
] satisfies FeatureRoutes;
