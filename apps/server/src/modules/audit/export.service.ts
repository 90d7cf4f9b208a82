import { PassThrough } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { RequestActor } from '../../platform/access/index.ts';
import { exportAudit, recordAudit } from '../../platform/audit/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { invalid } from '../../platform/errors.ts';

/** Streams the export; that it was made is itself an event. */
export async function sendExport(
  deps: Deps,
  actor: RequestActor,
  period: { from: Date; to: Date },
  reply: FastifyReply,
): Promise<void> {
  if (period.from >= period.to) throw invalid('起始时间应早于截止时间', [{ field: '/to', message: '应晚于起始时间' }]);
  await recordAudit(deps.db, {
    at: deps.clock.now(),
    actor,
    action: 'audit.export',
    objectType: 'audit',
    data: { from: period.from.toISOString(), to: period.to.toISOString() },
  });
  const stream = new PassThrough();
  exportAudit(deps.db, stream, period).then(
    () => stream.end(),
    (error: Error) => stream.destroy(error),
  );
  const name = `审计链_${period.from.toISOString().slice(0, 10)}_${period.to.toISOString().slice(0, 10)}.jsonl`;
  await reply
    .type('application/octet-stream')
    .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(name)}`)
    .header('cache-control', 'no-store')
    .send(stream);
}
