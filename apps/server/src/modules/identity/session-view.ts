import type { SessionView } from '@bihuan/contract/identity';
import { isAdministrator, roleDefinition } from '@bihuan/domain/access';
import type { Deps } from '../../platform/deps.ts';
import { currentPostings } from './account.repo.ts';
import { findSession, IDLE_MINUTES } from './session.repo.ts';

/** What a browser is told of its session; with an unknown token, that nobody is signed in. */
export async function sessionView(deps: Deps, token: string | undefined, ip: string | null): Promise<SessionView> {
  const session = token ? await findSession(deps.db, token, deps.clock.now(), ip) : null;
  const demo = deps.demoSignIn;
  if (!session) {
    return {
      actor: null,
      postings: [],
      mustChangePassword: false,
      secondFactor: 'none',
      idleMinutes: IDLE_MINUTES,
      now: new Date(deps.clock.now()).toISOString(),
      demo,
    };
  }
  const { actor } = session;
  const { label, scope, permissions } = roleDefinition(actor.role);
  const postings = await currentPostings(deps.db, actor.personId);
  return {
    actor: {
      personId: actor.personId,
      name: actor.name,
      unit: { id: actor.unitId, name: actor.unitName },
      role: actor.role,
      roleLabel: label,
      permissions: [...permissions],
      scope,
    },
    postings: postings.map((row) => ({
      id: row.id,
      unit: { id: row.unit_id, name: row.unit_name },
      role: row.role,
      roleLabel: roleDefinition(row.role).label,
      current: row.id === actor.postingId,
    })),
    mustChangePassword: session.mustChangePassword,
    secondFactor: session.secondFactorPending
      ? session.hasSecondFactor
        ? 'pending'
        : 'enrol'
      : isAdministrator(actor.role) || session.hasSecondFactor
        ? 'done'
        : 'none',
    idleMinutes: IDLE_MINUTES,
    now: new Date(deps.clock.now()).toISOString(),
    demo: null,
  };
}
