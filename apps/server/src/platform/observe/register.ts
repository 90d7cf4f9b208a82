import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { missingMigrations } from '../db/index.ts';
import type { Deps } from '../deps.ts';
import { notFound } from '../errors.ts';
import { createMetrics } from './metrics.ts';

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/**
 * What operators look at, outside the API: `/healthz` (the process answers), `/readyz` (the database answers and is at this
 * program's version), `/metrics` (Prometheus), and one log line a request without bodies, queries or personal data.
 */
export function registerObserve(app: FastifyInstance, deps: Deps): void {
  const { registry, duration } = createMetrics(deps);

  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    const status = reply.statusCode;
    const ms = Math.round(reply.elapsedTime * 10) / 10;
    duration.observe({ method: request.method, route, status }, reply.elapsedTime / 1000);
    if (route === '/healthz' || route === '/metrics' || route === '/readyz') return;
    request.log.info(
      { method: request.method, route, status, ms, account: request.actor?.accountId ?? null },
      'request',
    );
  });

  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/readyz', async (request, reply) => {
    try {
      const missing = await missingMigrations(deps.db);
      if (missing.length === 0) return { status: 'ok' };
      request.log.error({ missing }, 'not ready: migrations missing');
      return reply.code(503).send({ status: 'migrations_missing' });
    } catch (error) {
      request.log.error({ err: error }, 'not ready: database');
      return reply.code(503).send({ status: 'database_unavailable' });
    }
  });

  app.get('/metrics', async (request, reply) => {
    if (!mayScrape(request, deps.config.metricsToken)) throw notFound('地址');
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}

/** With a token set, whoever knows it; otherwise only this machine, and nobody through a proxy on it. */
function mayScrape(request: FastifyRequest, token: string | null): boolean {
  if (token === null) {
    return LOOPBACK.has(request.socket.remoteAddress ?? '') && request.headers['x-forwarded-for'] === undefined;
  }
  const given = Buffer.from(request.headers.authorization ?? '');
  const expected = Buffer.from(`Bearer ${token}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
