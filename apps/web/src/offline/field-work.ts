import { commandComplaint } from '@bihuan/contract/complaint';
import { uploadFile } from '@bihuan/contract/file';
import { reactive, readonly, type ShallowRef, shallowRef } from 'vue';
import { call, upload } from '../api/client.ts';

import { queryClient } from '../app/query.ts';
import { useSession } from '../app/session.ts';
import { createQueue } from './queue.ts';
import { deviceStore, type FieldFile, type QueuedCommand } from './store.ts';

const items = shallowRef<QueuedCommand[]>([]);
const progress = reactive<Record<string, number>>({});
const { session } = useSession();
const news = 'BroadcastChannel' in globalThis ? new BroadcastChannel('bihuan-queue') : undefined;

/** Sends one file with what is known of its capture. */
export function sendFile(file: FieldFile, onProgress: (fraction: number) => void): Promise<{ id: string }> {
  const form = new FormData();
  if (file.capturedAt) form.set('capturedAt', file.capturedAt);
  if (file.lng !== null && file.lat !== null) {
    form.set('lng', String(file.lng));
    form.set('lat', String(file.lat));
  }
  if (file.sha256) form.set('sha256', file.sha256);
  // Fields first: the server reads the form as a stream and must know them when the file comes.
  form.set('file', file.blob, file.name);
  return upload(uploadFile, {}, form, { onProgress });
}

async function refresh(): Promise<void> {
  items.value = await queue.list();
}

/** This device's queue of field work. */
export const queue = createQueue({
  store: deviceStore,
  send: (id, commandId, command) => call(commandComplaint, { params: { id }, body: { commandId, command } }),
  upload: sendFile,
  personId: () => session.value?.personId ?? null,
  now: () => Date.now(),
  // Two tabs sending at once do no harm (commands are idempotent), they only waste signal.
  alone: (work) => (navigator.locks ? navigator.locks.request('bihuan-queue', work) : work()),
  onChange: () => {
    void refresh();
    news?.postMessage('changed');
  },
  onSent: (item) => {
    void queryClient.invalidateQueries({ queryKey: ['complaint', item.complaintId] });
    void queryClient.invalidateQueries({ queryKey: ['my-work'] });
  },
  onProgress: (key, fraction) => {
    progress[key] = fraction;
  },
});

let watching = false;
/** Begins to send what waits: now, when the signal returns, and when the page comes to the front. */
export function startFieldWork(): void {
  void refresh().then(() => queue.flush());
  if (watching) return;
  watching = true;
  window.addEventListener('online', () => void queue.flush('all'));
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void queue.flush();
  });
  news?.addEventListener('message', () => void refresh());
}

/** Asks the browser not to clear the store when space runs short. */
export function keepStore(): void {
  void navigator.storage?.persist?.();
}

export const queuedItems: Readonly<ShallowRef<QueuedCommand[]>> = items;
export const uploadProgress = readonly(progress);
