import { randomUUID } from 'node:crypto';
import { LATEST } from '@bihuan/domain/similarity';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { handledOrder, testDistrict, walk } from '../../testing/complaint.ts';
import { CANDIDATES_SQL } from './compare.repo.ts';
import { continueRerun, detectMatters, startRerun, sweepReopened } from './index.ts';

const DAY = 86_400_000;
let app: TestApp;
let clerk: TestPerson;
let chief: TestPerson;
let leader: TestPerson;
let squadron: { id: string; townId: string | null };
let squadronClerk: TestPerson;
let otherClerk: TestPerson;
let sourceId: string;

beforeAll(async () => {
  app = await testApp();
  const section = await app.unit('section', '执法协调科');
  clerk = await app.person(section.id, 'coordination_clerk');
  chief = await app.person(section.id, 'coordination_chief');
  leader = await app.person((await app.unit('bureau', '宝山区城管执法局')).id, 'bureau_leader');
  squadron = await app.unit('squadron', '友谊中队');
  squadronClerk = await app.person(squadron.id, 'squadron_clerk');
  otherClerk = await app.person((await app.unit('squadron', '吴淞中队')).id, 'squadron_clerk');
  const [source] = await app.deps.db.query<{ id: string }>(null, 'select id from intake_source limit 1');
  sourceId = source!.id;
});
afterAll(() => app.close());

interface Draft {
  title: string;
  content: string;
  address?: string;
  phone?: string;
  daysAgo?: number;
}
async function register(draft: Draft): Promise<string> {
  const at = app.clock.now() - (draft.daysAgo ?? 0) * DAY;
  const answer = await app.call(clerk, 'POST', '/complaints', {
    commandId: randomUUID(),
    sourceId,
    title: draft.title,
    content: draft.content,
    ...(draft.address ? { address: draft.address } : {}),
    ...(draft.phone ? { complainantPhone: draft.phone } : {}),
    receivedAt: new Date(at).toISOString(),
  });
  expect(answer.status).toBe(200);
  return answer.body.id;
}
const fume = (lane: number, words: string, more: Partial<Draft> = {}): Draft => ({
  title: `宝林路${lane}弄底商油烟扰民`,
  content: `${words}，宝林路${lane}弄1号底层饭店油烟直排，居民不敢开窗，请处理。`,
  address: `友谊路街道宝林路${lane}弄1号`,
  ...more,
});
const view = async (id: string, as: TestPerson = clerk) => (await app.call(as, 'GET', `/complaints/${id}/matter`)).body;
const matterOf = async (id: string): Promise<string> => (await view(id)).matterId;

