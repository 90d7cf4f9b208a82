import type { Router } from 'vue-router';
import { can } from './session.ts';

export interface NavGroup {
  key: string;
  title: string;
  items: { label: string; path: string; room: string }[];
}

/** Groups of the navigation and the rooms in each, until the plan in force says otherwise. */
export interface NavPlan {
  actions: { key: string; title: string; rooms: string[] }[];
}

const OWN = { key: 'own', title: '我的工作', rooms: ['work', 'notice', 'cockpit'] };
const HOUSE = { key: 'house', title: '系统管理', rooms: ['org', 'identity', 'audit'] };

/** The five actions of the 2023 plan with the rooms that serve them; `GET /plan` replaces it once loaded. */
export const DEFAULT_PLAN: NavPlan = {
  actions: [
    { key: '1', title: '作风大讨论', rooms: ['workstyle'] },
    { key: '2', title: '业务大提升', rooms: ['learning', 'casework', 'award'] },
    { key: '3', title: '普法大宣讲', rooms: ['outreach'] },
    { key: '4', title: '执法大督察', rooms: ['inspection', 'rectification', 'bulletin'] },
    { key: '5', title: '效能大检视', rooms: ['complaint', 'intake', 'indicator', 'matter', 'property', 'plan'] },
  ],
};

/** The navigation as the person may use it: only pages whose permission they hold, groups without pages left out. */
export function navigationOf(router: Router, plan: NavPlan): NavGroup[] {
  const pages = router
    .getRoutes()
    .filter((route) => route.meta.nav && can(route.meta.permission))
    .map((route) => ({
      label: route.meta.nav!.label ?? route.meta.title ?? '',
      path: route.path,
      room: route.meta.nav!.room,
      order: route.meta.nav!.order,
    }))
    .sort((a, b) => a.order - b.order);
  return [OWN, ...plan.actions, HOUSE]
    .map(({ key, title, rooms }) => ({ key, title, items: pages.filter((page) => rooms.includes(page.room)) }))
    .filter((group) => group.items.length > 0);
}
