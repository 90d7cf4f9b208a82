import { type LiveEvent, liveStream } from '@bihuan/contract/system';
import type { QueryClient } from '@tanstack/vue-query';
import { onScopeDispose, ref } from 'vue';
import { urlOf } from '../api/client.ts';

type Listener = (message: LiveEvent) => void;

const RETRY_MS = 15_000;
const listeners = new Set<Listener>();
/** Whether changes arrive by themselves just now. */
export const isLive = ref(false);
let client: QueryClient | undefined;
let source: EventSource | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let hadGap = false;

/**
 * Hears of changes while the page is in view. A page in the background hangs up: a browser has only six connections to one
 * server, and people keep many tabs. After a gap everything on screen is asked anew, since messages may have been missed.
 */
export function startLive(queryClient: QueryClient): void {
  client = queryClient;
  document.addEventListener('visibilitychange', follow);
  follow();
}

export function stopLive(): void {
  client = undefined;
  document.removeEventListener('visibilitychange', follow);
  hangUp();
}

function follow(): void {
  if (document.visibilityState === 'visible') connect();
  else hangUp();
}

function hangUp(): void {
  clearTimeout(timer);
  if (source) hadGap = true;
  source?.close();
  source = undefined;
  isLive.value = false;
}

function connect(): void {
  if (source || !client) return;
  source = new EventSource(urlOf(liveStream));
  source.addEventListener('ready', () => {
    isLive.value = true;
    if (hadGap) void client?.invalidateQueries();
    hadGap = false;
  });
  // The session is over: the next request leads to sign-in.
  source.addEventListener('ended', () => {
    hangUp();
    void client?.invalidateQueries();
  });
  source.onerror = () => {
    isLive.value = false;
    hadGap = true;
    // The browser reconnects by itself unless the server refused.
    if (source?.readyState !== EventSource.CLOSED) return;
    hangUp();
    timer = setTimeout(follow, RETRY_MS);
  };
  source.onmessage = (event) => {
    const message = JSON.parse(event.data as string) as LiveEvent;
    for (const listener of listeners) listener(message);
  };
}

/** Hears of changes while the component is on screen. */
export function useLive(listener: Listener): void {
  listeners.add(listener);
  onScopeDispose(() => listeners.delete(listener));
}
