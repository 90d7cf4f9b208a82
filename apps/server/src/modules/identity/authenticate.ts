import type { FastifyRequest } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { Problem } from '../../platform/errors.ts';
import { SESSION_COOKIE, touchSession } from './session.repo.ts';
import { recallSession } from './session-cache.ts';

/** What a session may reach before its second factor is given: only the way to give it, or to leave. */
const BEFORE_FACTOR = new Set(['identity.session', 'identity.signOut', 'identity.verifySecondFactor']);
/** What it may reach before the initial password is changed or a required second factor enrolled. */
const BEFORE_COMPLETE = new Set([
  ...BEFORE_FACTOR,
  'identity.changePassword',
  'identity.enrolSecondFactor',
  'identity.confirmSecondFactor',
]);

/** Finds out who is asking, from the session cookie. @throws Problem when the session is not complete yet */
export async function authenticate(deps: Deps, request: FastifyRequest): Promise<void> {
  request.actor = null;
  const token = request.cookies[SESSION_COOKIE];
  if (!token) return;
  const now = deps.clock.now();
  const session = await recallSession(deps.db, token, now, request.ip);
  if (!session) return;
  const endpoint = request.routeOptions.config.endpoint;
  if (endpoint && endpoint.access !== 'public') {
    const allowed = session.secondFactorPending && session.hasSecondFactor ? BEFORE_FACTOR : BEFORE_COMPLETE;
    if (session.secondFactorPending && !allowed.has(endpoint.id)) {
      throw new Problem(403, 'second_factor_required', '请先完成第二因子验证');
    }
    if (session.mustChangePassword && !allowed.has(endpoint.id)) {
      throw new Problem(403, 'password_change_required', '请先修改初始口令');
    }
  }
  if (session.stale) await touchSession(deps.db, session.actor.sessionId, now);
  request.actor = session.actor;
}
