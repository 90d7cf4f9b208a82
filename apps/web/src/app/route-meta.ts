import type { Permission } from '@bihuan/domain/access';
import type { RouteRecordRaw } from 'vue-router';
import 'vue-router';

declare module 'vue-router' {
  interface RouteMeta {
    /** Shown in the tab title and as the page's name. */
    title?: string;
    /** Who may open the page: one permission, or any one of several. Absent: everyone signed in. */
    permission?: Permission | readonly Permission[];
    /** No account needed; shown without the shell. */
    public?: boolean;
    /** Shown without the shell. */
    bare?: boolean;
    /** Reachable before the second factor or the first change of password. */
    beforeComplete?: boolean;
    /** A page of one's own account (password, second factor, sessions, sign-out): listed under 我的. */
    account?: boolean;
    /** An entry of the navigation. `room` is the feature's name; the plan says to which action it belongs. */
    nav?: { room: string; order: number; label?: string };
  }
}

/** What a feature's `routes.ts` exports by default. Pages are lazy: `component: () => import('./FooList.vue')`. */
export type FeatureRoutes = readonly RouteRecordRaw[];
