import { apiDescription, cancelJob, listJobs, liveStream, retryJob } from '@bihuan/contract/system';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { notFound } from '../../platform/errors.ts';
import { bind } from '../../platform/http/bind.ts';
import { apiDocument } from '../../platform/http/openapi.ts';
import { purgeOutbox } from '../../platform/outbox/index.ts';
import { cancelQueued, listQueue, retryQueued } from './jobs.service.ts';
import { createLiveConnections } from './live.service.ts';

const OUTBOX_DAYS = 7;

/** 系统: background jobs for the system administrator, the live stream for everyone, the description of the API. */
export function registerSystemModule(api: FastifyInstance, deps: Deps): void {
  const connections = createLiveConnections(deps);
  api.addHook('preClose', async () => connections.closeAll());
  bind(api, liveStream, async ({ actor, request, reply }) => {
    connections.open(actor, request, reply);
    return undefined;
  });
  bind(api, listJobs, ({ query }) => listQueue(deps, query));
  bind(api, retryJob, async ({ actor, params }) => {
    if (!(await retryQueued(deps, actor, params.id))) throw notFound('任务');
    return undefined;
  });
  bind(api, cancelJob, async ({ actor, params }) => {
    if (!(await cancelQueued(deps, actor, params.id))) throw notFound('任务');
    return undefined;
  });
  bind(api, apiDescription, async ({ reply }) => {
    await reply.type('application/json; charset=utf-8').send(apiDocument(api));
    return undefined;
  });
  deps.jobs.handle('system.purgeOutbox', async (_payload, { log }) => {
    const count = await purgeOutbox(deps.db, deps.clock.now(), OUTBOX_DAYS);
    if (count > 0) log.info({ count }, 'outbox purged');
  });
  // Half past two at night in Shanghai.
  deps.jobs.schedule('system.purgeOutbox', '30 18 * * *');
}
