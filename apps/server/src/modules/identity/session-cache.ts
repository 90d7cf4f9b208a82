import type { Database } from '../../platform/db/index.ts';
import { type AuthenticatedSession, findSession } from './session.repo.ts';

/** A session looked up this recently is taken as it was. */
const FRESH_MS = 1000;
/** Beyond this many the oldest go: more than a bureau has people. */
const MOST = 2000;

interface Held {
  at: number;
  session: AuthenticatedSession;
}

const caches = new WeakMap<Database, Map<string, Held>>();

/**
 * The session of a token, from memory for at most a second: a page asks for many things at once.
 * Whatever ends or changes sessions calls `forgetSessions`, so that in this process it takes effect at once; in another
 * server process of the same district within the second.
 */
export async function recallSession(
  db: Database,
  token: string,
  now: number,
  ip: string | null,
): Promise<AuthenticatedSession | null> {
  let cache = caches.get(db);
  if (!cache) {
    cache = new Map();
    caches.set(db, cache);
  }
  const held = cache.get(token);
  if (held && now >= held.at && now - held.at < FRESH_MS && held.session.actor.ip === ip) return held.session;
  cache.delete(token);
  const session = await findSession(db, token, now, ip);
  // Not kept when sessions were changed while it was being read.
  if (session && caches.get(db) === cache) {
    if (cache.size >= MOST) cache.delete(cache.keys().next().value as string);
    cache.set(token, { at: now, session: { ...session, stale: false } });
  }
  return session;
}

/** After any change to sessions, accounts, postings or units. */
export function forgetSessions(db: Database): void {
  caches.delete(db);
}
