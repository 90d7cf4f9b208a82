import type { FeatureRoutes } from '../../app/route-meta.ts';

export default [
  {
    path: '/joint',
    component: () => import('./JointList.vue'),
    meta: { title: '联合督察', permission: 'joint.read', nav: { room: 'joint_inspection', order: 58 } },
  },
  {
    path: '/joint/new',
    component: () => import('./NewJointPage.vue'),
    meta: { title: '发起联合督察', permission: 'joint.manage' },
  },
  {
    path: '/joint/:id',
    component: () => import('./JointPage.vue'),
    meta: { title: '联合督察', permission: 'joint.read' },
  },
] satisfies FeatureRoutes;
