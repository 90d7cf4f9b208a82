import type { QueryClient } from '@tanstack/vue-query';
import { onScopeDispose, ref } from 'vue';

/** What the server tells of a change the person may see. */
export interface LiveMessage {
  topic: string;
  objectId: string;
  data: Record<string, unknown>;
}

type Listener = (message: LiveMessage) => void;

const listeners = new Set<Listener>();
let source: EventSource | undefined;
/** Whether changes arrive by themselves just now. */
export const isLive = ref(false);

/** Opens the stream; the browser reconnects by itself. Everything on screen is asked anew after a gap, since messages may have been missed. */
export function startLive(queryClient: QueryClient): void {
  if (source) return;
  let hadGap = false;
  source = new EventSource('/api/v1/live');
  source.onopen = () => {
    isLive.value = true;
    if (hadGap) void queryClient.invalidateQueries();
    hadGap = false;
  };
  source.onerror = () => {
    isLive.value = false;
    hadGap = true;
  };
  source.onmessage = (event) => {
    const message = JSON.parse(event.data as string) as LiveMessage;
    for (const listener of listeners) listener(message);
  };
}

export function stopLive(): void {
  source?.close();
  source = undefined;
  isLive.value = false;
}

/** Hears of changes while the component is on screen. */
export function useLive(listener: Listener): void {
  listeners.add(listener);
  onScopeDispose(() => listeners.delete(listener));
}
