import { exportAuditChain, listAudit, verifyAuditChain } from '@bihuan/contract/audit';
import type { FastifyInstance } from 'fastify';
import { countUnsealed, sealAudit, verifyAudit } from '../../platform/audit/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { bind } from '../../platform/http/bind.ts';
import { listAuditPage } from './audit.query.ts';
import { sendExport } from './export.service.ts';

/**
 * 审计: for the audit administrator, who sees every action but reads no complaint. Of events on complaints the note and the
 * facts are withheld, here and in exports; their digests are in the chain, so the proof does not suffer.
 */
export function registerAuditModule(api: FastifyInstance, deps: Deps): void {
  bind(api, listAudit, ({ query }) => listAuditPage(deps.db, query));
  bind(api, verifyAuditChain, async ({ body }) => {
    const result = await verifyAudit(deps.db, body.anchor ? { anchor: body.anchor } : {});
    return {
      ...result,
      head: { ...result.head },
      problems: result.problems.map((problem) => ({ ...problem })),
      unsealed: await countUnsealed(deps.db),
    };
  });
  bind(api, exportAuditChain, async ({ actor, query, reply }) => {
    await sendExport(deps, actor, { from: new Date(query.from), to: new Date(query.to) }, reply);
    return undefined;
  });
  deps.jobs.handle('audit.seal', async (_payload, { signal }) => {
    await sealAudit(deps.db, signal);
  });
  deps.jobs.schedule('audit.seal', '* * * * *');
}
