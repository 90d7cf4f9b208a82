import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import type { AnyEndpoint } from './bind.ts';

const PROBLEM = {
  description: '未能办理：RFC 9457 问题说明',
  content: {
    'application/problem+json': {
      schema: {
        type: 'object',
        required: ['type', 'title', 'status', 'code', 'detail'],
        properties: {
          type: { type: 'string' },
          title: { type: 'string' },
          status: { type: 'integer' },
          code: { type: 'string', description: '稳定的代码' },
          detail: { type: 'string', description: '给人看的一句话' },
          instance: { type: 'string', description: '请求编号' },
          errors: {
            type: 'array',
            items: {
              type: 'object',
              properties: { field: { type: 'string' }, message: { type: 'string' } },
            },
          },
        },
      },
    },
  },
} as const;

interface Operation {
  operationId?: string;
  responses?: Record<string, unknown>;
  security?: object[];
  [extension: `x-${string}`]: unknown;
}

/** Collects the description of every route registered afterwards, from the contract it was bound with. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  const endpoints = new Map<string, AnyEndpoint>();
  app.addHook('onRoute', (route) => {
    const endpoint = route.config?.endpoint;
    if (endpoint) endpoints.set(endpoint.id, endpoint);
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: '闭环接口',
        version: '1',
        description: '每个接口只凭一项权限（x-access）；看不到的记录一律答 404。',
      },
      components: {
        securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'bihuan_session' } },
      },
    },
    hideUntagged: true,
    transformObject: (document) => {
      if (!('openapiObject' in document)) return document.swaggerObject;
      const { openapiObject } = document;
      for (const path of Object.values(openapiObject.paths ?? {})) {
        for (const operation of Object.values(path ?? {}) as Operation[]) {
          const endpoint = endpoints.get(operation.operationId ?? '');
          if (!endpoint) continue;
          operation['x-access'] = endpoint.access;
          operation.security = endpoint.access === 'public' ? [] : [{ session: [] }];
          operation.responses = { ...operation.responses, default: PROBLEM };
        }
      }
      return openapiObject;
    },
  });
}

/** The description as text, for answering and for docs/openapi.json. Ready apps only. */
export function apiDocument(app: FastifyInstance): string {
  return `${JSON.stringify(app.swagger(), null, 2)}\n`;
}
