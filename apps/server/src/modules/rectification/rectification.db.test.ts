import { randomUUID } from 'node:crypto';
import type { RectificationCommand } from '@bihuan/contract/rectification';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { registerOrder, type TestDistrict, testDistrict } from '../../testing/complaint.ts';
import { evidenceOf } from '../../testing/evidence.ts';
import { sweepRectifications } from './index.ts';

let t: TestApp;
let d: TestDistrict;
/** The chief of supervision: closes what the supervisor has checked. */
let closer: TestPerson;
beforeEach(async () => {
  t = await testApp();
  d = await testDistrict(t);
  closer = await t.person(d.units.supervision.id, 'supervision_chief');
});
afterEach(() => t.close());

const finding = (more: Record<string, unknown> = {}) => ({
  source: 'inspection',
  type: 'evidence',
  problem: '现场照片与处置时间不符，未见整改前照片',
  ownerUnitId: d.units.a.id,
  workdays: 5,
  ...more,
});
const issue = async (as: TestPerson = d.supervisor, more: Record<string, unknown> = {}, commandId = randomUUID()) =>
  t.call(as, 'POST', '/rectifications', { commandId, rectification: finding(more) });
const issued = async (more: Record<string, unknown> = {}): Promise<string> => {
  const answer = await issue(d.supervisor, more);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body.id;
};
const act = (as: TestPerson, id: string, command: RectificationCommand, more: Record<string, unknown> = {}) =>
  t.call(as, 'POST', `/rectifications/${id}/commands`, { commandId: randomUUID(), command, ...more });
async function must(as: TestPerson, id: string, ...commands: RectificationCommand[]): Promise<void> {
  for (const command of commands) {
    const answer = await act(as, id, command);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  }
}
const get = async (as: TestPerson, id: string) => (await t.call(as, 'GET', `/rectifications/${id}`)).body;
const PLAN = { action: 'plan', cause: '现场未按规定先拍照后处置', measure: '补拍并逐件核对，队内讲评一次' } as const;
const submit = async (as: TestPerson, more: Record<string, unknown> = {}): Promise<RectificationCommand> => ({
  action: 'submit',
  result: '已补拍照片并完成讲评',
  fileIds: [await evidenceOf(t, as)],
  ...more,
});
const notices = async (as: TestPerson): Promise<string[]> =>
  (await t.call(as, 'GET', '/notices')).body.items.map((item: { title: string }) => item.title);

