import { ApiProblem } from '../api/problem.ts';
import { useSession } from '../app/session.ts';
import { deviceStore } from './store.ts';

const { session } = useSession();
const KEPT_MS = 3 * 86_400_000;

/**
 * Answers from the server, or without signal with what was seen last, and says so by `seenAt`.
 * Only for reading what the server sends masked.
 */
export async function orRemembered<T extends object>(
  key: string,
  ask: () => Promise<T>,
): Promise<T & { seenAt?: number }> {
  const personId = session.value?.personId ?? '';
  try {
    const value = await ask();
    void remember(key, personId, value);
    return value;
  } catch (error) {
    if (!(error instanceof ApiProblem) || !error.isNetwork) throw error;
    const stored = await (await deviceStore()).get('remembered', key).catch(() => undefined);
    if (!stored || stored.personId !== personId) throw error;
    return { ...(stored.value as T), seenAt: stored.at };
  }
}

async function remember(key: string, personId: string, value: unknown): Promise<void> {
  const db = await deviceStore();
  // Through JSON: what comes from the query cache may be a proxy, which cannot be stored.
  await db.put('remembered', { key, personId, at: Date.now(), value: JSON.parse(JSON.stringify(value)) });
}

/** Forgets what is old or another person's; everything when nobody is given. */
export async function forgetRemembered(personId: string | null): Promise<void> {
  const db = await deviceStore();
  for (const entry of await db.getAll('remembered')) {
    if (entry.personId !== personId || Date.now() - entry.at > KEPT_MS) await db.delete('remembered', entry.key);
  }
}
