import { createRouter, createWebHistory, type RouteLocationRaw, type RouteRecordRaw, START_LOCATION } from 'vue-router';
import { whenSignedOut } from '../api/client.ts';
import AppShell from './AppShell.vue';
import { fetchPlan } from './navigation.ts';
import type { FeatureRoutes } from './route-meta.ts';
import { can, forgetSession, isComplete, loadSession } from './session.ts';

const features = import.meta.glob<{ default: FeatureRoutes }>('../features/*/routes.ts', { eager: true });
const pages = Object.values(features).flatMap((feature) => feature.default);
const isBare = (route: RouteRecordRaw) => route.meta?.public || route.meta?.bare;

export const router = createRouter({
  history: createWebHistory(),
  // Scrolling measures the whole page: not before the first one stands.
  scrollBehavior: (_to, from, saved) => saved ?? (from === START_LOCATION ? false : { top: 0 }),
  routes: [
    ...pages.filter(isBare),
    {
      path: '/',
      component: AppShell,
      children: [
        // Never shown: whoever comes here is led on.
        { path: '', name: 'home', component: { render: () => null } },
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

/** Pages of the navigation in its order: everyone begins at the first they may use, administrators in their own room. */
const inOrder = pages.filter((page) => page.meta?.nav).sort((a, b) => a.meta!.nav!.order - b.meta!.nav!.order);
const firstPage = (): RouteLocationRaw =>
  inOrder.find((page) => page.meta!.permission && can(page.meta!.permission))?.path ?? { name: 'me' };

/** Sign-in's address, coming back to where the person was. */
const signInAt = (fullPath: string) => ({ path: '/sign-in', query: fullPath === '/' ? {} : { to: fullPath } });

router.beforeEach(async (to, from) => {
  if (to.meta.public) return true;
  // The page's files come while the session is asked for, not after it.
  for (const { components } of to.matched) {
    const page = components?.default;
    if (typeof page === 'function') void (page as () => Promise<unknown>)().catch(() => undefined);
  }
  const view = await loadSession();
  if (!view.actor) return signInAt(to.fullPath);
  if (!isComplete(view) && !to.meta.beforeComplete) return signInAt(to.fullPath);
  if (from === START_LOCATION) fetchPlan();
  if (!can(to.meta.permission)) return { name: 'forbidden', query: { from: to.fullPath } };
  return to.name === 'home' ? firstPage() : true;
});

router.afterEach((to) => {
  document.title = to.meta.title ? `${to.meta.title} · 闭环` : '闭环';
});

whenSignedOut(() => {
  const here = router.currentRoute.value;
  forgetSession();
  if (!here.meta.public) void router.push(signInAt(here.fullPath));
});