describe('what is found is put right', () => {
  it('from issue to sign-off: planned, handed in, sent back once, checked, closed; each step in the ledger and told', async () => {
    const id = await issued({ ownerPersonId: d.officer.actor.personId });
    expect(await notices(d.officer)).toContain('收到整改通知');
    expect(await notices(d.leader)).toContain('收到整改通知');
    const early = await act(d.officer, id, await submit(d.officer));
    expect([early.status, early.body.code]).toEqual([409, 'plan_required']);
    await must(d.officer, id, PLAN, await submit(d.officer));
    expect((await get(d.officer, id)).clock.paused).toBe(true);
    await must(d.supervisor, id, { action: 'verify', passed: false, note: '照片没有拍摄时间' });
    expect(await notices(d.leader)).toContain('整改未通过核验，已退回');
    await must(d.officer, id, await submit(d.officer));
    await must(d.supervisor, id, { action: 'verify', passed: true, note: '现场核验属实' });
    await must(closer, id, { action: 'sign_off' });
    const done = await get(d.leader, id);
    expect(done).toMatchObject({
      status: 'closed',
      sentBackCount: 1,
      verifiedBy: { id: d.supervisor.actor.personId },
      closedBy: { id: closer.actor.personId },
      allowedActions: [],
    });
    expect(done.timeline.map(({ label }: { label: string }) => label)).toEqual([
      '下发整改',
      '填写原因和措施',
      '提交核验',
      '核验未通过，退回',
      '提交核验',
      '核验通过',
      '销号',
    ]);
    expect(done.files).toHaveLength(2);
  });

  it('an objection stops the clock; refused, it goes on, and can be appealed once to somebody else; upheld, it is withdrawn', async () => {
    const id = await issued();
    await must(d.leader, id, { action: 'object', reason: '该路段不在本中队辖区' });
    const before = (await get(d.leader, id)).dueAt;
    t.clock.set(Date.parse('2023-06-07T10:00:00+08:00'));
    await must(closer, id, { action: 'decide_objection', upheld: false, reason: '辖区图载明属该中队' });
    expect(Date.parse((await get(d.leader, id)).dueAt)).toBeGreaterThan(Date.parse(before));
    const twice = await act(d.leader, id, { action: 'object', reason: '再提一次' });
    expect(twice.body.code).toBe('already_objected');
    await must(d.leader, id, { action: 'appeal', reason: '附街道边界批复' });
    expect((await act(closer, id, { action: 'decide_appeal', upheld: true, reason: '批复有效' })).status).toBe(403);
    await must(d.director, id, { action: 'decide_appeal', upheld: true, reason: '批复有效，撤销' });
    expect(await get(d.leader, id)).toMatchObject({ status: 'cancelled', allowedActions: [] });
  });

  it('time is added by whoever may decide, at most twice; the due instant is derived anew', async () => {
    const id = await issued();
    const ask = { action: 'request_extension', workdays: 3, reason: '等待物业配合' } as const;
    const grant = { action: 'decide_extension', granted: true, reason: '情况属实' } as const;
    expect((await get(d.leader, id)).dueAt).toBe('2023-06-12T09:00:00.000Z');
    await must(d.leader, id, ask);
    await must(closer, id, grant);
    expect((await get(d.leader, id)).dueAt).toBe('2023-06-15T09:00:00.000Z');
    await must(d.leader, id, ask);
    await must(closer, id, grant);
    expect((await act(d.leader, id, ask)).body.code).toBe('extension_limit');
  });

  it('what comes back is linked to what it comes back from, and needs a lasting rule', async () => {
    const first = await issued();
    await must(d.leader, first, PLAN, await submit(d.leader));
    await must(d.supervisor, first, { action: 'verify', passed: true, note: '属实' });
    await must(closer, first, { action: 'sign_off' });
    const found = await t.call(d.supervisor, 'GET', `/rectifications/recurrences?unitId=${d.units.a.id}&type=evidence`);
    expect(found.body.items.map((item: { id: string }) => item.id)).toEqual([first]);
    const again = await issued({ recurrenceOf: first });
    await must(d.leader, again, PLAN);
    expect((await act(d.leader, again, await submit(d.leader))).body).toMatchObject({
      code: 'rule_required',
      errors: [{ field: '/command/lastingRule' }],
    });
    await must(d.leader, again, await submit(d.leader, { lastingRule: '处置前后各拍一张，内勤每日抽查' }));
    expect((await get(d.leader, first)).recurrences).toHaveLength(1);
    const other = await issue(d.supervisor, { ownerUnitId: d.units.b.id, recurrenceOf: first });
    expect(other.body.errors[0].field).toBe('/rectification/recurrenceOf');
  });

  it('says in Chinese what is wrong with what is issued, and where', async () => {
    for (const [more, field] of [
      [{ type: 'nothing' }, '/rectification/type'],
      [{ ownerUnitId: randomUUID() }, '/rectification/ownerUnitId'],
      [{ ownerPersonId: d.otherInner.actor.personId }, '/rectification/ownerPersonId'],
      [{ fileIds: [randomUUID()] }, '/rectification/fileIds'],
      [{ complaintId: randomUUID() }, '/rectification/complaintId'],
    ] as const) {
      const answer = await issue(d.supervisor, more);
      expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([400, field]);
    }
    expect((await issue(d.leader)).status).toBe(403);
  });

  it('issued twice with one command id it is there once; numbers have no gaps', async () => {
    const commandId = randomUUID();
    const answers = await Promise.all([1, 2, 3].map(() => issue(d.supervisor, {}, commandId)));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    await issue(d.supervisor, { ownerUnitId: randomUUID() });
    const next = await issue();
    expect([answers[0]!.body.number, next.body.number]).toEqual(['ZG2023-0001', 'ZG2023-0002']);
  });

  it('orders overdue or reopened twice are put forward until they have one', async () => {
    const order = await registerOrder(t, d.clerk);
    await t.deps.db.query(
      null,
      "update complaint set unit_id = $2, status = 'handling', reopen_count = 2 where id = $1",
      [order.id, d.units.a.id],
    );
    const asked = async () => (await t.call(d.supervisor, 'GET', '/rectifications/candidates')).body.items;
    expect(await asked()).toMatchObject([{ id: order.id, reason: 'reopened', unit: { id: d.units.a.id } }]);
    await issued({ source: 'complaint', complaintId: order.id });
    expect(await asked()).toEqual([]);
  });
});

