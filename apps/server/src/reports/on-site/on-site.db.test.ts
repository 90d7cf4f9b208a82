import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { evidenceOf } from '../../testing/evidence.ts';
import {
  ANSWER,
  act,
  CONCLUDE,
  handled,
  MINUTE,
  MONTH,
  must,
  type OnSiteWorld,
  onSiteWorld,
  plan,
  plannedVisit,
  RECTIFY,
  REPLAN,
} from './on-site.fixture.ts';

let t: TestApp;
let d: OnSiteWorld;
beforeEach(async () => {
  t = await testApp();
  d = await onSiteWorld(t);
});
afterEach(() => t.close());
const get = async (as: TestPerson, path: string) => {
  const answer = await t.call(as, 'GET', path);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
};
const notices = async (as: TestPerson): Promise<string[]> =>
  (await get(as, '/notices')).items.map((item: { title: string }) => item.title);

describe('whom to visit', () => {
  it('is whoever the ranking rule puts forward, as in the bulletin: behind by more than chance, and not with too few orders', async () => {
    const proposals = await get(d.supervisor, `/on-site/proposals?month=${MONTH}`);
    expect(proposals).toMatchObject({
      complete: true,
      minimum: 20,
      items: [{ unit: { id: d.units.a.id }, figure: { numerator: 27, denominator: 60 }, visit: null }],
    });
    const analysis = await get(d.supervisor, `/analysis?period=${MONTH}`);
    expect(analysis.toVisit.map(({ unit }: { unit: { id: string } }) => unit.id)).toEqual(
      proposals.items.map(({ unit }: { unit: { id: string } }) => unit.id),
    );
    const id = await plannedVisit(t, d);
    expect((await get(d.supervisor, `/on-site/proposals?month=${MONTH}`)).items[0].visit).toMatchObject({ id });
    expect((await get(d.leader, `/on-site/${id}`)).reason).toContain('解决率 45.0%，低于全区');
    expect(await notices(d.leader)).toContain('2023-06-07 到场督导');
  });

  it('anyone else only with a reason; one visit a month and squadron, unless it was cancelled', async () => {
    const bare = await plan(t, d, d.supervisor, { unitId: d.units.b.id });
    expect([bare.status, bare.body.errors[0].field]).toEqual([400, '/visit/reason']);
    await plannedVisit(t, d, { unitId: d.units.b.id, reason: '市级督办件集中' });
    const id = await plannedVisit(t, d);
    expect((await plan(t, d)).body.code).toBe('already_planned');
    await must(t, id, [d.supervisor, { action: 'cancel', reason: '并入专项督察' }]);
    await plannedVisit(t, d);
  });

  it('says in Chinese what is wrong with a plan, and where', async () => {
    for (const [more, field] of [
      [{ unitId: d.units.coordination.id }, 'unitId'],
      [{ leaderId: d.chief.actor.personId }, 'leaderId'],
      [{ plannedOn: '2023-05-31' }, 'plannedOn'],
      [{ participantIds: [randomUUID()] }, 'participantIds'],
    ] as const) {
      const answer = await plan(t, d, d.supervisor, more);
      expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([400, `/visit/${field}`]);
    }
    expect((await plan(t, d, d.leader)).status).toBe(403);
  });
});

