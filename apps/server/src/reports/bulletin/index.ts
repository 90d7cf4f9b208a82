import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { bindBulletinRoutes } from './bulletin.routes.ts';
import { ARCHIVE_TASK } from './command.service.ts';
import { archiveBulletin } from './files.service.ts';

export { beginBulletin } from './begin.service.ts';
export { executeBulletin } from './command.service.ts';
export { type BulletinFormat, renderBulletin } from './files.service.ts';

/** Weekly analysis and monthly bulletin: drafted from the figures, reviewed, signed, published, received, corrected. */
export function registerBulletin(api: FastifyInstance, deps: Deps): void {
  deps.jobs.handle(ARCHIVE_TASK, ({ id }) => archiveBulletin(deps, String(id)));
  bindBulletinRoutes(api, deps);
}
