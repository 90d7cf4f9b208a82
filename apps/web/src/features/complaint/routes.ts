import type { FeatureRoutes } from '../../app/route-meta.ts';

export default [
  {
    path: '/complaints',
    component: () => import('./ComplaintList.vue'),
    meta: { title: '诉件', permission: 'complaint.read', nav: { room: 'complaint', order: 10 } },
  },
  {
    path: '/complaints/new',
    component: () => import('./ComplaintForm.vue'),
    meta: { title: '登记诉件', permission: 'complaint.create', nav: { room: 'complaint', order: 11 } },
  },
  {
    path: '/complaints/:id',
    component: () => import('./ComplaintDetail.vue'),
    meta: { title: '诉件详情', permission: 'complaint.read' },
  },
] satisfies FeatureRoutes;
