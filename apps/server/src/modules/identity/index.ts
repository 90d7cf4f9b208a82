import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { bindIdentityRoutes } from './identity.routes.ts';

export { resetPassword, unlock } from './account.service.ts';
export { keepLastAdministrator } from './administrators.repo.ts';
export { authenticate } from './authenticate.ts';
export { createAccount } from './create-account.service.ts';
export { closeAccountOf, endSessionsOfPosting } from './leaving.repo.ts';
export { hashPassword } from './password.ts';
export { findSession, SESSION_COOKIE, touchSession } from './session.repo.ts';
export { forgetSessions } from './session-cache.ts';

/** Accounts, sessions, passwords and second factors. */
export function registerIdentity(api: FastifyInstance, deps: Deps): void {
  bindIdentityRoutes(api, deps);
}
