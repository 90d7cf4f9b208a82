import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { Problem } from '../errors.ts';

/** Serves the built web application: hashed assets for a year, the page itself always fresh. */
export async function registerWeb(app: FastifyInstance, { config }: Deps): Promise<void> {
  if (!existsSync(join(config.webDist, 'index.html'))) return;
  await app.register(fastifyStatic, {
    root: config.webDist,
    wildcard: false,
    preCompressed: true,
    setHeaders(reply, path) {
      reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  // Any other page address belongs to the web application's router.
  app.get('/*', async (request, reply) => {
    if (/^\/(api|assets)\//.test(request.url)) throw new Problem(404, 'not_found', '没有这个地址');
    return reply.sendFile('index.html');
  });
}
