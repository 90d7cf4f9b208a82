import { setTimeout as sleep } from 'node:timers/promises';
import { TASKS } from '@bihuan/contract/system';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { notify } from '../../platform/notify/index.ts';
import { publish } from '../../platform/outbox/index.ts';
import { TEST_NOW, type TestApp, type TestPerson, testApp } from '../../testing/app.ts';

let t: TestApp;
let officer: TestPerson;
beforeEach(async () => {
  t = await testApp();
  officer = await t.person((await t.unit('squadron')).id, 'officer');
});
afterEach(() => t.close());

describe('background jobs', () => {
  test('are seen and retried by the system administrator only, without their payload', async () => {
    const admin = await t.person((await t.unit('bureau')).id, 'system_admin');
    let healthy = false;
    t.deps.jobs.handle('test.flaky', async () => {
      if (!healthy) throw new Error('接口不可用');
    });
    await t.deps.jobs.add(t.deps.db, 'test.flaky', { secret: '13800000000' }, { maxAttempts: 1 });
    await t.deps.jobs.drain().catch(() => {});
    expect((await t.call(officer, 'GET', '/system/jobs')).status).toBe(403);
    const { body, raw } = await t.call(admin, 'GET', '/system/jobs?state=failed');
    expect(body.counts.failed).toBe(1);
    expect(body.items).toEqual([
      expect.objectContaining({ task: 'test.flaky', state: 'failed', attempts: 1, error: 'Error: 接口不可用' }),
    ]);
    expect(raw.toString()).not.toContain('13800000000');
    healthy = true;
    expect((await t.call(officer, 'POST', `/system/jobs/${body.items[0].id}/retry`)).status).toBe(403);
    expect((await t.call(admin, 'POST', `/system/jobs/${body.items[0].id}/retry`)).status).toBe(204);
    await t.deps.jobs.drain();
    expect((await t.call(admin, 'GET', '/system/jobs')).body.counts.failed).toBe(0);
    expect((await t.call(admin, 'POST', '/system/jobs/999999/retry')).status).toBe(404);
    const audited = await t.deps.db.query(null, "select data from audit_event where action = 'job.retry'");
    expect(audited).toEqual([{ data: { id: body.items[0].id, task: 'test.flaky' } }]);
  });

  test('waiting or failed are taken out of the queue; running ones only where the work can be stopped', async () => {
    const admin = await t.person((await t.unit('bureau')).id, 'system_admin');
    const cancelled: string[] = [];
    let finish = () => {};
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    t.deps.jobs.handle('test.stuck', () => held);
    t.deps.jobs.handle('test.subject', () => held, {
      progress: async (ids) => new Map(ids.map((id) => [id, 0.25])),
      cancel: async (_actor, id) => {
        cancelled.push(id);
        finish();
      },
    });
    await t.deps.jobs.add(t.deps.db, 'test.unknown', {});
    await t.deps.jobs.add(t.deps.db, 'test.stuck', {});
    await t.deps.jobs.add(t.deps.db, 'test.subject', {}, { key: 'test.subject:one' });
    const jobs = async () => (await t.call(admin, 'GET', '/system/jobs')).body;
    const idOf = async (task: string) => (await jobs()).items.find((item: { task: string }) => item.task === task)?.id;
    const running = t.deps.jobs.drain();
    for (let i = 0; i < 400 && (await jobs()).counts.running < 1; i += 1) await sleep(10);
    const before = await jobs();
    const stuck = before.items.find((item: { state: string }) => item.state === 'running');
    expect(stuck).toMatchObject({ task: 'test.stuck', cancellable: false, progress: null });
    expect(before.items.find((item: { task: string }) => item.task === 'test.subject')).toMatchObject({
      progress: 0.25,
    });
    expect(before.tasks.find(({ task }: { task: string }) => task === 'test.unknown').counts.waiting).toBe(1);
    expect((await t.call(admin, 'POST', `/system/jobs/${stuck.id}/cancel`)).body.code).toBe('job_running');
    const waiting = await idOf('test.unknown');
    expect((await t.call(officer, 'POST', `/system/jobs/${waiting}/cancel`)).status).toBe(403);
    expect((await t.call(admin, 'POST', `/system/jobs/${waiting}/cancel`)).status).toBe(204);
    expect(await idOf('test.unknown')).toBeUndefined();
    expect((await t.call(admin, 'POST', `/system/jobs/${await idOf('test.subject')}/cancel`)).status).toBe(204);
    expect(cancelled).toEqual(['one']);
    finish();
    await running;
    const audited = await t.deps.db.query(
      null,
      "select data ->> 'task' as task from audit_event where action = 'job.cancel'",
    );
    expect(audited).toEqual([{ task: 'test.unknown' }, { task: 'test.subject' }]);
  });

  test('of every kind have a name and an explanation', () => {
    expect(t.deps.jobs.tasks().length).toBeGreaterThan(8);
    for (const { task } of t.deps.jobs.tasks()) expect(TASKS[task]?.about, task).toMatch(/。$/);
  });
});

