import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { evidenceOf } from '../../testing/evidence.ts';
import { sweepListings } from './index.ts';
import {
  act,
  asking,
  joinMatter,
  type ListingWorld,
  listingWorld,
  matterOf,
  must,
  orderAt,
  PASSED,
  propose,
  proposed,
  visiting,
} from './listing.fixture.ts';

let t: TestApp;
let d: ListingWorld;
beforeEach(async () => {
  t = await testApp();
  d = await listingWorld(t);
});
afterEach(() => t.close());

const get = async (as: TestPerson, id: string) => (await t.call(as, 'GET', `/listings/${id}`)).body;
const on = (day: string) => t.clock.set(Date.parse(`${day}T10:00:00+08:00`));
const notices = async (as: TestPerson): Promise<string[]> =>
  (await t.call(as, 'GET', '/notices')).body.items.map((item: { title: string }) => item.title);
const APPROVE = { action: 'approve' } as const;
const RECTIFY = { action: 'open_rectification', type: 'street', problem: '路口仍有两处占道经营', workdays: 5 } as const;
async function delisted(more: Record<string, unknown> = {}): Promise<string> {
  const id = await proposed(t, d, more);
  await must(
    t,
    id,
    [d.director, APPROVE],
    [d.leader, await asking(t, d.leader)],
    [d.supervisor, PASSED],
    [d.deputy, { action: 'delist' }],
  );
  return id;
}
/** Puts a rectification right from beginning to end. */
async function closeRectification(id: string): Promise<void> {
  const send = async (as: TestPerson, command: object) => {
    const answer = await t.call(as, 'POST', `/rectifications/${id}/commands`, { commandId: randomUUID(), command });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  };
  await send(d.leader, { action: 'plan', cause: '夜间无人值守', measure: '排班值守' });
  await send(d.leader, { action: 'submit', result: '已值守', fileIds: [await evidenceOf(t, d.leader)] });
  await send(d.supervisor, { action: 'verify', passed: true, note: '属实' });
  await send(d.chief, { action: 'sign_off' });
}

