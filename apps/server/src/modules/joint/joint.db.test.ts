import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import {
  act,
  duty,
  dutyOf,
  finishing,
  idsOf,
  type JointWorld,
  jointWorld,
  made,
  make,
  meeting,
  must,
} from './joint.fixture.ts';

let t: TestApp;
let d: JointWorld;
beforeEach(async () => {
  t = await testApp();
  d = await jointWorld(t);
});
afterEach(() => t.close());
const get = async (as: TestPerson, id: string) => (await t.call(as, 'GET', `/joint-tasks/${id}`)).body;
const notices = async (as: TestPerson): Promise<string[]> =>
  (await t.call(as, 'GET', '/notices')).body.items.map((item: { title: string }) => item.title);

describe('a joint task', () => {
  it('has its parts before, during and after; each is done by its unit with evidence and confirmed by the organiser', async () => {
    const id = await made(t, d);
    expect(await notices(d.partnerLiaison)).toContain('本单位参加一次联合督察');
    const theirs = await dutyOf(t, d, id, d.units.partner.id);
    const own = await dutyOf(t, d, id, d.units.supervision.id, '汇总分工表');
    await must(t, id, [d.partnerLiaison, await finishing(t, d.partnerLiaison, theirs)]);
    expect(await notices(d.chief)).toContain('联合督察任务已完成，待确认');
    const self = await act(t, d.partnerLiaison, id, { action: 'confirm_duty', dutyId: theirs });
    expect(self.status).toBe(403);
    await must(t, id, [d.supervisor, { action: 'send_back_duty', dutyId: theirs, reason: '缺地址' }]);
    const { duties } = (await get(d.partnerLiaison, id)).phases[0];
    expect(duties.find((one: { id: string }) => one.id === theirs)).toMatchObject({
      status: 'todo',
      detail: { answer: '缺地址' },
      allowedActions: ['finish_duty'],
    });
    await must(
      t,
      id,
      [d.partnerLiaison, await finishing(t, d.partnerLiaison, theirs)],
      [d.supervisor, { action: 'confirm_duty', dutyId: theirs, note: '清单齐全' }],
      [d.supervisor, await finishing(t, d.supervisor, own)],
    );
    const early = await act(t, d.supervisor, id, { action: 'close', summary: '全部完成' });
    expect([early.status, early.body.code]).toEqual([409, 'open_duties']);
    // The organiser's own part is confirmed by another unit that organises joint work.
    const colleague = await act(t, d.chief, id, { action: 'confirm_duty', dutyId: own });
    expect([colleague.status, colleague.body.code]).toEqual([403, 'own_duty']);
    const other = await t.person(d.units.coordination.id, 'coordination_chief');
    await must(
      t,
      id,
      [other, { action: 'confirm_duty', dutyId: own }],
      [d.chief, { action: 'close', summary: '排查十二处，立案两件' }],
    );
    expect(await get(d.supervisor, id)).toMatchObject({
      status: 'closed',
      summary: '排查十二处，立案两件',
      duties: { total: 2, confirmed: 2 },
      allowedActions: [],
    });
    expect(await notices(d.partnerLiaison)).toContain('联合督察已办结');
  });

  it('a meeting is minuted; what it decides becomes a rectification of the unit, once', async () => {
    const id = await made(t, d);
    await must(t, id, [d.supervisor, meeting([{ unitId: d.units.a.id, text: '甲中队三日内对两处敲墙立案' }])]);
    const [decisionId] = await idsOf(t, 'joint_decision', id);
    const rectify = { action: 'rectify_decision', decisionId: decisionId!, type: 'structure', workdays: 5 } as const;
    await must(t, id, [d.supervisor, rectify]);
    expect((await act(t, d.chief, id, rectify)).body.code).toBe('already_rectified');
    const seen = await get(d.leader, id);
    expect(seen.meetings).toMatchObject([
      { minutes: null, decisions: [{ rectification: { status: 'open', mayOpen: true } }] },
    ]);
    const made_ = await t.call(d.leader, 'GET', `/rectifications/${seen.meetings[0].decisions[0].rectification.id}`);
    expect(made_.body).toMatchObject({
      source: 'joint',
      sourceId: id,
      problem: '甲中队三日内对两处敲墙立案',
      ownerUnit: { id: d.units.a.id },
    });
  });

  it('a hand-over letter has a number and is receipted by the unit it goes to, after the close as well', async () => {
    const id = await made(t, d);
    const send = (toUnitId: string) =>
      ({ action: 'send_letter', toUnitId, subject: '关于移交房屋结构线索的函', text: '请依职责核查并反馈' }) as const;
    await must(t, id, [d.supervisor, send(d.units.partner.id)]);
    expect((await act(t, d.supervisor, id, send(d.outside.id))).body.code).toBe('not_party');
    const [letterId] = await idsOf(t, 'joint_letter', id);
    await must(t, id, [d.supervisor, { action: 'close', summary: '转入日常' }]);
    const receive = { action: 'receive_letter', letterId: letterId!, receipt: '已收，转质监站' } as const;
    expect((await act(t, d.leader, id, receive)).body.code).toBe('not_receiver');
    await must(t, id, [d.partnerLiaison, receive]);
    expect((await get(d.partnerLiaison, id)).letters).toMatchObject([
      { number: 'YJ2023-001', receivedBy: { id: d.partnerLiaison.actor.personId }, receipt: '已收，转质监站' },
    ]);
    expect((await get(d.supervisor, id)).status).toBe('closed');
  });

  it('a unit that gets a duty becomes a party; what has passed its day is counted', async () => {
    const id = await made(t, d);
    expect((await t.call(d.outsider, 'GET', `/joint-tasks/${id}`)).status).toBe(404);
    await must(t, id, [d.supervisor, duty(d.outside.id, '清理绿化带内建筑垃圾')]);
    t.clock.set(Date.parse('2023-06-09T10:00:00+08:00'));
    const list = (await t.call(d.outsider, 'GET', '/joint-tasks?mine=true')).body.items;
    expect(list).toMatchObject([{ id, duties: { total: 1, overdue: 1 } }]);
  });

  it('says in Chinese what is wrong with a new task, and where', async () => {
    for (const [more, field] of [
      [{ partyIds: [randomUUID()] }, 'partyIds'],
      [
        {
          phases: {
            before: { from: '2023-06-09', to: '2023-06-05' },
            during: { from: '2023-06-12', to: '2023-06-16' },
            after: { from: '2023-06-19', to: '2023-06-30' },
          },
        },
        'phases/before/to',
      ],
    ] as const) {
      const answer = await make(t, d, d.supervisor, more);
      expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([400, `/task/${field}`]);
    }
    expect((await make(t, d, d.partnerLiaison)).status).toBe(403);
    const commandId = randomUUID();
    const answers = await Promise.all([1, 2, 3].map(() => make(t, d, d.supervisor, {}, commandId)));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers[0]!.body.number).toBe('LH2023-001');
  });
});
