import type { FeatureRoutes } from '../../app/route-meta.ts';

export default [
  {
    path: '/appraisals',
    component: () => import('./AppraisalList.vue'),
    meta: { title: '考核评议', permission: 'appraisal.read', nav: { room: 'appraisal', order: 46 } },
  },
  {
    path: '/appraisals/schemes',
    component: () => import('./SchemePage.vue'),
    meta: { title: '考核分值', permission: 'appraisal.read' },
  },
  {
    path: '/appraisals/:id',
    component: () => import('./AppraisalPage.vue'),
    meta: { title: '考核评议', permission: 'appraisal.read' },
  },
  {
    path: '/appraisals/:id/records',
    component: () => import('./RecordsPage.vue'),
    meta: { title: '得分背后的记录', permission: 'appraisal.read' },
  },
] satisfies FeatureRoutes;
