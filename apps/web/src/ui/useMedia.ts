import { onScopeDispose, type Ref, ref } from 'vue';

/** Follows a media query. */
export function useMedia(query: string): Ref<boolean> {
  const list = window.matchMedia(query);
  const matches = ref(list.matches);
  const onChange = () => {
    matches.value = list.matches;
  };
  list.addEventListener('change', onChange);
  onScopeDispose(() => list.removeEventListener('change', onChange));
  return matches;
}

export const usePhone = (): Ref<boolean> => useMedia('(max-width: 767px)');