test('outbox messages older than seven days are removed, newer ones stay', async () => {
  for (const age of [8, 6]) {
    await t.deps.db.query(
      null,
      "insert into outbox (topic, object_id, created_at, data) values ('x.y', gen_random_uuid(), $1, $2)",
      [new Date(TEST_NOW - age * 86_400_000), JSON.stringify({ age })],
    );
  }
  await t.deps.jobs.add(t.deps.db, 'system.purgeOutbox', {});
  await t.deps.jobs.drain();
  expect(await t.deps.db.query(null, "select data from outbox where topic = 'x.y'")).toEqual([{ data: { age: 6 } }]);
});

describe('the live stream', () => {
  let url: string;
  let opened: AbortController[] = [];
  beforeEach(async () => {
    await t.deps.live.start();
    url = `${await t.app.listen({ port: 0 })}/api/v1/live`;
  });
  afterEach(() => {
    for (const stream of opened) stream.abort();
    opened = [];
  });

  async function open(
    person: TestPerson | null,
  ): Promise<{ status: number; text: () => string; ended: () => boolean }> {
    const abort = new AbortController();
    opened.push(abort);
    const response = await fetch(url, { headers: person ? { cookie: person.cookie } : {}, signal: abort.signal });
    let text = '';
    let ended = false;
    const decoder = new TextDecoder();
    (async () => {
      for await (const chunk of response.body!) text += decoder.decode(chunk as Uint8Array, { stream: true });
    })()
      .catch(() => {})
      .finally(() => {
        ended = true;
      });
    return { status: response.status, text: () => text, ended: () => ended };
  }

  async function until(condition: () => boolean): Promise<void> {
    for (let i = 0; i < 400; i += 1) {
      if (condition()) return;
      await sleep(50);
    }
    throw new Error('did not happen within 20 s');
  }

  test('is for people signed in, and brings each what concerns them', async () => {
    expect((await open(null)).status).toBe(401);
    const stream = await open(officer);
    expect(stream.status).toBe(200);
    await until(() => stream.text().includes('event: ready'));
    await publish(t.deps.db, {
      topic: 'complaint.changed',
      objectId: officer.actor.unitId,
      unitId: officer.actor.unitId,
    });
    await notify(t.deps.db, {
      at: TEST_NOW,
      personId: officer.actor.personId,
      kind: 'x',
      level: 'warn',
      title: '新消息',
    });
    t.deps.live.wake();
    await until(() => stream.text().includes('notice.new'));
    expect(stream.text()).not.toContain('complaint.changed');
    expect(stream.text()).not.toContain('新消息');
  });

  test('ends soon after its session is revoked', async () => {
    const stream = await open(officer);
    await until(() => stream.text().includes('event: ready'));
    await t.deps.db.query(null, 'update session set revoked_at = now() where id = $1', [officer.actor.sessionId]);
    await until(() => stream.ended());
    expect(stream.text()).toContain('event: ended');
  });

  test('is limited to six of one session, and makes room when one closes', async () => {
    for (let i = 0; i < 6; i += 1) expect((await open(officer)).status).toBe(200);
    expect((await open(officer)).status).toBe(429);
    opened[0]!.abort();
    await sleep(100);
    expect((await open(officer)).status).toBe(200);
  });

  test('does not keep the server from stopping', async () => {
    const stream = await open(officer);
    await until(() => stream.text().includes('event: ready'));
    const started = performance.now();
    await t.app.close();
    expect(performance.now() - started).toBeLessThan(3_000);
    await until(() => stream.ended());
  });
});
