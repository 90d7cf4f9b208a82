import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router';
import { whenSignedOut } from '../api/client.ts';
import type { FeatureRoutes } from './route-meta.ts';
import { can, forgetSession, isComplete, loadSession } from './session.ts';

const features = import.meta.glob<{ default: FeatureRoutes }>('../features/*/routes.ts', { eager: true });
const pages = Object.values(features).flatMap((feature) => feature.default);
const isBare = (route: RouteRecordRaw) => route.meta?.public || route.meta?.bare;

export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    ...pages.filter(isBare),
    {
      path: '/',
      component: () => import('./AppShell.vue'),
      children: [
        { path: '', name: 'home', component: () => import('./HomePage.vue') },
        ...pages.filter((route) => !isBare(route)),
        { path: 'me', name: 'me', component: () => import('./MePage.vue'), meta: { title: '我的' } },
        {
          path: 'forbidden',
          name: 'forbidden',
          component: () => import('./ForbiddenPage.vue'),
          meta: { title: '无权查看' },
        },
        {
          path: ':rest(.*)*',
          name: 'not-found',
          component: () => import('./NotFoundPage.vue'),
          meta: { title: '没有这个页面' },
        },
      ],
    },
  ],
});

/** Sign-in's address, coming back to where the person was. */
const signInAt = (fullPath: string) => ({ path: '/sign-in', query: fullPath === '/' ? {} : { to: fullPath } });

router.beforeEach(async (to) => {
  if (to.meta.public) return true;
  // The page's files come while the session is asked for, not after it.
  for (const { components } of to.matched) {
    const page = components?.default;
    if (typeof page === 'function') void (page as () => Promise<unknown>)().catch(() => undefined);
  }
  const view = await loadSession();
  if (!view.actor) return signInAt(to.fullPath);
  if (!isComplete(view) && !to.meta.beforeComplete) return signInAt(to.fullPath);
  if (!can(to.meta.permission)) return { name: 'forbidden', query: { from: to.fullPath } };
  return true;
});

router.afterEach((to) => {
  document.title = to.meta.title ? `${to.meta.title} · 闭环` : '闭环';
});

whenSignedOut(() => {
  const here = router.currentRoute.value;
  forgetSession();
  if (!here.meta.public) void router.push(signInAt(here.fullPath));
});