describe('from proposal to delisting', () => {
  it('is proposed, listed, reported on, checked on site, put right, sent back once, checked again and delisted; each step told', async () => {
    const id = await proposed(t, d);
    expect(await notices(d.director)).toContain('挂牌督办待批准');
    await must(t, id, [d.director, APPROVE]);
    expect(await notices(d.inner)).toContain('本单位事项已挂牌督办');
    expect(await get(d.leader, id)).toMatchObject({
      number: 'GP2023-001',
      status: 'listed',
      dueAt: '2023-07-04T09:00:00.000Z',
      allowedActions: ['report', 'ask_delisting'],
      file: { nextReportDueAt: '2023-06-12T09:00:00.000Z' },
    });
    await must(
      t,
      id,
      [d.leader, { action: 'report', note: '已安排夜间值守' }],
      [d.supervisor, await visiting(t, d.supervisor)],
      [d.supervisor, RECTIFY],
    );
    const opened = (await get(d.leader, id)).file.rectifications;
    expect(opened).toMatchObject([{ problem: RECTIFY.problem, status: 'open' }]);
    expect((await t.call(d.leader, 'GET', `/rectifications/${opened[0].id}`)).body).toMatchObject({
      source: 'listing',
      sourceId: id,
      basis: '挂牌督办 GP2023-001',
    });
    await must(
      t,
      id,
      [d.leader, await asking(t, d.leader)],
      [d.supervisor, { action: 'verify', passed: false, result: '路口仍有占道' }],
      [d.leader, await asking(t, d.leader)],
      [d.supervisor, PASSED],
    );
    const early = await act(t, d.deputy, id, { action: 'delist' });
    expect([early.status, early.body.code]).toEqual([409, 'open_rectification']);
    expect((await get(d.deputy, id)).allowedActions).toEqual(['send_back']);
    await closeRectification(opened[0].id);
    await must(t, id, [d.deputy, { action: 'delist', note: '同意摘牌，转日常巡查' }]);
    const done = await get(d.leader, id);
    expect(done).toMatchObject({
      status: 'delisted',
      rebounded: false,
      allowedActions: [],
      file: { checkResult: PASSED.result, sentBackCount: 1, delistNote: '同意摘牌，转日常巡查' },
    });
    expect(done.file.timeline.map(({ label }: { label: string }) => label)).toEqual([
      '提请挂牌',
      '批准挂牌',
      '报告进展',
      '到场核查',
      '下发整改',
      '申请摘牌',
      '摘牌核查未通过，退回',
      '申请摘牌',
      '摘牌核查通过',
      '决定摘牌',
    ]);
    expect(await notices(d.leader)).toContain('挂牌事项已摘牌');
  });

  it('a refused proposal keeps its reason, is seen by the district only, and may be made anew', async () => {
    const { id: matterId } = await matterOf(t, d, ['2023-05-01T10:00:00+08:00', '2023-05-08T10:00:00+08:00']);
    const asMatter = { source: 'matter', matterId, sourceNote: undefined };
    const id = await proposed(t, d, asMatter);
    expect((await propose(t, d, d.chief, asMatter)).body.code).toBe('already_listed');
    await must(t, id, [d.director, { action: 'refuse', reason: '先按事项方案办理' }]);
    expect(await get(d.chief, id)).toMatchObject({ status: 'refused', file: { decisionNote: '先按事项方案办理' } });
    expect((await t.call(d.leader, 'GET', `/listings/${id}`)).status).toBe(404);
    expect(await notices(d.supervisor)).toContain('提请的挂牌督办未获批准');
    await proposed(t, d, asMatter);
  });

  it('a check belongs to whoever carried it out: the leader who approved may delist, a checker may not', async () => {
    const id = await delisted();
    expect((await get(d.chief, id)).file).toMatchObject({
      checkedBy: { id: d.supervisor.actor.personId },
      delistedBy: { id: d.deputy.actor.personId },
    });
    // One person, two posts: what he proposed in the one he may not approve in the other.
    const other = await proposed(t, d);
    await t.deps.db.query(null, 'update listing set proposed_by = $2 where id = $1', [
      other,
      d.director.actor.personId,
    ]);
    const own = await act(t, d.director, other, APPROVE);
    expect([own.status, own.body.code]).toEqual([403, 'own_proposal']);
  });

  it('says in Chinese what is wrong with a proposal, and where', async () => {
    for (const [more, field] of [
      [{ ownerUnitId: d.units.coordination.id }, 'ownerUnitId'],
      [{ leaderId: d.chief.actor.personId }, 'leaderId'],
      [{ source: 'matter' }, 'matterId'],
      [{ source: 'rectification' }, 'rectificationId'],
      [{ sourceNote: ' ' }, 'sourceNote'],
      [{ fileIds: [randomUUID()] }, 'fileIds'],
    ] as const) {
      const answer = await propose(t, d, d.supervisor, more);
      expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([400, `/listing/${field}`]);
    }
    expect((await propose(t, d, d.leader)).status).toBe(403);
  });

  it('proposed twice with one command id it is there once; numbers have no gaps', async () => {
    const commandId = randomUUID();
    const answers = await Promise.all([1, 2, 3].map(() => propose(t, d, d.supervisor, {}, commandId)));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    await propose(t, d, d.supervisor, { fileIds: [randomUUID()] });
    expect((await propose(t, d)).body.number).toBe('GP2023-002');
  });
});

describe('what gives cause', () => {
  it('a matter that the rules would list, and a rectification sent back twice or overdue, are put forward until proposed', async () => {
    const { id: matterId, orders } = await matterOf(t, d, ['2023-05-01T10:00:00+08:00', '2023-05-08T10:00:00+08:00']);
    await t.deps.db.query(
      null,
      `insert into matter_alert (matter_id, rule_id, action, count, complaint_ids, fired_at)
       select $1, id, action, 2, $2, now() from matter_rule where action = 'propose_supervision' limit 1`,
      [matterId, orders],
    );
    const issued = await t.call(d.supervisor, 'POST', '/rectifications', {
      commandId: randomUUID(),
      rectification: {
        source: 'inspection',
        type: 'street',
        problem: '占道未清',
        ownerUnitId: d.units.a.id,
        workdays: 3,
      },
    });
    on('2023-06-20');
    const found = async () =>
      (await t.call(d.supervisor, 'GET', '/listings/candidates')).body.items.map(
        ({ source, id }: { source: string; id: string }) => [source, id],
      );
    expect(await found()).toEqual([
      ['matter', matterId],
      ['rectification', issued.body.id],
    ]);
    await proposed(t, d, { source: 'matter', matterId });
    await proposed(t, d, { source: 'rectification', rectificationId: issued.body.id });
    expect(await found()).toEqual([]);
    // The failed rectification is one of its own: it must be closed too.
    expect((await t.call(d.leader, 'GET', '/listings?listed=true')).body.items).toEqual([]);
  });
});

