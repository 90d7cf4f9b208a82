import { START_LOCATION } from 'vue-router';
import type { FeatureRoutes } from '../../app/route-meta.ts';
// The first page of all who handle complaints comes with the application, not after it.
import WorkPage from './WorkPage.vue';
import { prepareWork } from './work.api.ts';

export default [
  {
    path: '/work',
    component: WorkPage,
    beforeEnter: async (_to, from) => {
      if (from === START_LOCATION) await prepareWork();
    },
    meta: { title: '我的工作', permission: 'complaint.read', nav: { room: 'work', order: 1 } },
  },
  {
    path: '/outbox',
    component: () => import('./OutboxPage.vue'),
    meta: { title: '待发送', permission: 'complaint.handle', nav: { room: 'work', order: 2 } },
  },
] satisfies FeatureRoutes;
