import type { FeatureRoutes } from '../../app/route-meta.ts';

export default [
  {
    path: '/imports',
    component: () => import('./ImportList.vue'),
    meta: { title: '批量导入', permission: 'complaint.import', nav: { room: 'intake', order: 12 } },
  },
  {
    path: '/imports/new',
    component: () => import('./ImportWizard.vue'),
    meta: { title: '导入诉件', permission: 'complaint.import' },
  },
  {
    path: '/imports/:id',
    component: () => import('./ImportResult.vue'),
    meta: { title: '导入结果', permission: 'complaint.import' },
  },
  {
    path: '/sources',
    component: () => import('./SourceList.vue'),
    meta: { title: '来源管理', permission: 'dictionary.manage', nav: { room: 'system', order: 30 } },
  },
] satisfies FeatureRoutes;
