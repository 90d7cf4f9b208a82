export { authenticate } from './authenticate.ts';
export { findSession, SESSION_COOKIE, touchSession } from './session.repo.ts';
