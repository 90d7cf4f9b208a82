import { myWork } from '@bihuan/contract/complaint';
import { call } from '../../api/client.ts';
import { queryClient } from '../../app/query.ts';
import { orRemembered } from '../../offline/remembered.ts';
import type { Task } from './tasks.ts';

/** What fits on the screen comes first; the rest when somebody scrolls to it. */
export const FIRST = 14;
export const ALL = 100;

export const readWork = (task: Task | undefined, limit: number, signal?: AbortSignal) =>
  orRemembered(`my-work/${task ?? ''}`, () =>
    call(myWork, { query: { limit, ...(task ? { task } : {}) } }, signal ? { signal } : {}),
  );

/** Longer than this nobody waits before anything is shown. */
const PATIENCE_MS = 1_000;

/** Fetched before the page stands, the list is drawn once instead of first empty and then full. */
export const prepareWork = (): Promise<unknown> =>
  Promise.race([
    queryClient.prefetchQuery({
      queryKey: ['my-work', undefined, FIRST],
      queryFn: ({ signal }) => readWork(undefined, FIRST, signal),
    }),
    new Promise((resolve) => setTimeout(resolve, PATIENCE_MS)),
  ]);
