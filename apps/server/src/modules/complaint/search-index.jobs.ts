import { setTimeout as sleep } from 'node:timers/promises';
import type { Deps } from '../../platform/deps.ts';
import { indexBatch } from './search-index.repo.ts';

export const INDEX_TASK = 'complaint.indexSearch';

const BATCH = 500;
/** After a change, others are likely to follow: taken in together they cost less. */
const GATHER = 1_000;

/**
 * Takes every waiting change into the search index. Between batches it leaves the database as long to others as it used
 * itself: nobody waits for the index, what is not in it yet is searched as text.
 * @returns how many changes were taken in
 */
export async function indexSearch(
  deps: Pick<Deps, 'db'>,
  signal?: AbortSignal,
  { batch = BATCH, breath = true }: { batch?: number; breath?: boolean } = {},
): Promise<number> {
  for (let total = 0; ; ) {
    const began = performance.now();
    const { done, more } = await indexBatch(deps.db, batch);
    total += done;
    if (!more || signal?.aborted) return total;
    if (breath) await sleep(performance.now() - began, undefined, { signal }).catch(() => {});
  }
}

/** Indexes soon after a change that this process hears of; what it misses, the job of every minute does. */
export function followChanges(deps: Pick<Deps, 'db' | 'live' | 'log'>): () => Promise<void> {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();
  const stopHearing = deps.live.observe(({ topic }) => {
    if (!topic.startsWith('complaint.') || stopping.signal.aborted) return;
    timer ??= setTimeout(() => {
      running = indexSearch(deps, stopping.signal)
        .catch((error: unknown) => deps.log.warn({ err: error }, 'search: not indexed now, the job will'))
        .finally(() => {
          timer = undefined;
        });
    }, GATHER).unref();
  });
  return async () => {
    stopHearing();
    stopping.abort();
    clearTimeout(timer);
    await running;
  };
}
