import type { FeatureRoutes } from '../../app/route-meta.ts';

export default [
  {
    path: '/map',
    component: () => import('./MapPage.vue'),
    meta: { title: '诉件地图', permission: 'complaint.read', nav: { room: 'analysis', order: 43 } },
  },
  {
    path: '/dictionary/map',
    component: () => import('./SettingsPage.vue'),
    meta: { title: '地图', permission: 'dictionary.manage', nav: { room: 'dictionary', order: 35 } },
  },
] satisfies FeatureRoutes;
