import type { FeatureRoutes } from '../../app/route-meta.ts';

export default [
  {
    path: '/dictionary/categories/model',
    component: () => import('./CategoryModelPage.vue'),
    meta: { title: '类别判定', permission: 'dictionary.manage' },
  },
  {
    path: '/dictionary/categories',
    component: () => import('./CategoryList.vue'),
    meta: { title: '诉件类别', permission: 'dictionary.manage', nav: { room: 'dictionary', order: 31 } },
  },
  {
    path: '/dictionary/places',
    component: () => import('./PlaceList.vue'),
    meta: { title: '地点词典', permission: 'dictionary.manage', nav: { room: 'dictionary', order: 32 } },
  },
  {
    path: '/dictionary/calendar',
    component: () => import('./CalendarPage.vue'),
    meta: {
      title: '工作日历',
      permission: ['dictionary.manage', 'indicator.configure'],
      nav: { room: 'dictionary', order: 33 },
    },
  },
  {
    path: '/dictionary/deadline-rules',
    component: () => import('./RulePage.vue'),
    meta: {
      title: '时限规则',
      permission: ['dictionary.manage', 'indicator.configure'],
      nav: { room: 'dictionary', order: 34 },
    },
  },
] satisfies FeatureRoutes;
