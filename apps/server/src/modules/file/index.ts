import { downloadFile, EVIDENCE_LIMIT, uploadFile } from '@bihuan/contract/file';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { bind } from '../../platform/http/bind.ts';
import { download } from './download.service.ts';
import { receiveEvidence } from './upload.service.ts';

/** Evidence of complaints: photos, recordings, documents. Kept byte for byte, whatever the camera wrote into them. */
export function registerFileModule(api: FastifyInstance, deps: Deps): void {
  bind(api, uploadFile, ({ actor, request }) => receiveEvidence(deps, actor, request, EVIDENCE_LIMIT));
  bind(api, downloadFile, async ({ actor, params, reply }) => {
    await download(deps, actor, params.id, reply);
    return undefined;
  });
}
