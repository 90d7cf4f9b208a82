import type { FeatureRoutes } from '../../app/route-meta.ts';

export default [
  {
    path: '/sign-in',
    component: () => import('./SignInPage.vue'),
    meta: { title: '登录', public: true },
  },
  {
    path: '/account',
    component: () => import('./AccountPage.vue'),
    meta: { title: '我的账号', account: true },
  },
  {
    path: '/accounts',
    component: () => import('./AccountList.vue'),
    meta: { title: '账号', permission: 'account.manage', nav: { room: 'identity', order: 20 } },
  },
  {
    path: '/sessions',
    component: () => import('./SecurityPage.vue'),
    meta: { title: '口令与会话', permission: 'session.manage', nav: { room: 'identity', order: 31 } },
  },
] satisfies FeatureRoutes;