describe('detection', () => {
  test('orders of one place and trouble become one matter, with its reasons; another lane is another matter', async () => {
    const [a, b, c] = [
      await register(fume(101, '每天中午油烟呛人', { daysAgo: 9 })),
      await register(fume(101, '晚上饭店油烟太大', { daysAgo: 3 })),
      await register(fume(103, '每天中午油烟呛人', { daysAgo: 1 })),
    ];
    await detectMatters(app.deps);
    expect(await matterOf(b)).toBe(await matterOf(a));
    expect(await matterOf(c)).not.toBe(await matterOf(a));
    const seen = await view(b);
    expect(seen.matter.orderCount).toBe(2);
    expect(seen.reasons.join()).toContain('宝林路101弄');
    expect(seen.others.map((other: { id: string }) => other.id)).toEqual([a]);
    const list = await app.call(clerk, 'GET', `/complaints?matterId=${seen.matterId}`);
    expect(list.body.items.map((item: { id: string }) => item.id).sort()).toEqual([a, b].sort());
  });

  test('every number of a matter opens to its orders', async () => {
    const ids = [
      await register(fume(201, '油烟大', { daysAgo: 200 })),
      await register(fume(201, '油烟很大', { daysAgo: 20 })),
      await register(fume(201, '又是油烟', { daysAgo: 2 })),
    ];
    await detectMatters(app.deps);
    const matterId = await matterOf(ids[0]!);
    const matter = (await app.call(clerk, 'GET', `/matters/${matterId}`)).body;
    for (const { days, count, from, to } of matter.windows) {
      const list = await app.call(
        clerk,
        'GET',
        `/complaints?matterId=${matterId}&receivedFrom=${from}&receivedTo=${to}`,
      );
      expect([days, list.body.total]).toEqual([days, count]);
    }
    expect(matter.orders).toHaveLength(matter.orderCount);
  });

  test('the candidates of an order come from the index alone', async () => {
    const admin = new pg.Client({ connectionString: app.adminUrl, options: '-c search_path=bihuan' });
    await admin.connect();
    await admin.query('begin');
    await admin.query('insert into matter_key select i % 500, 1000000 + i from generate_series(1, 200000) i');
    await admin.query('analyze matter_key');
    const { rows } = await admin.query<{ 'QUERY PLAN': string }>(
      `explain (analyze, buffers, costs off, timing off, summary off) ${CANDIDATES_SQL.replace('$1', "'{1,2,3}'").replace('$2', '9000000')}`,
    );
    await admin.query('rollback');
    await admin.end();
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('Index Only Scan Backward using matter_key_pkey');
    expect(plan).toMatch(/Index Cond: \(\(key = k\.key\) AND \(turn < /);
    // Three keys of 400 orders each: only the latest of each are read.
    expect(plan).toMatch(new RegExp(`Limit \\(actual rows=${LATEST}(\\.00)? loops=3\\)`));
  });
});

describe('what people say', () => {
  async function pairOfMatters(lane: number): Promise<[string, string]> {
    const a = await register(fume(lane, '油烟呛人', { daysAgo: 3 }));
    const b = await register(fume(lane + 1, '油烟呛人', { daysAgo: 2 }));
    await detectMatters(app.deps);
    return [a, b];
  }

  test('joined and taken apart again: later orders, and comparing everything anew, obey', async () => {
    const [a, b] = await pairOfMatters(301);
    const joined = await app.call(clerk, 'POST', `/matters/${await matterOf(a)}/decision`, {
      commandId: randomUUID(),
      ifVersion: 0,
      decision: { action: 'join', otherId: await matterOf(b) },
    });
    expect(joined.status).toBe(200);
    expect(await matterOf(b)).toBe(await matterOf(a));
    await rerun();
    expect(await matterOf(b)).toBe(await matterOf(a));
    expect((await view(b)).byPerson).toBe(true);

    const version = (await app.call(clerk, 'GET', `/matters/${await matterOf(a)}`)).body.version;
    const apart = await app.call(clerk, 'POST', `/matters/${await matterOf(a)}/decision`, {
      commandId: randomUUID(),
      ifVersion: version,
      decision: { action: 'split', orderIds: [b], note: '不是一家店' },
    });
    expect(apart.status).toBe(200);
    expect(await matterOf(b)).not.toBe(await matterOf(a));
    await rerun();
    expect(await matterOf(b)).not.toBe(await matterOf(a));
  });

  test('a machine-made matter taken apart stays apart when everything is compared anew', async () => {
    const a = await register(fume(331, '油烟呛人', { daysAgo: 3 }));
    const b = await register(fume(331, '油烟很重', { daysAgo: 2 }));
    await detectMatters(app.deps);
    expect(await matterOf(b)).toBe(await matterOf(a));
    await app.call(clerk, 'POST', `/complaints/${b}/matter`, { commandId: randomUUID(), answer: 'leave' });
    expect(await matterOf(b)).toBe(b);
    await rerun();
    expect(await matterOf(b)).toBe(b);
    expect(await matterOf(a)).toBe(a);
  });

  test('a suggestion is answered once: the same command again changes nothing, another person is told', async () => {
    const { order } = await suggested();
    const commandId = randomUUID();
    const first = await app.call(clerk, 'POST', `/complaints/${order}/matter`, { commandId, answer: 'same' });
    expect(first.status).toBe(200);
    expect(first.body.matter.orderCount).toBe(2);
    const again = await app.call(clerk, 'POST', `/complaints/${order}/matter`, { commandId, answer: 'same' });
    expect(again.body.matterId).toBe(first.body.matterId);
    const late = await app.call(chief, 'POST', `/complaints/${order}/matter`, {
      commandId: randomUUID(),
      answer: 'different',
    });
    expect(late.status).toBe(409);
    expect(late.body.detail).toContain('已由他人判断');
  });

  test('“not the same” is kept for ever', async () => {
    const { order, like } = await suggested();
    await app.call(clerk, 'POST', `/complaints/${order}/matter`, { commandId: randomUUID(), answer: 'different' });
    expect((await view(order)).suggestion).toBeNull();
    await rerun();
    expect((await view(order)).suggestion).toBeNull();
    expect(await matterOf(order)).not.toBe(await matterOf(like));
  });

  let road = 0;
  /** One says a house number, the other a crossing of the same road: a person must look. */
  async function suggested(): Promise<{ order: string; like: string }> {
    const name = ['牡丹江路', '铁力路', '双城路', '海江路', '密山路'][road++]!;
    const like = await register({
      title: `${name}占道烧烤摊`,
      content: `${name}1024号门口有人摆摊烧烤，油烟噪声都大，请取缔。`,
      address: `${name}1024号`,
      daysAgo: 2,
    });
    const order = await register({
      title: `${name}占道烧烤摊`,
      content: `${name}近友谊路有人摆摊烧烤，油烟噪声都大，请取缔。`,
      address: `${name}近友谊路`,
      daysAgo: 1,
    });
    await detectMatters(app.deps);
    const seen = await view(order);
    expect(seen.suggestion.like.id).toBe(like);
    expect(seen.suggestion.reasons.length).toBeGreaterThan(0);
    const list = await app.call(clerk, 'GET', '/complaints?suspected=true');
    expect(list.body.items.map((item: { id: string }) => item.id)).toContain(order);
    return { order, like };
  }
});

async function rerun(batch = 200, stopAfter?: number): Promise<void> {
  const run = await startRerun(app.deps, null, null);
  if (stopAfter !== undefined) {
    const stop = new AbortController();
    let batches = 0;
    const counting = {
      ...app.deps,
      db: {
        ...app.deps.db,
        transaction: async <T>(work: Parameters<typeof app.deps.db.transaction<T>>[0]) => {
          const result = await app.deps.db.transaction(work);
          if (++batches === stopAfter) stop.abort();
          return result;
        },
      },
    } as unknown as typeof app.deps;
    await continueRerun(counting, run.id, { batch, signal: stop.signal });
  }
  await continueRerun(app.deps, run.id, { batch });
}

describe('comparing everything anew', () => {
  const partition = () =>
    app.deps.db.query<{ id: string; matter_id: string }>(
      null,
      'select complaint_id as id, matter_id from matter_order where turn is not null order by turn',
    );

  test('gives the same answer as the comparing one by one, whatever the batches, and when it is stopped in between', async () => {
    for (let lane = 400; lane < 412; lane++)
      for (let i = 0; i < 3; i++)
        await register(fume(lane, ['油烟呛人', '每天油烟', '饭店排烟'][i]!, { daysAgo: i * 5 }));
    await detectMatters(app.deps);
    const before = await partition();
    await rerun(200);
    expect(await partition()).toEqual(before);
    await rerun(7, 2);
    expect(await partition()).toEqual(before);
    const [sum] = await app.deps.db.query<{ wrong: number }>(
      null,
      `select count(*)::int as wrong from matter m where order_count <> (select count(*) from matter_order o where o.matter_id = m.id and o.turn is not null)`,
    );
    expect(sum!.wrong).toBe(0);
  });

  test('only one run at a time; it can be cancelled', async () => {
    const run = await app.call(chief, 'POST', '/matters/runs', { commandId: randomUUID() });
    expect(run.status).toBe(200);
    expect((await app.call(chief, 'POST', '/matters/runs', { commandId: randomUUID() })).status).toBe(409);
    const stopped = await app.call(chief, 'POST', `/matters/runs/${run.body.id}/cancel`, { commandId: randomUUID() });
    expect(stopped.body.cancelled).toBe(true);
    expect((await app.call(clerk, 'POST', '/matters/runs', { commandId: randomUUID() })).status).toBe(403);
  });
});

describe('warnings', () => {
  const alerts = async (matterId: string) => (await app.call(clerk, 'GET', `/matters/${matterId}`)).body.alerts;

  test('the third order in 30 days warns coordination, once; the fifth calls the squadron leader', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 2; i++) ids.push(await register(fume(501, '油烟呛人', { daysAgo: 8 - i })));
    await detectMatters(app.deps);
    expect(await alerts(await matterOf(ids[0]!))).toEqual([]);
    ids.push(await register(fume(501, '油烟很重', { daysAgo: 1 })));
    await detectMatters(app.deps);
    const matterId = await matterOf(ids[0]!);
    expect((await alerts(matterId)).map((alert: { action: string }) => alert.action)).toEqual(['coordinate']);
    const notices = await app.deps.db.query<{ title: string }>(
      null,
      "select title from notice where kind = 'matter.alert' and object_id = $1",
      [matterId],
    );
    expect(notices.map(({ title }) => title)).toEqual(['同一事项 30 天内 3 件，提请执法协调科协调']);
    ids.push(await register(fume(501, '油烟', { daysAgo: 1 })), await register(fume(501, '还是油烟', {})));
    await detectMatters(app.deps);
    expect((await alerts(matterId)).map((alert: { action: string }) => alert.action).sort()).toEqual([
      'coordinate',
      'leader_on_site',
    ]);
  });

  test('orders of last year warn of nothing', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 4; i++) ids.push(await register(fume(511, '油烟呛人', { daysAgo: 300 + i })));
    await detectMatters(app.deps);
    expect(await alerts(await matterOf(ids[0]!))).toEqual([]);
  });

  test('a warning is declined with a reason, and is not given again', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.push(await register(fume(521, '油烟呛人', { daysAgo: 3 - i })));
    await detectMatters(app.deps);
    const matterId = await matterOf(ids[0]!);
    const matter = (await app.call(clerk, 'GET', `/matters/${matterId}`)).body;
    const change = (note: string) =>
      app.call(clerk, 'POST', `/matters/${matterId}/changes`, {
        commandId: randomUUID(),
        ifVersion: matter.version,
        change: { action: 'alert', alertId: matter.alerts[0].id, status: 'declined', note },
      });
    expect((await change('')).status).toBe(400);
    expect((await change('商户已停业装修')).status).toBe(200);
    expect((await change('商户已停业装修')).status).toBe(412);
    await register(fume(521, '油烟'));
    await detectMatters(app.deps);
    const after = await alerts(matterId);
    expect(after.map((alert: { status: string; note: string }) => [alert.status, alert.note])).toEqual([
      ['declined', '商户已停业装修'],
    ]);
  });

  test('a matter reopened twice is proposed for supervision', async () => {
    const ids = [
      await register(fume(531, '油烟呛人', { daysAgo: 40 })),
      await register(fume(531, '油烟很重', { daysAgo: 39 })),
    ];
    await detectMatters(app.deps);
    await app.deps.db.query(null, 'update complaint set reopen_count = 1 where id = any($1::uuid[])', [ids]);
    expect(await sweepReopened(app.deps)).toBe(1);
    expect(await sweepReopened(app.deps)).toBe(0);
    expect((await alerts(await matterOf(ids[0]!))).map((alert: { action: string }) => alert.action)).toEqual([
      'propose_supervision',
    ]);
  });
});

