import { onMounted, onUnmounted } from 'vue';

const TYPING = 'input, textarea, select, [contenteditable="true"], [role="combobox"], [role="listbox"]';

/** Single-key commands of a page; silent while someone types, in a dialog, or with Ctrl, Alt or Meta. */
export function useKeys(keys: Record<string, (event: KeyboardEvent) => void>): void {
  function onKey(event: KeyboardEvent) {
    const target = event.target as HTMLElement | null;
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (target?.closest(TYPING) || document.querySelector('dialog[open]')) return;
    // Enter on a link or button is theirs.
    if (event.key === 'Enter' && target?.closest('a, button')) return;
    keys[event.key]?.(event);
  }
  onMounted(() => window.addEventListener('keydown', onKey));
  onUnmounted(() => window.removeEventListener('keydown', onKey));
}
