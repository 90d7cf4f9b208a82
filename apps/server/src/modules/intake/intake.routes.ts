import {
  cancelImport,
  changeSource,
  createSource,
  downloadRejects,
  getImport,
  importSources,
  listDeliveries,
  listImports,
  listSources,
  makeSecret,
  previewImport,
  pushedOrder,
  pushOrders,
  retryDelivery,
  startImport,
  uploadImport,
} from '@bihuan/contract/intake';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { Problem } from '../../platform/errors.ts';
import { bind } from '../../platform/http/bind.ts';
import type { Dictionary } from '../complaint/index.ts';
import { listDeliveryViews, retryNow } from './callback.service.ts';
import { cancel, listPage, preview, receiveUpload, sendRejects, show, start } from './import.service.ts';
import { authenticateSource, receiveOrders, showPushed } from './platform.service.ts';
import { listSources as readSources, type Source } from './sources.repo.ts';
import { addSource, editSource, listSourceViews, newSecret } from './sources.service.ts';

const PUSH_LIMIT = 16 * 1024 * 1024;

export function bindImportRoutes(api: FastifyInstance, deps: Deps): void {
  bind(api, uploadImport, ({ actor, request }) => receiveUpload(deps, actor, request));
  bind(api, previewImport, ({ actor, params, body }) => preview(deps, actor, params.id, body));
  bind(api, startImport, ({ actor, params, body }) => start(deps, actor, params.id, body));
  bind(api, listImports, ({ query }) => listPage(deps, query.after, query.limit ?? 30));
  bind(api, getImport, ({ params }) => show(deps, params.id));
  bind(api, cancelImport, ({ actor, params }) => cancel(deps, actor, params.id));
  bind(api, downloadRejects, async ({ actor, params, reply }) => {
    await sendRejects(deps, actor, params.id, reply);
    return undefined;
  });
  bind(api, importSources, async () => ({
    sources: (await readSources(deps.db))
      .filter((source) => source.closed_at === null)
      .map(({ id, code, name }) => ({ id, code, name })),
  }));
}

export function bindSourceRoutes(api: FastifyInstance, deps: Deps): void {
  bind(api, listSources, () => listSourceViews(deps));
  bind(api, createSource, ({ actor, body }) => addSource(deps, actor, body));
  bind(api, changeSource, ({ actor, params, body }) => editSource(deps, actor, params.id, body));
  bind(api, makeSecret, ({ actor, params, body }) => newSecret(deps, actor, params.id, body));
  bind(api, listDeliveries, ({ query }) => listDeliveryViews(deps, query));
  bind(api, retryDelivery, ({ actor, params }) => retryNow(deps, actor, params.id));
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on the routes of platforms, once the signature was found good. */
    platform: { source: Source; idempotencyKey: string; rawBody: Buffer } | null;
  }
}

/** Routes of other systems: the signature covers the body as it was sent, and is checked before anything is read from it. */
export function bindPlatformRoutes(api: FastifyInstance, deps: Deps, dictionary: Dictionary): void {
  api.register(async (signed) => {
    signed.decorateRequest('platform', null);
    signed.removeContentTypeParser('application/json');
    signed.addContentTypeParser(
      'application/json',
      { parseAs: 'buffer', bodyLimit: PUSH_LIMIT },
      (_request, body, done) => done(null, body),
    );
    signed.addHook('preValidation', async (request) => {
      const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const { source } = request.params as { source: string };
      const identity = await authenticateSource(deps, request, source, rawBody);
      request.platform = { ...identity, rawBody };
      if (request.method === 'GET') return;
      try {
        request.body = JSON.parse(rawBody.toString('utf8'));
      } catch {
        throw new Problem(400, 'invalid', '请求内容不是有效的 JSON');
      }
    });
    bind(signed, pushOrders, ({ body, request }) => {
      const { source, idempotencyKey, rawBody } = request.platform!;
      return receiveOrders(deps, dictionary, source, idempotencyKey, rawBody, body);
    });
    bind(signed, pushedOrder, ({ params, request }) => showPushed(deps, request.platform!.source, params.externalNo));
  });
}