describe('reminders', () => {
  it('each overdue report and each deadline reminds once, also when two processes look at the same moment', async () => {
    const id = await proposed(t, d);
    await must(t, id, [d.director, APPROVE]);
    const sent = async () =>
      (
        await t.deps.db.query<{ reminder: string; n: string; times: number }>(
          null,
          `select data->>'reminder' as reminder, data->>'n' as n, count(*)::int as times from audit_event
            where action = 'listing.remind' and object_id = $1 group by 1, 2 order by min(at), 1`,
          [id],
        )
      ).map(({ reminder, n, times }) => `${reminder} ${n} ×${times}`);
    for (const [day, expected] of [
      ['2023-06-09', []],
      ['2023-06-13', ['report 1 ×1']],
      ['2023-06-19', ['report 1 ×1']],
      ['2023-06-20', ['report 1 ×1']],
      ['2023-06-29', ['report 1 ×1', 'report 3 ×1', 'soon 1 ×1']],
      ['2023-07-06', ['report 1 ×1', 'report 3 ×1', 'soon 1 ×1', 'overdue 1 ×1', 'report 4 ×1']],
    ] as const) {
      on(day);
      // The second period gets its report; the others do not.
      if (day === '2023-06-19') await must(t, id, [d.inner, { action: 'report', note: '本周无占道' }]);
      await Promise.all([sweepListings(t.deps), sweepListings(t.deps), sweepListings(t.deps)]);
      expect(await sent(), day).toEqual(expected);
    }
    expect((await get(d.leader, id)).file.missedReports.map(({ period }: { period: number }) => period)).toEqual([
      1, 3, 4,
    ]);
    expect((await notices(d.director)).filter((title) => title === '挂牌事项逾期未报告进展')).toHaveLength(3);
    expect(await notices(d.supervisor)).toContain('挂牌督办已超期');
    expect((await t.call(d.officer, 'GET', '/listings?overdue=true')).body.items).toMatchObject([
      { id, overdue: true },
    ]);
  });
});

describe('what returns after the delisting', () => {
  it('new orders of the matter flag it, wherever the matter has gone meanwhile; older ones and declined ones do not', async () => {
    const { id: matterId } = await matterOf(t, d, ['2023-05-01T10:00:00+08:00', '2023-05-08T10:00:00+08:00']);
    const id = await delisted({ source: 'matter', matterId });
    const flagged = async () =>
      (await t.call(d.officer, 'GET', '/listings?rebounded=true')).body.items.map((item: { id: string }) => item.id);
    const late = await orderAt(t, d.units.a.id, '2023-06-01T10:00:00+08:00');
    await joinMatter(t, matterId, late);
    expect(await flagged()).toEqual([]);
    const after = await orderAt(t, d.units.b.id, '2023-06-09T10:00:00+08:00');
    const declined = await orderAt(t, d.units.a.id, '2023-06-09T11:00:00+08:00');
    await t.deps.db.query(null, "update complaint set status = 'declined' where id = $1", [declined]);
    // The matter is joined to an older one and goes by another id.
    const other = await orderAt(t, d.units.a.id, '2023-04-01T10:00:00+08:00');
    await t.deps.db.query(null, 'update matter_order set matter_id = $2 where matter_id = $1', [matterId, other]);
    for (const order of [after, declined]) await joinMatter(t, other, order);
    expect(await flagged()).toEqual([id]);
    expect((await get(d.supervisor, id)).file.rebound).toMatchObject({ orderCount: 1, orders: [{ id: after }] });
    // The unit is told that there is one; the order itself is another squadron's.
    expect((await get(d.leader, id)).file.rebound).toMatchObject({ orderCount: 1, orders: [] });
  });

  it('a rectification of the same unit and type that is linked as recurrence flags it', async () => {
    const id = await proposed(t, d);
    await must(t, id, [d.director, APPROVE], [d.supervisor, RECTIFY]);
    const former = (await get(d.leader, id)).file.rectifications[0].id;
    await closeRectification(former);
    await must(t, id, [d.leader, await asking(t, d.leader)], [d.supervisor, PASSED], [d.deputy, { action: 'delist' }]);
    expect((await get(d.leader, id)).rebounded).toBe(false);
    on('2023-06-20');
    const again = await t.call(d.supervisor, 'POST', '/rectifications', {
      commandId: randomUUID(),
      rectification: {
        source: 'inspection',
        type: 'street',
        problem: '又见占道',
        ownerUnitId: d.units.a.id,
        workdays: 5,
        recurrenceOf: former,
      },
    });
    expect(again.status).toBe(200);
    expect(await get(d.leader, id)).toMatchObject({
      rebounded: true,
      file: { rebound: { rectificationCount: 1, rectifications: [{ id: again.body.id }] } },
    });
  });
});
