import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { bindIdentityRoutes } from './identity.routes.ts';

export { openAccount, resetPassword, unlock } from './account.service.ts';
export { authenticate } from './authenticate.ts';
export { hashPassword } from './password.ts';
export { findSession, SESSION_COOKIE, touchSession } from './session.repo.ts';

/** Accounts, sessions, passwords and second factors. */
export function registerIdentity(api: FastifyInstance, deps: Deps): void {
  bindIdentityRoutes(api, deps);
}