describe('backlog', () => {
  test('is listed with a leader, worked off by steps, submitted and struck off; each step is refused out of turn', async () => {
    const order = await register(fume(601, '多年信访', {}));
    await detectMatters(app.deps);
    const id = await matterOf(order);
    let version = 0;
    const change = async (as: TestPerson, wish: object) => {
      const answer = await app.call(as, 'POST', `/matters/${id}/backlog`, {
        commandId: randomUUID(),
        ifVersion: version,
        change: wish,
      });
      if (answer.status === 200) version = answer.body.version;
      return answer;
    };
    const listing = {
      action: 'list',
      leaderId: leader.actor.personId,
      reason: '三年多次重复信访',
      plan: '一、约谈；二、听证',
      dueOn: '2023-09-30',
    };
    expect((await change(clerk, listing)).status).toBe(403);
    expect((await change(chief, { ...listing, leaderId: clerk.actor.personId })).status).toBe(400);
    expect((await change(chief, listing)).status).toBe(200);
    expect((await change(chief, listing)).status).toBe(409);
    const step = {
      action: 'step',
      stepId: null,
      kind: 'hearing',
      content: '组织听证会',
      plannedOn: '2023-07-10',
      doneOn: null,
      note: null,
    };
    expect((await change(clerk, step)).status).toBe(200);
    expect((await change(clerk, { action: 'submit', note: '已化解' })).body.detail).toContain('还有计划节点没有完成');
    const matter = (await app.call(clerk, 'GET', `/matters/${id}`)).body;
    await change(clerk, { ...step, stepId: matter.backlogCase.steps[0].id, doneOn: '2023-07-09' });
    await change(clerk, { ...step, kind: 'agreement', content: '签订和解协议', plannedOn: null, doneOn: '2023-07-20' });
    expect((await app.call(clerk, 'GET', `/matters/${id}`)).body.backlogCase.status).toBe('agreed');
    expect((await change(clerk, { action: 'submit', note: '双方签字' })).status).toBe(200);
    expect((await change(clerk, { action: 'approve', note: '同意' })).status).toBe(403);
    expect((await change(leader, { action: 'approve', note: '同意销号' })).status).toBe(200);
    const list = (await app.call(clerk, 'GET', '/matters/backlog')).body;
    expect(list.items[0]).toMatchObject({ status: 'closed', stepsDone: 2, stepsTotal: 2 });
    expect(list.burnDown.at(-1)).toMatchObject({ listed: 1, closed: 1, open: 0 });
  });
});

