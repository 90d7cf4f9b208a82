import type { FastifyReply } from 'fastify';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { notFound } from '../../platform/errors.ts';
import { mayOpenFile } from './file.query.ts';

/** Shown in the page itself; everything else is only saved. */
const SHOWN = new Set(['image/jpeg', 'image/png', 'image/webp', 'application/pdf', 'video/mp4']);

/** Sends a file to somebody who may see it. @throws Problem not_found also when it is merely out of scope */
export async function download(deps: Deps, actor: RequestActor, id: string, reply: FastifyReply): Promise<void> {
  if (!(await mayOpenFile(deps.db, actor, id))) throw notFound('文件');
  const file = await deps.files.get(id);
  await file.verify();
  await recordAudit(deps.db, {
    at: deps.clock.now(),
    actor,
    action: 'file.download',
    objectType: 'file',
    objectId: id,
  });
  const disposition = SHOWN.has(file.mime) ? 'inline' : 'attachment';
  await reply
    .type(file.mime)
    .header('content-length', file.size)
    .header('content-disposition', `${disposition}; filename*=UTF-8''${encodeURIComponent(file.name)}`)
    .header('x-content-type-options', 'nosniff')
    // A document opened by itself runs nothing and embeds nothing.
    .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
    .header('cache-control', 'private, no-store')
    .send(file.content.stream());
}
