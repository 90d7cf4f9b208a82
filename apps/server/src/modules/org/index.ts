import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { bindOrgRoutes } from './org.routes.ts';

/** Units, people, their posts, and who may grant what to whom. */
export function registerOrg(api: FastifyInstance, deps: Deps): void {
  bindOrgRoutes(api, deps);
}
