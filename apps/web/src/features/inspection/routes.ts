import type { FeatureRoutes } from '../../app/route-meta.ts';

export default [
  {
    path: '/inspections',
    component: () => import('./PlanList.vue'),
    meta: { title: '督察', permission: 'inspection.read', nav: { room: 'inspection', order: 26 } },
  },
  {
    path: '/inspections/visits',
    component: () => import('./VisitList.vue'),
    meta: { title: '现场督察', permission: 'inspection.read' },
  },
  {
    path: '/inspections/settings',
    component: () => import('./SettingsPage.vue'),
    meta: { title: '检查表与重点对象', permission: 'inspection.read' },
  },
  {
    path: '/inspections/new',
    component: () => import('./PlanForm.vue'),
    meta: { title: '起草督察计划', permission: 'inspection.plan' },
  },
  {
    path: '/inspections/plans/:id',
    component: () => import('./PlanPage.vue'),
    meta: { title: '督察计划', permission: 'inspection.read' },
  },
  {
    path: '/inspections/plans/:id/edit',
    component: () => import('./PlanForm.vue'),
    meta: { title: '修改督察计划', permission: 'inspection.plan' },
  },
  {
    path: '/inspections/visits/:id',
    component: () => import('./VisitPage.vue'),
    meta: { title: '现场督察', permission: 'inspection.read' },
  },
] satisfies FeatureRoutes;
