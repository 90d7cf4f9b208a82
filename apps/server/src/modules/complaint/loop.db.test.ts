import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TEST_NOW, type TestApp, testApp } from '../../testing/app.ts';
import {
  command,
  handledOrder,
  registerOrder,
  type TestDistrict,
  testDistrict,
  walk,
} from '../../testing/complaint.ts';
import { sweepClocks } from './clock.jobs.ts';

let t: TestApp;
let d: TestDistrict;
beforeAll(async () => {
  t = await testApp();
  d = await testDistrict(t);
});
afterAll(() => t.close());

const at = (text: string) => t.clock.set(Date.parse(`${text}+08:00`));

describe('one order through the whole loop', () => {
  it('keeps timeline, clock and state right at each step', async () => {
    at('2023-06-05T10:00:00');
    const { id } = await registerOrder(t, d.clerk, {
      complainantName: '王小明',
      complainantPhone: '13812345678',
      townId: d.units.a.townId,
    });
    const detail = async () => (await t.call(d.clerk, 'GET', `/complaints/${id}`)).body;
    let order = await detail();
    expect(order).toMatchObject({
      status: 'received',
      complainant: { name: '王**', phone: '138****5678' },
      clock: { text: '剩 5 天 5 小时' },
    });
    expect(order.dueAt).toBe(new Date('2023-06-12T17:00:00+08:00').toISOString());

    await walk(t, id, [d.clerk, { action: 'dispatch', unitId: d.units.a.id }]);
    at('2023-06-05T11:00:00');
    await walk(
      t,
      id,
      [d.inner, { action: 'sign' }],
      [d.inner, { action: 'assign', officerId: d.officer.actor.personId }],
    );
    at('2023-06-05T14:00:00');
    await walk(t, id, [d.officer, { action: 'contact', outcome: 'reached', note: '已致电说明' }]);
    order = await detail();
    expect(order.firstContactClock).toBeNull();

    at('2023-06-06T10:00:00');
    const requestId = randomUUID();
    await walk(
      t,
      id,
      [d.officer, { action: 'request', requestId, kind: 'pause', reason: '等待房屋安全鉴定' }],
      [d.chief, { action: 'decide', requestId, approve: true, note: '同意' }],
    );
    at('2023-06-08T10:00:00');
    expect((await detail()).clock).toMatchObject({ paused: true, text: '已暂停，剩 4 天 5 小时' });
    await walk(t, id, [d.officer, { action: 'resume', note: '鉴定报告已出' }]);
    order = await detail();
    expect(order.dueAt).toBe(new Date('2023-06-14T17:00:00+08:00').toISOString());

    await walk(
      t,
      id,
      [d.officer, { action: 'submit', result: '已责令恢复', measures: ['order'] }],
      [d.leader, { action: 'conclude' }],
    );
    expect((await detail()).clock).toBeNull();
    at('2023-06-09T10:00:00');
    await walk(t, id, [
      d.clerk,
      {
        action: 'follow_up',
        channel: 'phone',
        reached: true,
        solved: false,
        satisfaction: 'dissatisfied',
        note: '墙未恢复',
      },
    ]);
    order = await detail();
    expect(order).toMatchObject({ status: 'handling', round: 2, reopenCount: 1 });
    expect(order.dueAt).toBe(new Date('2023-06-14T17:00:00+08:00').toISOString());
    expect(order.rounds[0]).toMatchObject({ solved: false, reopened: true });

    at('2023-06-12T10:00:00');
    await walk(
      t,
      id,
      [d.officer, { action: 'submit', result: '墙体已恢复并验收', measures: ['order'] }],
      [d.leader, { action: 'conclude' }],
      [
        d.clerk,
        { action: 'follow_up', channel: 'phone', reached: true, solved: true, satisfaction: 'satisfied', note: '满意' },
      ],
    );
    order = await detail();
    expect(order).toMatchObject({
      status: 'closed',
      outcome: 'solved',
      allowedActions: ['request', 'locate'],
      allowedRequests: ['exclude'],
    });
    expect(order.timeline.map((event: { action: string }) => event.action.replace('complaint.', ''))).toEqual([
      'register',
      'dispatch',
      'sign',
      'assign',
      'contact',
      'request',
      'decide',
      'resume',
      'submit',
      'conclude',
      'follow_up',
      'submit',
      'conclude',
      'follow_up',
    ]);
  });

  it('lets the citizen answer once through a link, without an account', async () => {
    at('2023-06-05T10:00:00');
    const { id } = await handledOrder(t, d);
    await walk(
      t,
      id,
      [d.officer, { action: 'submit', result: '已处理', measures: [] }],
      [d.leader, { action: 'conclude' }],
    );
    const { url } = (await t.call(d.clerk, 'POST', `/complaints/${id}/citizen-link`)).body;
    const token = url.split('/').at(-1);
    expect((await t.call(null, 'GET', `/citizen/${token}`)).body).toMatchObject({ state: 'open', unitName: '甲中队' });
    const answers = await Promise.all(
      [1, 2].map(() =>
        t.call(null, 'POST', `/citizen/${token}`, { solved: false, satisfaction: 'dissatisfied', note: '没解决' }),
      ),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
    expect((await t.call(d.clerk, 'GET', `/complaints/${id}`)).body).toMatchObject({ status: 'handling', round: 2 });
    expect((await t.call(null, 'GET', `/citizen/${'x'.repeat(43)}`)).status).toBe(404);
  });

  it('returns, transfers and excludes only by request and approval of another', async () => {
    at('2023-06-05T10:00:00');
    const { id } = await handledOrder(t, d);
    const q1 = randomUUID();
    await walk(t, id, [
      d.inner,
      { action: 'request', requestId: q1, kind: 'transfer', reason: '属乙中队辖区', targetUnitId: d.units.b.id },
    ]);
    expect((await command(t, d.inner, id, { action: 'decide', requestId: q1, approve: true, note: '' })).status).toBe(
      403,
    );
    await walk(
      t,
      id,
      [d.chief, { action: 'decide', requestId: q1, approve: true, note: '' }],
      [d.otherInner, { action: 'sign' }],
    );
    expect((await t.call(d.inner, 'GET', `/complaints/${id}`)).status).toBe(404);
    const q2 = randomUUID();
    await walk(t, id, [d.otherInner, { action: 'request', requestId: q2, kind: 'exclude', reason: '诉求无法律依据' }]);
    expect((await command(t, d.chief, id, { action: 'decide', requestId: q2, approve: true, note: '' })).status).toBe(
      409,
    );
    await walk(t, id, [d.supervisor, { action: 'decide', requestId: q2, approve: true, note: '属实' }]);
    const order = (await t.call(d.clerk, 'GET', `/complaints/${id}`)).body;
    expect(order).toMatchObject({ excluded: true, status: 'handling' });
    expect(
      (await t.call(d.clerk, 'GET', '/complaints?excluded=true')).body.items.map((item: { id: string }) => item.id),
    ).toContain(id);
  });
});

describe('commands', () => {
  it('sent again with the same id change nothing and answer the same', async () => {
    at('2023-06-05T10:00:00');
    const { id } = await registerOrder(t, d.clerk);
    const commandId = randomUUID();
    const first = await command(t, d.clerk, id, { action: 'dispatch', unitId: d.units.a.id }, commandId);
    const second = await command(t, d.clerk, id, { action: 'dispatch', unitId: d.units.a.id }, commandId);
    expect([first.body.repeated, second.body.repeated]).toEqual([false, true]);
    expect(second.body).toMatchObject({ status: 'dispatched', version: first.body.version });
    const newOrder = { commandId: randomUUID(), title: '占道设摊', content: '路口有人设摊' };
    const a = await registerOrder(t, d.clerk, newOrder);
    const b = await registerOrder(t, d.clerk, newOrder);
    expect(a.id).toBe(b.id);
  });

  it('on a stale version are refused with 412 and unknown fields with 400', async () => {
    at('2023-06-05T10:00:00');
    const { id } = await registerOrder(t, d.clerk);
    const stale = await t.call(d.clerk, 'POST', `/complaints/${id}/commands`, {
      commandId: randomUUID(),
      ifVersion: 99,
      command: { action: 'accept' },
    });
    expect([stale.status, stale.body.code]).toEqual([412, 'stale_version']);
    const unknown = await t.call(d.clerk, 'POST', `/complaints/${id}/commands`, {
      commandId: randomUUID(),
      command: { action: 'accept', extra: 1 },
    });
    expect(unknown.status).toBe(400);
  });

  it('name missing people and units field by field, in Chinese', async () => {
    const { id } = await registerOrder(t, d.clerk);
    const answer = await command(t, d.clerk, id, { action: 'dispatch', unitId: randomUUID() });
    expect(answer.body).toMatchObject({
      status: 400,
      code: 'invalid',
      errors: [{ field: '/command/unitId', message: '请选择中队' }],
    });
  });

  it('in a batch fail one by one, the rest is done', async () => {
    at('2023-06-05T10:00:00');
    const [a, b] = [await registerOrder(t, d.clerk), await registerOrder(t, d.clerk)];
    await walk(t, b.id, [d.clerk, { action: 'decline', reason: '不属城管职责' }]);
    const body = { commandId: randomUUID(), ids: [a.id, b.id], command: { action: 'dispatch', unitId: d.units.a.id } };
    const { results } = (await t.call(d.clerk, 'POST', '/complaints/batch', body)).body;
    expect(results.map((r: { ok: boolean }) => r.ok)).toEqual([true, false]);
    const again = (await t.call(d.clerk, 'POST', '/complaints/batch', body)).body.results;
    expect(again[0]).toMatchObject({ ok: true, status: 'dispatched' });
  });
});

describe('personal data', () => {
  it('is masked, encrypted at rest, opened for a reason, and every look recorded', async () => {
    at('2023-06-05T10:00:00');
    const { id } = await registerOrder(t, d.clerk, {
      content: '请回电13987654321，地址101室',
      complainantName: '李四',
      complainantPhone: '139 8765 4321',
    });
    const [row] = await t.deps.db.query<{ content: string; dump: string }>(
      null,
      'select c.content, (select row_to_json(x)::text from complainant x where x.complaint_id = c.id) as dump from complaint c where id = $1',
      [id],
    );
    expect(row!.content).toBe('请回电139****4321，地址101室');
    expect(row!.dump).not.toContain('李四');
    const opened = await t.call(d.clerk, 'POST', `/complaints/${id}/reveal`, { reason: '电话回访' });
    expect(opened.body).toMatchObject({
      name: '李四',
      phone: '139 8765 4321',
      content: '请回电13987654321，地址101室',
    });
    const timeline = (await t.call(d.clerk, 'GET', `/complaints/${id}`)).body.timeline;
    expect(timeline.at(-1)).toMatchObject({ action: 'complaint.reveal', note: '电话回访' });
    expect((await t.call(d.clerk, 'POST', `/complaints/${id}/reveal`, { reason: ' ' })).status).toBe(400);
  });

  it('finds orders by a whole phone number, for those who may see phones only', async () => {
    const { id } = await registerOrder(t, d.clerk, {
      complainantName: '赵六',
      complainantPhone: '13611112222',
      townId: d.units.a.townId,
    });
    const found = async (as: typeof d.clerk, q: string) =>
      (await t.call(as, 'GET', `/complaints?q=${encodeURIComponent(q)}`)).body.items.map(
        (item: { id: string }) => item.id,
      );
    expect(await found(d.clerk, '13611112222')).toEqual([id]);
    expect(await found(d.clerk, '1361111222')).toEqual([]);
    expect(await found(d.liaison, '13611112222')).toEqual([]);
  });
});

describe('warnings', () => {
  it('come once at 50 %, 80 % and overdue, up the line, also when two sweepers run at once', async () => {
    at('2023-06-05T10:00:00');
    const { id } = await handledOrder(t, d);
    await walk(t, id, [d.officer, { action: 'contact', outcome: 'reached', note: '已联系' }]);
    const warnings = () =>
      t.deps.db.query<{ level: number }>(
        null,
        "select level from clock_warning where complaint_id = $1 and clock = 'handling' order by level",
        [id],
      );
    at('2023-06-08T10:00:00');
    await Promise.all([sweepClocks(t.deps), sweepClocks(t.deps)]);
    expect((await warnings()).map((w) => w.level)).toEqual([50]);
    at('2023-06-13T10:00:00');
    await Promise.all([sweepClocks(t.deps), sweepClocks(t.deps)]);
    await sweepClocks(t.deps);
    expect((await warnings()).map((w) => w.level)).toEqual([50, 80, 100]);
    const notices = await t.deps.db.query<{ title: string; roles: string[] | null; n: number }>(
      null,
      "select title, roles, count(*)::int as n from notice where object_id = $1 and kind = 'complaint.clock' and title like '办理%' group by 1, 2",
      [id],
    );
    expect(notices.every((notice) => notice.n === 1 || notice.roles?.includes('supervisor'))).toBe(true);
    expect(
      notices
        .filter((notice) => notice.title === '办理已超时')
        .map((notice) => notice.roles?.[0] ?? 'officer')
        .sort(),
    ).toEqual(['coordination_clerk', 'officer', 'squadron_clerk']);
  });
});

describe('lists', () => {
  it('page by keyset without losing or repeating a row, and count up to the cap', async () => {
    t.clock.set(TEST_NOW);
    const seen: string[] = [];
    let after = '';
    for (;;) {
      const page = (await t.call(d.clerk, 'GET', `/complaints?limit=3&sort=due${after}`)).body;
      seen.push(...page.items.map((item: { id: string }) => item.id));
      if (!page.next) break;
      after = `&after=${encodeURIComponent(page.next)}`;
    }
    const all = await t.deps.db.query<{ id: string }>(null, 'select id from complaint');
    expect(seen).toHaveLength(all.length);
    expect(new Set(seen).size).toBe(all.length);
    expect((await t.call(d.clerk, 'GET', '/complaints')).body.total).toBe(all.length);
  });

  it('export as a spreadsheet what the list shows', async () => {
    const answer = await t.call(d.clerk, 'GET', '/complaints/export.xlsx?open=true');
    expect(answer.status).toBe(200);
    expect(answer.raw.subarray(0, 2).toString()).toBe('PK');
    expect((await t.call(d.officer, 'GET', '/complaints/export.xlsx')).status).toBe(403);
  });

  it('give each person the work of his duty', async () => {
    t.clock.set(TEST_NOW);
    const { id } = await handledOrder(t, d);
    const tasks = async (as: typeof d.clerk) =>
      (await t.call(as, 'GET', '/my-work')).body.items
        .filter((item: { complaint: { id: string } }) => item.complaint.id === id)
        .map((item: { task: string }) => item.task);
    expect(await tasks(d.officer)).toEqual(['contact']);
    expect(await tasks(d.colleague)).toEqual([]);
    await walk(t, id, [d.officer, { action: 'submit', result: '已处理', measures: [] }]);
    expect(await tasks(d.leader)).toEqual(['review']);
    await walk(t, id, [d.leader, { action: 'conclude' }]);
    expect(await tasks(d.clerk)).toEqual(['follow_up']);
    const counts = (await t.call(d.clerk, 'GET', '/complaints/counts')).body;
    expect(counts.byStatus.following_up).toBeGreaterThan(0);
    expect((await t.call(d.chief, 'GET', '/my-work?task=decide')).status).toBe(200);
  });
});
