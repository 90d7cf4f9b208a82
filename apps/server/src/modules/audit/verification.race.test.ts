import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sealAudit } from '../../platform/audit/index.ts';
import { TEST_NOW, type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { runVerification } from './verification.service.ts';

let t: TestApp;
let auditor: TestPerson;
let migrator: pg.Client;
beforeEach(async () => {
  t = await testApp();
  auditor = await t.person((await t.unit('bureau')).id, 'audit_admin');
  migrator = new pg.Client({ connectionString: t.adminUrl, options: '-c search_path=bihuan,public' });
  await migrator.connect();
});
afterEach(async () => {
  await migrator.end();
  await t.close();
});

/** A chain so long that checking it takes more than one look at whether to stop. */
async function longChain(count: number): Promise<void> {
  await t.deps.db.query(
    null,
    `insert into audit_event (at, action, object_type, data)
     select to_timestamp($2::float8 / 1000), 'account.change', 'account', jsonb_build_object('n', n) from generate_series(1, $1) n`,
    [count, TEST_NOW],
  );
  await sealAudit(t.deps.db);
}

/** Each a little later than the one before, so that the list has an order. */
function begin(body: Record<string, unknown> = {}) {
  t.clock.set(t.deps.clock.now() + 1);
  return t.call(auditor, 'POST', '/audit/verify', { commandId: randomUUID(), ...body });
}
const list = async () => (await t.call(auditor, 'GET', '/audit/verifications')).body.items;

/** The verification's row held, so that its runner stands at its next look until the release. */
async function holdRow(id: string): Promise<() => Promise<void>> {
  const holder = new pg.Client({ connectionString: t.adminUrl, options: '-c search_path=bihuan,public' });
  await holder.connect();
  await holder.query('begin');
  await holder.query('select 1 from audit_verification where id = $1 for update', [id]);
  return async () => {
    await holder.query('commit');
    await holder.end();
  };
}

test('runs in the background, keeps its result, and both the asking and the result are in the ledger', async () => {
  await longChain(1_200);
  const started = await begin();
  expect(started).toMatchObject({ status: 200, body: { status: 'queued', ok: null, total: 1_200 } });
  await t.deps.jobs.drain();
  const [kept] = await list();
  expect(kept).toMatchObject({ status: 'done', ok: true, checked: 1_200, problems: [], unsealed: 1 });
  expect(kept.head).toMatchObject({ seq: 1_200 });
  const anchored = await begin({ anchor: kept.head });
  expect(anchored.status).toBe(200);
  await t.deps.jobs.drain();
  expect((await list())[0]).toMatchObject({ ok: true, anchor: kept.head });
  await begin({ anchor: { seq: kept.head.seq, hash: '0'.repeat(64) } });
  await t.deps.jobs.drain();
  expect((await list())[0]).toMatchObject({ ok: false, problems: [{ kind: 'anchor', seq: 1_200 }] });
  const rows = await t.deps.db.query<{ action: string }>(
    null,
    "select action from audit_event where action like 'audit.%' order by id",
  );
  expect(rows.map(({ action }) => action)).toEqual(
    Array.from({ length: 3 }, () => ['audit.verify', 'audit.verified']).flat(),
  );
});

test('names the first damaged row', async () => {
  await longChain(900);
  const { rows } = await migrator.query('select event_id from audit_link where seq in (333, 700) order by seq');
  await migrator.query("update audit_event set note = 'x' where id = any($1)", [rows.map((row) => row.event_id)]);
  await begin();
  await t.deps.jobs.drain();
  const [kept] = await list();
  expect(kept).toMatchObject({ status: 'done', ok: false, checked: 900 });
  expect(kept.problems.map(({ kind, seq }: { kind: string; seq: number }) => [kind, seq])).toEqual([
    ['changed', 333],
    ['changed', 700],
  ]);
});

test('one at a time: of many asked for at once one is taken, and the same command again is the same verification', async () => {
  await longChain(10);
  const commandId = randomUUID();
  const answers = await Promise.all([
    ...Array.from({ length: 4 }, () => begin({ commandId })),
    ...Array.from({ length: 4 }, () => begin()),
  ]);
  const taken = new Set(answers.filter(({ status }) => status === 200).map(({ body }) => body.id));
  expect(taken.size).toBe(1);
  for (const { status, body } of answers)
    if (status !== 200) expect([status, body.code]).toEqual([409, 'verification_running']);
  expect(await list()).toHaveLength(1);
  await t.deps.jobs.drain();
  expect((await begin()).status).toBe(200);
});

test('is cancelled while it waits and while it runs, and then another may begin', async () => {
  await longChain(3_000);
  const waiting = (await begin()).body.id;
  expect((await t.call(auditor, 'POST', `/audit/verifications/${waiting}/cancel`)).body.status).toBe('cancelled');
  await t.deps.jobs.drain();
  expect((await list())[0]).toMatchObject({ status: 'cancelled', checked: 0, ok: null });

  const { id } = (await begin()).body;
  const running = t.deps.jobs.drain();
  while ((await list())[0].status === 'queued') await sleep(5);
  const cancelled = await t.call(auditor, 'POST', `/audit/verifications/${id}/cancel`);
  expect(cancelled.status).toBe(200);
  await running;
  const kept = (await list())[0];
  // The last page may have been read before the asking: then the result stands.
  expect(['cancelled', 'done']).toContain(kept.status);
  expect((await begin()).status).toBe(200);
  expect((await t.call(auditor, 'POST', `/audit/verifications/${randomUUID()}/cancel`)).status).toBe(404);
});

test('asked to stop at a look, it stops there with nothing proven', async () => {
  await longChain(3_000);
  const { id } = (await begin()).body;
  await migrator.query(
    "update audit_verification set status = 'running', heartbeat_at = $2, cancel_requested_at = $2 where id = $1",
    [id, new Date(TEST_NOW)],
  );
  await runVerification(t.deps, id);
  expect((await list())[0]).toMatchObject({ status: 'cancelled', ok: null, head: null });
});

test('a run overtaken by another writes nothing more', async () => {
  await longChain(3_000);
  const { id } = (await begin()).body;
  const first = runVerification(t.deps, id);
  while ((await list())[0].status === 'queued') await sleep(1);
  const release = await holdRow(id);
  const second = runVerification(t.deps, id);
  await release();
  await Promise.all([first, second]);
  expect((await list())[0]).toMatchObject({ status: 'done', ok: true, checked: 3_000 });
  const results = await t.deps.db.query(null, "select 1 from audit_event where action = 'audit.verified'");
  expect(results).toHaveLength(1);
});

test('stopped with the server it is queued again; left by a killed one it can be cancelled', async () => {
  await longChain(600);
  const { id } = (await begin()).body;
  await runVerification(t.deps, id, AbortSignal.abort());
  expect((await list())[0].status).toBe('running');
  t.clock.set(TEST_NOW + 120_000);
  expect((await t.call(auditor, 'POST', `/audit/verifications/${id}/cancel`)).body.status).toBe('cancelled');
  expect((await begin()).status).toBe(200);
  await t.deps.jobs.drain();
  expect((await list())[0]).toMatchObject({ status: 'done', ok: true });
  expect((await list())[1]).toMatchObject({ id, status: 'cancelled' });
});