describe('one conclusion for several orders', () => {
  test('goes to each order by itself: own clock, own follow-up; one that is another’s is refused and holds up none', async () => {
    const d = await testDistrict(app);
    const ids: string[] = [];
    for (const words of ['油烟呛人', '油烟很重', '油烟没法开窗']) {
      const { id } = await handledOrder(app, d, { ...fume(651, words), townId: d.units.a.townId });
      await walk(app, id, [d.officer, { action: 'contact', outcome: 'reached', note: '已与来电人说明' }]);
      ids.push(id);
    }
    await detectMatters(app.deps);
    const [mine, other, colleagues] = ids as [string, string, string];
    await walk(app, colleagues, [d.inner, { action: 'assign', officerId: d.colleague.actor.personId }]);
    const seen = await app.call(d.officer, 'GET', `/complaints/${mine}/matter`);
    expect(seen.body.others.map((one: { id: string; mayAnswer: boolean }) => [one.id, one.mayAnswer]).sort()).toEqual(
      [[other, true]].sort(),
    );
    const body = {
      commandId: randomUUID(),
      ids: [mine, other, colleagues],
      command: { action: 'visit', note: '当场责令停业整改，已装净化器', measures: [] },
    };
    const visit = await app.call(d.officer, 'POST', '/complaints/batch', body);
    expect(visit.status, JSON.stringify(visit.body)).toBe(200);
    expect(visit.body.results.map((one: { ok: boolean }) => one.ok)).toEqual([true, true, false]);
    const submit = {
      commandId: randomUUID(),
      ids,
      command: { action: 'submit', result: '已装净化器，油烟达标', measures: [] },
    };
    const [first, again] = [
      await app.call(d.officer, 'POST', '/complaints/batch', submit),
      await app.call(d.officer, 'POST', '/complaints/batch', submit),
    ];
    expect(first.body.results.map((one: { ok: boolean }) => one.ok)).toEqual([true, true, false]);
    expect(again.body.results.map((one: { ok: boolean }) => one.ok)).toEqual([true, true, false]);
    for (const id of [mine, other]) {
      const { body: order } = await app.call(d.leader, 'GET', `/complaints/${id}`);
      expect(order.status).toBe('reviewing');
      expect(order.timeline.filter((event: { action: string }) => event.action === 'complaint.submit')).toHaveLength(1);
    }
    // Concluded and asked one by one: the second citizen is not content, and only that order is opened again.
    for (const id of [mine, other]) await walk(app, id, [d.leader, { action: 'conclude' }]);
    await walk(app, mine, [
      d.clerk,
      { action: 'follow_up', channel: 'phone', reached: true, solved: true, satisfaction: 'satisfied', note: '满意' },
    ]);
    await walk(app, other, [
      d.clerk,
      {
        action: 'follow_up',
        channel: 'phone',
        reached: true,
        solved: false,
        satisfaction: 'dissatisfied',
        note: '仍有油烟',
      },
    ]);
    expect((await app.call(d.clerk, 'GET', `/complaints/${mine}`)).body.status).toBe('closed');
    expect((await app.call(d.clerk, 'GET', `/complaints/${other}`)).body).toMatchObject({
      status: 'handling',
      reopenCount: 1,
    });
  });
});

