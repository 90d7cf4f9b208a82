import type { FeatureRoutes } from '../../app/route-meta.ts';

export default [
  {
    path: '/org',
    component: () => import('./OrgPage.vue'),
    meta: { title: '组织与人员', permission: 'org.manage', nav: { room: 'org', order: 10 } },
  },
  {
    path: '/org/import',
    component: () => import('./ImportPage.vue'),
    meta: { title: '导入人员', permission: 'org.manage' },
  },
  {
    path: '/grants',
    component: () => import('./GrantsPage.vue'),
    meta: { title: '岗位授权', permission: 'role.grant', nav: { room: 'org', order: 30 } },
  },
] satisfies FeatureRoutes;
