import { type ComputedRef, computed } from 'vue';
import { type LocationQuery, useRoute, useRouter } from 'vue-router';

/**
 * Filters that live in the address: a link is a view. Names and values are those of the endpoint's query, so that what the
 * address says is what is asked.
 */
export function useUrlFilter<F extends object>(
  keys: readonly (keyof F & string)[],
): {
  filter: ComputedRef<F>;
  set: (patch: { [K in keyof F]?: string | undefined }) => void;
  replace: (values: Record<string, string>) => void;
  clear: () => void;
  isEmpty: ComputedRef<boolean>;
} {
  const route = useRoute();
  const router = useRouter();
  const read = (query: LocationQuery): Record<string, string> => {
    const values: Record<string, string> = {};
    for (const key of keys) {
      const value = query[key];
      if (typeof value === 'string' && value !== '') values[key] = value;
    }
    return values;
  };
  const values = computed(() => read(route.query));
  const others = () =>
    Object.fromEntries(Object.entries(route.query).filter(([key]) => !keys.includes(key as keyof F & string)));
  const go = (next: Record<string, string>) => void router.replace({ query: { ...others(), ...next } });
  return {
    filter: computed(() => values.value as F),
    set(patch) {
      const next: Record<string, string> = { ...values.value };
      for (const [key, value] of Object.entries(patch) as [string, string | undefined][]) {
        if (value) next[key] = value;
        else delete next[key];
      }
      go(next);
    },
    replace: go,
    clear: () => go({}),
    isEmpty: computed(() => Object.keys(values.value).length === 0),
  };
}
