import type { FastifyRequest } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { Problem } from '../../platform/errors.ts';
import { findSession, SESSION_COOKIE, touchSession } from './session.repo.ts';

/** Endpoints a session may still reach before its second factor or its first password change. */
const BEFORE_COMPLETE = new Set(['identity.session', 'identity.signOut', 'identity.changePassword', 'identity.verifySecondFactor', 'identity.enrolSecondFactor', 'identity.confirmSecondFactor']);

/** Finds out who is asking, from the session cookie. @throws Problem when the session is not complete yet */
export async function authenticate(deps: Deps, request: FastifyRequest): Promise<void> {
  request.actor = null;
  const token = request.cookies[SESSION_COOKIE];
  if (!token) return;
  const now = deps.clock.now();
  const session = await findSession(deps.db, token, now, request.ip);
  if (!session) return;
  const endpointId = request.routeOptions.config.endpoint?.id ?? '';
  if (!BEFORE_COMPLETE.has(endpointId) && request.routeOptions.config.endpoint?.access !== 'public') {
    if (session.secondFactorPending) throw new Problem(403, 'second_factor_required', '请先完成第二因子验证');
    if (session.mustChangePassword) throw new Problem(403, 'password_change_required', '请先修改初始口令');
  }
  if (session.stale) await touchSession(deps.db, session.actor.sessionId, now);
  request.actor = session.actor;
}
