import { onScopeDispose, reactive, ref, watch } from 'vue';
import { useSession } from '../app/session.ts';

/**
 * Keeps what is typed into a form on this device until it has been sent: through errors, a sign-in that ran out, a closed tab.
 * Kept per person, since people share computers. Call `clear` after the server has taken it.
 */
export function useDraft<T extends object>(key: string, initial: () => T) {
  const { session } = useSession();
  const storageKey = `bihuan.draft.${session.value?.personId ?? 'nobody'}.${key}`;
  const stored = read<T>(storageKey);
  const form = reactive({ ...initial(), ...stored }) as T;
  const restored = ref(stored !== null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let cleared = false;

  function save() {
    clearTimeout(timer);
    timer = undefined;
    if (JSON.stringify(form) === JSON.stringify(initial())) localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, JSON.stringify(form));
  }
  watch(
    form,
    () => {
      cleared = false;
      timer ??= setTimeout(save, 300);
    },
    { deep: true },
  );
  const onHide = () => timer !== undefined && save();
  window.addEventListener('pagehide', onHide);
  onScopeDispose(() => {
    window.removeEventListener('pagehide', onHide);
    if (timer !== undefined && !cleared) save();
    clearTimeout(timer);
  });

  return {
    form,
    /** The form began with what was typed earlier. */
    restored,
    clear() {
      cleared = true;
      clearTimeout(timer);
      timer = undefined;
      localStorage.removeItem(storageKey);
    },
    /** Back to an empty form. */
    reset() {
      Object.assign(form, initial());
      restored.value = false;
    },
  };
}

function read<T>(storageKey: string): Partial<T> | null {
  try {
    return JSON.parse(localStorage.getItem(storageKey) ?? 'null') as Partial<T> | null;
  } catch {
    return null;
  }
}
