import type { FeatureRoutes } from '../../app/route-meta.ts';

export default [
  {
    path: '/matters',
    component: () => import('./MatterList.vue'),
    meta: { title: '同一事项', permission: 'complaint.read', nav: { room: 'matter', order: 44 } },
  },
  {
    path: '/matters/suggestions',
    component: () => import('./SuggestionPage.vue'),
    meta: { title: '疑似重复', permission: 'matter.decide' },
  },
  {
    path: '/matters/backlog',
    component: () => import('./BacklogPage.vue'),
    meta: { title: '信访积案', permission: 'complaint.read' },
  },
  {
    path: '/matters/settings',
    component: () => import('./SettingsPage.vue'),
    meta: { title: '重复门槛与识别', permission: 'complaint.read' },
  },
  {
    path: '/matters/:id',
    component: () => import('./MatterPage.vue'),
    meta: { title: '同一事项', permission: 'complaint.read' },
  },
] satisfies FeatureRoutes;
