import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { continueRerun, detectMatters, startRerun } from './index.ts';

let app: TestApp;
let clerks: TestPerson[];
let sourceId: string;
beforeAll(async () => {
  app = await testApp();
  const section = await app.unit('section', '执法协调科');
  clerks = await Promise.all([
    app.person(section.id, 'coordination_clerk'),
    app.person(section.id, 'coordination_clerk'),
  ]);
  const [source] = await app.deps.db.query<{ id: string }>(null, 'select id from intake_source limit 1');
  sourceId = source!.id;
});
afterAll(() => app.close());

let lane = 100;
async function register(at: number): Promise<string> {
  const answer = await app.call(clerks[0]!, 'POST', '/complaints', {
    commandId: randomUUID(),
    sourceId,
    title: `宝林路${at}弄底商油烟扰民`,
    content: `宝林路${at}弄1号底层饭店油烟直排，居民不敢开窗，请处理。`,
    address: `宝林路${at}弄1号`,
  });
  expect(answer.status).toBe(200);
  return answer.body.id;
}
/** A matter of three orders, and another of two. */
async function twoMatters() {
  const first = [await register(lane), await register(lane), await register(lane)];
  lane++;
  const second = [await register(lane), await register(lane)];
  lane++;
  await detectMatters(app.deps);
  const one = (await app.call(clerks[0]!, 'GET', `/complaints/${first[0]}/matter`)).body;
  const other = (await app.call(clerks[0]!, 'GET', `/complaints/${second[0]}/matter`)).body;
  expect([one.matter.orderCount, other.matter.orderCount]).toEqual([3, 2]);
  return { first, second, one, other };
}
const decide = (clerk: TestPerson, matterId: string, ifVersion: number, decision: object) =>
  app.call(clerk, 'POST', `/matters/${matterId}/decision`, { commandId: randomUUID(), ifVersion, decision });

/** No order lost, none in two matters, every count as its orders are. */
async function expectSound(orders: readonly string[]): Promise<void> {
  const rows = await app.deps.db.query<{ orders: number; wrong: number }>(
    null,
    `select (select count(*)::int from matter_order where complaint_id = any($1::uuid[]) and turn is not null) as orders,
            (select count(*)::int from matter m where m.order_count <> (select count(*) from matter_order o where o.matter_id = m.id and o.turn is not null))
          + (select count(*)::int from (select matter_id from matter_order where turn is not null group by matter_id having count(*) > 1) x
              where not exists (select 1 from matter m where m.id = x.matter_id)) as wrong`,
    [orders],
  );
  expect(rows[0]).toEqual({ orders: orders.length, wrong: 0 });
}

describe('two clerks at one matter', () => {
  test('one joins it to another while the other takes it apart: one wins, the other is told, nothing is lost', async () => {
    for (let round = 0; round < 6; round++) {
      const { first, second, one, other } = await twoMatters();
      const answers = await Promise.all([
        decide(clerks[0]!, one.matterId, one.matter.version, { action: 'join', otherId: other.matterId }),
        decide(clerks[1]!, one.matterId, one.matter.version, {
          action: 'split',
          orderIds: [first[2]],
          note: '不是一家店',
        }),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
      expect(answers.find(({ status }) => status === 412)!.body.detail).toContain('刚被他人修改');
      await expectSound([...first, ...second]);
    }
  });

  test('both take the same order out: it leaves once', async () => {
    const { first, one } = await twoMatters();
    const answers = await Promise.all(
      clerks.map((clerk) =>
        decide(clerk, one.matterId, one.matter.version, { action: 'split', orderIds: [first[1]], note: '不是' }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    await expectSound(first);
  });

  test('both answer the same suspicion: one answer counts', async () => {
    const a = await app.call(clerks[0]!, 'POST', '/complaints', {
      commandId: randomUUID(),
      sourceId,
      title: '海江路占道烧烤摊',
      content: '海江路1024号门口有人摆摊烧烤，油烟噪声都大，请取缔。',
      address: '海江路1024号',
    });
    const b = await app.call(clerks[0]!, 'POST', '/complaints', {
      commandId: randomUUID(),
      sourceId,
      title: '海江路占道烧烤摊',
      content: '海江路近友谊路有人摆摊烧烤，油烟噪声都大，请取缔。',
      address: '海江路近友谊路',
    });
    await detectMatters(app.deps);
    const answers = await Promise.all([
      app.call(clerks[0]!, 'POST', `/complaints/${b.body.id}/matter`, { commandId: randomUUID(), answer: 'same' }),
      app.call(clerks[1]!, 'POST', `/complaints/${b.body.id}/matter`, { commandId: randomUUID(), answer: 'different' }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    await expectSound([a.body.id, b.body.id]);
  });
});

describe('many at once', () => {
  test('orders that come in while several processes compare, and everything is compared anew, are each compared once', async () => {
    const before = lane;
    lane += 4;
    const coming = Promise.all(Array.from({ length: 40 }, (_, i) => register(before + (i % 4))));
    const run = await startRerun(app.deps, null, null);
    await Promise.all([
      detectMatters(app.deps),
      detectMatters(app.deps),
      continueRerun(app.deps, run.id, { batch: 5 }),
      coming.then(() => Promise.all([detectMatters(app.deps), detectMatters(app.deps)])),
    ]);
    const ids = await coming;
    await expectSound(ids);
    const [row] = await app.deps.db.query<{ turns: number; matters: number }>(
      null,
      'select count(distinct turn)::int as turns, count(distinct matter_id)::int as matters from matter_order where complaint_id = any($1::uuid[])',
      [ids],
    );
    expect(row).toEqual({ turns: 40, matters: 4 });
    const [fired] = await app.deps.db.query<{ most: number }>(
      null,
      'select max(count)::int as most from (select count(*) from matter_alert group by matter_id, rule_id) x',
    );
    expect(fired!.most).toBe(1);
  });
});
