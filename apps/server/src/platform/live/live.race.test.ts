import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TEST_NOW, type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import type { Live, LiveMessage } from '../deps.ts';
import { notify } from '../notify/index.ts';
import { publish } from '../outbox/index.ts';
import { createLive } from './index.ts';

let t: TestApp;
let others: Live[] = [];
beforeEach(async () => {
  t = await testApp();
  await t.deps.live.start();
});
afterEach(async () => {
  for (const live of others) await live.stop();
  others = [];
  await t.close();
});

function heard(person: TestPerson, live = t.deps.live): LiveMessage[] {
  const messages: LiveMessage[] = [];
  live.subscribe(person.actor, (message) => messages.push(message));
  return messages;
}

async function until(condition: () => boolean, limit = 10_000): Promise<number> {
  const start = performance.now();
  while (!condition()) {
    if (performance.now() - start > limit) throw new Error('did not happen in time');
    await sleep(5);
  }
  return performance.now() - start;
}

test('a message reaches the listeners of another server process quickly', async () => {
  const other = createLive({ db: t.deps.db, log: pino({ level: 'silent' }) });
  others.push(other);
  await other.start();
  const leader = await t.person((await t.unit('bureau')).id, 'bureau_leader');
  const here = heard(leader);
  const there = heard(leader, other);
  await publish(t.deps.db, { topic: 'complaint.changed', objectId: randomUUID() });
  t.deps.live.wake();
  await until(() => here.length === 1);
  expect(await until(() => there.length === 1)).toBeLessThan(1_500);
});

test('a message of a rolled back transaction is never delivered', async () => {
  const messages = heard(await t.person((await t.unit('bureau')).id, 'bureau_leader'));
  await t.deps.db
    .transaction(async (trx) => {
      await publish(trx, { topic: 'complaint.changed', objectId: randomUUID(), data: { n: 1 } });
      throw new Error('undone');
    })
    .catch(() => {});
  await publish(t.deps.db, { topic: 'complaint.changed', objectId: randomUUID(), data: { n: 2 } });
  t.deps.live.wake();
  await until(() => messages.length > 0);
  expect(messages.map((message) => message.data.n)).toEqual([2]);
});

test('a late commit is not skipped: what began first is delivered, in order, however late it commits', async () => {
  const messages = heard(await t.person((await t.unit('bureau')).id, 'bureau_leader'));
  const early = await t.deps.db.connect();
  await early.query('begin');
  await early.query(
    "insert into outbox (topic, object_id, data) values ('complaint.changed', gen_random_uuid(), '{\"n\":1}')",
  );
  await publish(t.deps.db, { topic: 'complaint.changed', objectId: randomUUID(), data: { n: 2 } });
  t.deps.live.wake();
  await sleep(200);
  expect(messages).toEqual([]);
  await early.query('commit');
  await early.end();
  await until(() => messages.length === 2);
  expect(messages.map((message) => message.data.n)).toEqual([1, 2]);
});

test('every message of many writers at once is delivered exactly once', async () => {
  const messages = heard(await t.person((await t.unit('bureau')).id, 'bureau_leader'));
  const sent: string[] = [];
  await Promise.all(
    Array.from({ length: 6 }, async (_, writer) => {
      for (let i = 0; i < 50; i += 1) {
        const objectId = randomUUID();
        await t.deps.db.transaction(async (trx) => {
          await publish(trx, { topic: 'complaint.changed', objectId });
          if ((i + writer) % 7 === 0) await sleep(3);
        });
        sent.push(objectId);
        t.deps.live.wake();
      }
    }),
  );
  await until(() => messages.length >= sent.length);
  await sleep(200);
  expect(messages.map((message) => message.objectId).sort()).toEqual(sent.sort());
});

test('complaints are heard of by those who may see them, notices by those addressed', async () => {
  const own = await t.unit('squadron');
  const foreign = await t.unit('squadron');
  const partner = await t.unit('partner');
  const clerk = await t.person(own.id, 'squadron_clerk');
  const officer = await t.person(own.id, 'officer');
  const people = {
    leader: await t.person((await t.unit('bureau')).id, 'bureau_leader'),
    clerk,
    officer,
    stranger: await t.person(foreign.id, 'squadron_clerk'),
    town: await t.person(own.townId!, 'town_liaison'),
    partner: await t.person(partner.id, 'partner_liaison'),
    admin: await t.person((await t.unit('section')).id, 'system_admin'),
  };
  const inboxes = Object.entries(people).map(([who, person]) => ({ who, messages: heard(person) }));
  const complaintId = randomUUID();
  await publish(t.deps.db, { topic: 'complaint.changed', objectId: complaintId, unitId: own.id, townId: own.townId });
  await notify(t.deps.db, {
    at: TEST_NOW,
    unitId: own.id,
    roles: ['squadron_clerk'],
    kind: 'x',
    level: 'info',
    title: '给内勤',
  });
  await notify(t.deps.db, {
    at: TEST_NOW,
    personId: officer.actor.personId,
    kind: 'x',
    level: 'info',
    title: '给队员',
  });
  await publish(t.deps.db, { topic: 'test.end', objectId: randomUUID() });
  t.deps.live.wake();
  await until(() => inboxes.every(({ messages }) => messages.at(-1)?.topic === 'test.end'));
  expect(
    Object.fromEntries(inboxes.map(({ who, messages }) => [who, messages.slice(0, -1).map((m) => m.topic)])),
  ).toEqual({
    leader: ['complaint.changed'],
    clerk: ['complaint.changed', 'notice.new'],
    officer: ['notice.new'],
    stranger: [],
    town: ['complaint.changed'],
    partner: [],
    admin: [],
  });
});
