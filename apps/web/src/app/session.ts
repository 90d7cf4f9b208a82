import { endpoint, PersonRef, type ResponseOf, UnitRef } from '@bihuan/contract';
import { type Permission, ROLE_NAMES, type Role, roleDefinition } from '@bihuan/domain/access';
import { Type } from 'typebox';
import { type ComputedRef, computed, shallowRef } from 'vue';
import { ApiProblem, call } from '../api/client.ts';

export const getSession = endpoint({
  id: 'identity.session',
  method: 'GET',
  path: '/session',
  access: 'signed-in',
  summary: '当前会话',
  response: Type.Object({
    person: PersonRef,
    unit: UnitRef,
    role: Type.Enum(ROLE_NAMES as [Role, ...Role[]]),
    mustChangePassword: Type.Boolean(),
    secondFactorPending: Type.Boolean(),
  }),
});
export type Session = ResponseOf<typeof getSession>;

const REMEMBERED = 'bihuan.session';
const current = shallowRef<Session | null>(null);
let loading: Promise<Session | null> | undefined;

/** Who is signed in, asked once a page load. Without signal, whoever was signed in last, so that field pages open. */
export function loadSession(): Promise<Session | null> {
  loading ??= askSession().finally(() => {
    if (current.value === null) loading = undefined;
  });
  return loading;
}

async function askSession(): Promise<Session | null> {
  try {
    current.value = await call(getSession, {}, { quiet: true });
    localStorage.setItem(REMEMBERED, JSON.stringify(current.value));
  } catch (error) {
    const lost = error instanceof ApiProblem && error.isTransient;
    if (lost) current.value = JSON.parse(localStorage.getItem(REMEMBERED) ?? 'null') as Session | null;
    else forgetSession();
    if (lost && current.value === null) throw error;
  }
  return current.value;
}

/** After signing in, changing the post or the password: asks again. */
export async function refreshSession(): Promise<Session | null> {
  loading = undefined;
  return loadSession();
}

/** After signing out, or when the server says so. Drafts and the queue of unsent work stay on the device. */
export function forgetSession(): void {
  loading = undefined;
  current.value = null;
  localStorage.removeItem(REMEMBERED);
}

export function can(permission: Permission | readonly Permission[] | undefined): boolean {
  if (permission === undefined) return true;
  if (current.value === null) return false;
  const wanted = typeof permission === 'string' ? [permission] : permission;
  return wanted.some((one) => roleDefinition(current.value!.role).permissions.includes(one));
}

export function isComplete(session: Session): boolean {
  return !session.mustChangePassword && !session.secondFactorPending;
}

/** The session inside pages of the shell, where somebody is always signed in. */
export function useSession(): { session: ComputedRef<Session | null>; can: typeof can } {
  return { session: computed(() => current.value), can };
}
