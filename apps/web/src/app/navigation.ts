import { readPlan } from '@bihuan/contract/plan';
import { useQuery } from '@tanstack/vue-query';
import { type ComputedRef, computed } from 'vue';
import { useRouter } from 'vue-router';
import { call } from '../api/client.ts';
import { queryClient } from './query.ts';
import { can, useSession } from './session.ts';

export interface NavGroup {
  key: string;
  title: string;
  /** The plan's page on this action. */
  to?: string;
  items: { label: string; path: string }[];
}

/** Rooms that belong to no action of a plan. */
const OWN = { key: 'own', title: '我的工作', rooms: ['work', 'notice', 'cockpit', 'plan'] };
const HOUSE = { key: 'house', title: '系统管理', rooms: ['org', 'identity', 'dictionary', 'audit', 'system'] };
/** Rooms that a plan does not name by themselves: they go where their fellow goes. */
const BESIDE: Record<string, string> = { intake: 'complaint' };

const PLAN = {
  queryKey: ['plan'],
  queryFn: ({ signal }: { signal: AbortSignal }) => call(readPlan, {}, { signal }),
  staleTime: 10 * 60_000,
};

/** Asks for the plan before the shell stands, while other things are waited for. */
export function fetchPlan(): void {
  if (can('plan.read')) void queryClient.prefetchQuery(PLAN);
}

/**
 * The navigation, grouped by the actions of the plan in force: a page's room belongs to the first action whose measures name it.
 * Only pages that the person may open; while the plan is not known, rooms stand together.
 */
export function useNavigation(): ComputedRef<NavGroup[]> {
  const router = useRouter();
  const { session } = useSession();
  const plan = useQuery({ ...PLAN, enabled: computed(() => session.value !== null && can('plan.read')) });
  return computed(() => {
    if (!session.value) return [];
    const pages = router
      .getRoutes()
      .filter((route) => route.meta.nav && can(route.meta.permission))
      .map((route) => ({
        label: route.meta.nav!.label ?? route.meta.title ?? '',
        path: route.path,
        room: BESIDE[route.meta.nav!.room] ?? route.meta.nav!.room,
        order: route.meta.nav!.order,
      }))
      .sort((a, b) => a.order - b.order);
    const placed = new Set<string>([...OWN.rooms, ...HOUSE.rooms]);
    const groupOf = (key: string, title: string, rooms: string[], to?: string): NavGroup => ({
      key,
      title,
      ...(to ? { to } : {}),
      items: pages.filter((page) => rooms.includes(page.room)),
    });
    const actions = (plan.data.value?.actions ?? []).map((action) => {
      const rooms = action.measures
        .flatMap((measure) => measure.rooms.map((room) => room.key))
        .filter((room) => !placed.has(room));
      for (const room of rooms) placed.add(room);
      return groupOf(action.code, action.name, rooms, `/plan#${action.code}`);
    });
    const rest = [...new Set(pages.map((page) => page.room))].filter((room) => !placed.has(room));
    return [
      groupOf(OWN.key, OWN.title, OWN.rooms),
      ...actions,
      groupOf('rest', '业务', rest),
      groupOf(HOUSE.key, HOUSE.title, HOUSE.rooms),
    ].filter((group) => group.items.length > 0 || group.to);
  });
}
