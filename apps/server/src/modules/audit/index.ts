import {
  cancelVerification,
  exportAuditChain,
  listAudit,
  listVerifications,
  readAuditChain,
  verifyAuditChain,
} from '@bihuan/contract/audit';
import type { FastifyInstance } from 'fastify';
import { sealAudit } from '../../platform/audit/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { bind } from '../../platform/http/bind.ts';
import { chainState, listAuditPage } from './audit.query.ts';
import { sendExport } from './export.service.ts';
import { progressOf } from './verification.repo.ts';
import {
  cancelVerification as cancel,
  listVerifications as listVerificationPage,
  runVerification,
  startVerification,
  VERIFY_TASK,
} from './verification.service.ts';

/**
 * 审计: for the audit administrator, who sees every action but reads no complaint. Of events on complaints the note and the
 * facts are withheld, here and in exports; their digests are in the chain, so the proof does not suffer.
 */
export function registerAuditModule(api: FastifyInstance, deps: Deps): void {
  bind(api, listAudit, ({ query }) => listAuditPage(deps.db, query));
  bind(api, readAuditChain, () => chainState(deps.db));
  bind(api, verifyAuditChain, ({ actor, body }) => startVerification(deps, actor, body));
  bind(api, listVerifications, ({ query }) => listVerificationPage(deps, query));
  bind(api, cancelVerification, ({ actor, params }) => cancel(deps, actor, params.id));
  bind(api, exportAuditChain, async ({ actor, query, reply }) => {
    await sendExport(deps, actor, { from: new Date(query.from), to: new Date(query.to) }, reply);
    return undefined;
  });
  deps.jobs.handle('audit.seal', async (_payload, { signal }) => {
    await sealAudit(deps.db, signal);
  });
  deps.jobs.schedule('audit.seal', '* * * * *');
  deps.jobs.handle(VERIFY_TASK, ({ id }, { signal }) => runVerification(deps, String(id), signal), {
    progress: (ids) => progressOf(deps.db, ids),
    cancel: async (actor, id) => void (await cancel(deps, actor, id)),
  });
}
