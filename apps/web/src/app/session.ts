import { getSession, type SessionView } from '@bihuan/contract/identity';
import type { Permission } from '@bihuan/domain/access';
import { computed, shallowRef } from 'vue';
import { ApiProblem, call } from '../api/client.ts';
import { keepServerTime } from '../api/server-time.ts';
import { queryClient } from './query.ts';

export type Session = NonNullable<SessionView['actor']>;

const REMEMBERED = 'bihuan.session';
const view = shallowRef<SessionView | null>(null);
const session = computed<Session | null>(() => view.value?.actor ?? null);
let loading: Promise<SessionView> | undefined;

/** Who is signed in, asked once a page load. Without signal, whoever was signed in last, so that field pages open. */
export function loadSession(): Promise<SessionView> {
  loading ??= askSession().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function askSession(): Promise<SessionView> {
  try {
    return takeSession(await call(getSession, {}, { quiet: true }));
  } catch (error) {
    const stored = error instanceof ApiProblem && error.isTransient ? localStorage.getItem(REMEMBERED) : null;
    if (!stored) throw error;
    view.value = JSON.parse(stored) as SessionView;
    return view.value;
  }
}

/** The state of sign-in as an endpoint of the identity room answers it: after signing in, a code, a new password, another post. */
export function takeSession(next: SessionView): SessionView {
  keepServerTime(next.now);
  const before = session.value;
  if (
    before &&
    (before.personId !== next.actor?.personId ||
      before.role !== next.actor?.role ||
      before.unit.id !== next.actor?.unit.id)
  ) {
    queryClient.clear();
  }
  view.value = next;
  loading = Promise.resolve(next);
  if (isComplete(next)) localStorage.setItem(REMEMBERED, JSON.stringify({ ...next, demo: null }));
  else localStorage.removeItem(REMEMBERED);
  return next;
}

export async function refreshSession(): Promise<SessionView> {
  loading = undefined;
  return loadSession();
}

/** After signing out, or when the server says so. Drafts and unsent work stay on the device under the person's id. */
export function forgetSession(): void {
  loading = undefined;
  view.value = null;
  localStorage.removeItem(REMEMBERED);
  queryClient.clear();
}

/** Signed in, second factor given, initial password changed. */
export function isComplete({ actor, mustChangePassword, secondFactor }: SessionView): boolean {
  return actor !== null && !mustChangePassword && (secondFactor === 'none' || secondFactor === 'done');
}

/** Whether the person holds the permission, or any one of several; nothing asked for is always granted. */
export function can(permission: Permission | readonly Permission[] | undefined): boolean {
  if (permission === undefined) return true;
  const held = session.value?.permissions ?? [];
  return (typeof permission === 'string' ? [permission] : permission).some((one) => held.includes(one));
}

/** `session`: who acts (null on pages without sign-in); `view`: all that the server says of the sign-in. */
export function useSession() {
  return { session, view: computed(() => view.value), can };
}
