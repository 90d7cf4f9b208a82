import { shallowRef } from 'vue';

/** The list a person came from: its order of orders, so that the detail page has a previous and a next. */
export const trail = shallowRef<{ ids: readonly string[]; from: string }>({ ids: [], from: '/complaints' });

export function neighbours(id: string): { previous?: string; next?: string; place: string } {
  const { ids } = trail.value;
  const at = ids.indexOf(id);
  if (at < 0) return { place: '' };
  return {
    ...(ids[at - 1] ? { previous: ids[at - 1]! } : {}),
    ...(ids[at + 1] ? { next: ids[at + 1]! } : {}),
    place: `${at + 1} / ${ids.length}`,
  };
}