describe('one visit', () => {
  it('is prepared, minuted, answered, put right and looked back on', async () => {
    const id = await plannedVisit(t, d);
    await must(t, id, [d.supervisor, REPLAN(d)]);
    expect(await get(d.leader, `/on-site/${id}`)).toMatchObject({
      plannedOn: '2023-06-09',
      leader: { id: d.deputy.actor.personId },
      allowedActions: [],
    });
    const proof = await evidenceOf(t, d.supervisor);
    await must(t, id, [d.supervisor, { ...MINUTE, fileIds: [proof] } as typeof MINUTE]);
    const early = await act(t, d.supervisor, id, CONCLUDE);
    expect([early.status, early.body.code]).toEqual([409, 'wrong_status']);
    await must(t, id, [d.supervisor, RECTIFY], [d.leader, ANSWER], [d.chief, CONCLUDE]);
    const done = await get(d.inner, `/on-site/${id}`);
    expect(done).toMatchObject({
      status: 'concluded',
      visitedOn: '2023-06-05',
      commitments: [{ text: '签收当日指派到人', dueOn: '2023-06-12' }],
      rectifications: [{ problem: '签收后平均一天半才指派', status: 'open' }],
      rectificationCount: 1,
      files: [{ id: proof, stage: 'minutes' }],
      timeline: ['安排督导', '调整安排', '记录督导', '下发整改', '作出说明', '回头看结论'].map((label) => ({ label })),
    });
    expect(await get(d.leader, `/rectifications/${done.rectifications[0].id}`)).toMatchObject({
      source: 'on_site',
      sourceId: id,
      ownerUnit: { id: d.units.a.id },
    });
    expect(await notices(d.inner)).toContain('督导纪要已形成，请作出说明');
    expect(await notices(d.supervisor)).toContain('中队已对督导作出说明');
  });

  it('a visit cannot be minuted before it took place', async () => {
    const id = await plannedVisit(t, d);
    const answer = await act(t, d.supervisor, id, { ...MINUTE, visitedOn: '2023-06-08' } as typeof MINUTE);
    expect([answer.status, answer.body.errors[0].field]).toEqual([400, '/command/visitedOn']);
  });
});

describe('every figure opens to its orders', () => {
  it('preparation: as many orders behind each number as it says', async () => {
    const id = await plannedVisit(t, d);
    const prepared = await get(d.supervisor, `/on-site/${id}/preparation`);
    const behind = async (path: string) =>
      (await get(d.supervisor, `/indicators/${path}&period=${MONTH}&unit=${d.units.a.id}&limit=200`)).items.length;
    expect(prepared.unsolved.total).toBe(33);
    expect(prepared.overdue.total).toBe(12);
    expect(prepared.reopened.total).toBeGreaterThan(0);
    expect(await behind('resolution/orders?part=missed')).toBe(prepared.unsolved.total);
    expect(await behind('on_time/orders?part=missed')).toBe(prepared.overdue.total);
    expect(await behind('reopen/orders?part=numerator')).toBe(prepared.reopened.total);
    expect(prepared.unsolved.items).toHaveLength(10);
    let sum = 0;
    for (const cause of prepared.causes) {
      expect(await behind(`resolution/orders?part=missed&category=${cause.code}`)).toBe(cause.unsolved);
      expect(await behind(`resolution/orders?part=denominator&category=${cause.code}`)).toBe(cause.concluded);
      sum += cause.share;
    }
    expect(sum).toBeCloseTo(1, 9);
  });

  it('look back: the month that gave cause beside the month after the visit, and whether that is more than chance', async () => {
    const id = await plannedVisit(t, d);
    const look = () => get(d.leader, `/on-site/${id}/look-back`);
    expect(await look()).toMatchObject({
      before: { numerator: 27, denominator: 60 },
      after: null,
      movement: 'waiting',
    });
    await must(t, id, [d.supervisor, MINUTE]);
    await handled(t, d.units.a, '2023-07', { heard: 50, solved: 45 });
    t.clock.set(Date.parse('2023-07-20T10:00:00+08:00'));
    expect(await look()).toMatchObject({
      after: { month: '2023-07', complete: false },
      change: null,
      movement: 'waiting',
    });
    t.clock.set(Date.parse('2023-08-01T10:00:00+08:00'));
    const moved = await look();
    expect(moved).toMatchObject({
      before: { month: MONTH, small: false },
      after: { month: '2023-07', numerator: 45, denominator: 50, small: false, complete: true },
      movement: 'better',
    });
    expect(moved.change.change).toBeCloseTo(0.45, 9);
    expect(moved.trend.at(-1)).toMatchObject({ month: '2023-07', numerator: 45 });
    const orders = await get(
      d.leader,
      `/indicators/resolution/orders?period=2023-07&unit=${d.units.a.id}&part=numerator&limit=200`,
    );
    expect(orders.items).toHaveLength(45);
  });

  it('a month with few orders says so, and does not count as moved', async () => {
    const id = await plannedVisit(t, d);
    await must(t, id, [d.supervisor, MINUTE]);
    await handled(t, d.units.a, '2023-07', { heard: 5, solved: 4 });
    t.clock.set(Date.parse('2023-08-01T10:00:00+08:00'));
    expect(await get(d.leader, `/on-site/${id}/look-back`)).toMatchObject({
      after: { small: true },
      movement: 'unclear',
    });
  });
});
