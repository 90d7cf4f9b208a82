import { Writable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApp } from '../../build-app.ts';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import type { Deps } from '../deps.ts';
import { createJobs } from '../jobs/index.ts';

let t: TestApp;
let officer: TestPerson;
beforeAll(async () => {
  t = await testApp();
  officer = await t.person((await t.unit('squadron')).id, 'officer');
});
afterAll(() => t.close());

/** A second app on the same database, with something about it changed. */
function another(changed: Partial<Deps>): Promise<FastifyInstance> {
  const jobs = createJobs({ databaseUrl: t.adminUrl, schema: t.deps.db.schema, log: t.deps.log });
  return buildApp({ ...t.deps, jobs, ...changed });
}

test('healthz answers; readyz says whether the database is there and up to date', async () => {
  expect((await t.app.inject('/healthz')).json()).toEqual({ status: 'ok' });
  expect((await t.app.inject('/readyz')).statusCode).toBe(200);
  const app = await another({
    db: { ...t.deps.db, query: () => Promise.reject(new Error('database is away')) },
  });
  const answer = await app.inject('/readyz');
  expect([answer.statusCode, answer.json()]).toEqual([503, { status: 'database_unavailable' }]);
  await app.close();
});

test('metrics count requests by route template and show jobs, outbox and audit', async () => {
  await t.call(officer, 'GET', '/complaints/00000000-0000-7000-8000-000000000001');
  const { statusCode, body } = await t.app.inject('/metrics');
  expect(statusCode).toBe(200);
  expect(body).toContain(
    'bihuan_http_request_duration_seconds_count{method="GET",route="/api/v1/complaints/:id",status="404"} 1',
  );
  for (const name of [
    'bihuan_jobs{state="failed"}',
    'bihuan_outbox_lag_seconds',
    'bihuan_audit_unsealed_events',
    'bihuan_db_pool_connections',
  ]) {
    expect(body).toContain(name);
  }
  expect(body).not.toContain('00000000-0000-7000');
});

test('metrics are for this machine, or with a token set for whoever knows it', async () => {
  expect((await t.app.inject({ url: '/metrics', remoteAddress: '10.0.0.9' })).statusCode).toBe(404);
  expect((await t.app.inject({ url: '/metrics', headers: { 'x-forwarded-for': '10.0.0.9' } })).statusCode).toBe(404);
  const app = await another({ config: { ...t.deps.config, metricsToken: 's3cret' } });
  const scrape = (authorization?: string) =>
    app.inject({ url: '/metrics', remoteAddress: '10.0.0.9', headers: authorization ? { authorization } : {} });
  expect((await scrape()).statusCode).toBe(404);
  expect((await scrape('Bearer s3creT')).statusCode).toBe(404);
  expect((await scrape('Bearer s3cret')).statusCode).toBe(200);
  await app.close();
});

test('each request leaves one log line: route template, status, time, account; no address, query or body', async () => {
  const lines: Record<string, unknown>[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()));
      done();
    },
  });
  const app = await another({ log: pino({ level: 'info' }, sink) });
  await app.inject({
    url: '/api/v1/complaints?q=13800000000',
    headers: { cookie: officer.cookie },
  });
  await app.close();
  const requests = lines.filter((line) => line.msg === 'request');
  expect(requests).toEqual([
    expect.objectContaining({
      method: 'GET',
      route: '/api/v1/complaints',
      account: officer.actor.accountId,
      reqId: expect.any(String),
    }),
  ]);
  expect(JSON.stringify(lines)).not.toContain('13800000000');
  expect(JSON.stringify(lines)).not.toContain(officer.cookie);
});