describe('the board', () => {
  it('counts what its links open', async () => {
    const ids = [await issued(), await issued({ source: 'complaint' }), await issued({ ownerUnitId: d.units.b.id })];
    await must(d.leader, ids[0]!, PLAN, await submit(d.leader));
    await must(d.supervisor, ids[0]!, { action: 'verify', passed: true, note: '属实' });
    await must(closer, ids[0]!, { action: 'sign_off' });
    t.clock.set(Date.parse('2023-06-20T10:00:00+08:00'));
    const board = (await t.call(d.supervisor, 'GET', '/rectifications/board')).body;
    expect(board.total).toMatchObject({ open: 2, overdue: 2, closed: 1, onTime: 1, issued: 3, sentBack: 0 });
    const count = async (query: string) =>
      (await t.call(d.supervisor, 'GET', `/rectifications?limit=1&${query}`)).body.total;
    for (const unit of board.units) {
      expect(await count(`unitId=${unit.key}&open=true`)).toBe(unit.open);
      expect(await count(`unitId=${unit.key}&overdue=true`)).toBe(unit.overdue);
      expect(await count(`unitId=${unit.key}&closedFrom=${board.from}&closedTo=${board.to}`)).toBe(unit.closed);
      expect(await count(`unitId=${unit.key}&closedFrom=${board.from}&closedTo=${board.to}&onTime=true`)).toBe(
        unit.onTime,
      );
      expect(await count(`unitId=${unit.key}&issuedFrom=${board.from}&issuedTo=${board.to}`)).toBe(unit.issued);
      for (const [age, number] of Object.entries(unit.ages))
        expect(await count(`unitId=${unit.key}&open=true&age=${age}`)).toBe(number);
    }
    // A squadron sees its own line only.
    const own = (await t.call(d.otherLeader, 'GET', '/rectifications/board')).body;
    expect(own.units.map(({ key }: { key: string }) => key)).toEqual([d.units.b.id]);
  });

  it('is exported with its filter, and the export is in the ledger of events', async () => {
    await issued();
    const answer = await t.call(d.supervisor, 'GET', '/rectifications/export?open=true');
    expect(answer.status).toBe(200);
    expect(answer.raw.subarray(0, 2).toString()).toBe('PK');
    const [row] = await t.deps.db.query<{ n: number }>(
      null,
      "select count(*)::int as n from audit_event where action = 'rectification.export'",
    );
    expect(row!.n).toBe(1);
  });
});

describe('reminders', () => {
  it('go up the line as time passes, each once, also when two processes look at the same moment', async () => {
    const id = await issued();
    for (const [day, sent] of [
      ['2023-06-06', []],
      ['2023-06-12', ['soon']],
      ['2023-06-13', ['soon', 'overdue']],
      ['2023-06-16', ['soon', 'overdue', 'overdue_3']],
      ['2023-06-30', ['soon', 'overdue', 'overdue_3', 'overdue_7']],
    ] as const) {
      t.clock.set(Date.parse(`${day}T10:00:00+08:00`));
      await Promise.all([sweepRectifications(t.deps), sweepRectifications(t.deps), sweepRectifications(t.deps)]);
      const rows = await t.deps.db.query<{ reminder: string; n: number }>(
        null,
        `select data->>'reminder' as reminder, count(*)::int as n from audit_event where action = 'rectification.remind' and object_id = $1 group by 1 order by min(at)`,
        [id],
      );
      expect(rows).toEqual(sent.map((reminder) => ({ reminder, n: 1 })));
    }
    expect((await notices(d.director)).filter((title) => title === '整改超期 7 个工作日')).toHaveLength(1);
  });

  it('what waits for a check too long is told to whoever checks', async () => {
    const id = await issued();
    await must(d.leader, id, PLAN, await submit(d.leader));
    t.clock.set(Date.parse('2023-06-09T10:00:00+08:00'));
    await sweepRectifications(t.deps);
    expect(await notices(d.supervisor)).toContain('整改待核验超过 3 个工作日');
    expect(await notices(d.leader)).not.toContain('整改时限将到');
  });
});
