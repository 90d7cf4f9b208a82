import type { FeatureRoutes } from '../../app/route-meta.ts';

export default [
  { path: '/c/:token', component: () => import('./CitizenPage.vue'), meta: { title: '办理评价', public: true } },
] satisfies FeatureRoutes;