describe('scope', () => {
  test('a squadron sees a matter by its own orders only, and cannot move what is not its own', async () => {
    const mine = await register(fume(701, '油烟呛人', { daysAgo: 2 }));
    const theirs = await register(fume(701, '油烟很重', { daysAgo: 1 }));
    await detectMatters(app.deps);
    await app.deps.db.query(null, 'update complaint set unit_id = $2 where id = $1', [mine, squadron.id]);
    const id = await matterOf(mine);
    const seen = await app.call(squadronClerk, 'GET', `/matters/${id}`);
    expect(seen.body.orders.map((order: { id: string }) => order.id)).toEqual([mine]);
    expect(seen.body.orderCount).toBe(1);
    expect((await app.call(otherClerk, 'GET', `/matters/${id}`)).status).toBe(404);
    expect((await app.call(otherClerk, 'GET', '/matters')).body.items).toEqual([]);
    const split = await app.call(squadronClerk, 'POST', `/matters/${id}/decision`, {
      commandId: randomUUID(),
      ifVersion: seen.body.version,
      decision: { action: 'split', orderIds: [theirs], note: '不是一家' },
    });
    expect(split.status).toBe(404);
    expect((await app.call(squadronClerk, 'GET', `/complaints/${theirs}/matter`)).status).toBe(404);
  });
});

describe('while it is written down', () => {
  test('the form shows what the order will be like; nothing is kept', async () => {
    const like = await register(fume(801, '油烟呛人', { daysAgo: 2, phone: '13812345678' }));
    await detectMatters(app.deps);
    const draft = fume(801, '楼下饭店油烟');
    const before = await app.deps.db.query(null, 'select count(*) from complaint');
    const answer = await app.call(clerk, 'POST', '/matters/preview', {
      title: draft.title,
      content: draft.content,
      address: draft.address,
      phone: '13812345678',
    });
    expect(answer.body.likes[0]).toMatchObject({ id: like, sure: true });
    expect(answer.body.likes[0].reasons).toContain('同一来电人');
    expect(await app.deps.db.query(null, 'select count(*) from complaint')).toEqual(before);
    expect(
      (await app.call(squadronClerk, 'POST', '/matters/preview', { title: '', content: '', address: '', phone: '' }))
        .status,
    ).toBe(403);
  });
});
