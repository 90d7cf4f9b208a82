import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../testing/app.ts';
import { handledOrder, type TestDistrict, testDistrict, walk } from '../../testing/complaint.ts';
import { sweepClocks } from './clock.jobs.ts';
import { recomputeDeadlines } from './recompute.jobs.ts';
import { RECOMPUTE_TASK } from './recompute.repo.ts';

let t: TestApp;
let d: TestDistrict;
beforeAll(async () => {
  t = await testApp();
  d = await testDistrict(t);
});
afterEach(async () => {
  await sql("delete from calendar_day where note = 'test'");
  await sql("delete from deadline_rule where effective_from = '2023-06-01'");
  await recomputeDeadlines(t.deps);
});
afterAll(() => t.close());

const at = (text: string) => t.clock.set(Date.parse(`${text}+08:00`));
const instant = (text: string) => new Date(`${text}+08:00`).toISOString();
const sql = <Row extends object>(text: string, values: unknown[] = []) => t.deps.db.query<Row>(null, text, values);
const addHoliday = (day: string) =>
  sql("insert into calendar_day (day, kind, note) values ($1, 'holiday', 'test')", [day]);
const allow = (workdays: number) =>
  sql(
    `insert into deadline_rule (purpose, kind, urgency, budget_unit, budget_amount, effective_from)
     values ('handling', 'ordinary', 'normal', 'workday', $1, '2023-06-01')`,
    [workdays],
  );
const events = async (id: string) =>
  (
    await sql<{ data: Record<string, string> }>(
      "select data from audit_event where object_id = $1 and action = 'complaint.recompute' order by at, id",
      [id],
    )
  ).map((event) => event.data);
async function stored(id: string) {
  const [row] = await sql<Record<'due' | 'round_due' | 'next', Date | null> & { version: number }>(
    `select c.due_at as due, r.due_at as round_due, c.next_check_at as next, c.version
       from complaint c join handling_round r on r.complaint_id = c.id and r.round = c.round where c.id = $1`,
    [id],
  );
  expect(row!.round_due).toEqual(row!.due);
  return { dueAt: row!.due!.toISOString(), nextCheckAt: row!.next?.toISOString() ?? null, version: row!.version };
}
async function pausedFrom6To8(): Promise<string> {
  at('2023-06-05T10:00:00');
  const { id } = await handledOrder(t, d);
  await walk(t, id, [d.officer, { action: 'contact', outcome: 'reached', note: '已联系' }]);
  at('2023-06-06T10:00:00');
  const requestId = randomUUID();
  await walk(
    t,
    id,
    [d.officer, { action: 'request', requestId, kind: 'pause', reason: '等待房屋安全鉴定' }],
    [d.chief, { action: 'decide', requestId, approve: true, note: '同意' }],
  );
  at('2023-06-08T10:00:00');
  await walk(t, id, [d.officer, { action: 'resume', note: '鉴定报告已出' }]);
  return id;
}

it('a rule changed later moves the due instant of open orders and keeps the pauses', async () => {
  const id = await pausedFrom6To8();
  const before = await stored(id);
  expect(before.dueAt).toBe(instant('2023-06-14T17:00:00'));
  await allow(7);
  // Through the queue, as whoever edits the rules will ask for it; the process does not know of the new rule yet.
  await t.deps.jobs.add(t.deps.db, RECOMPUTE_TASK, {}, { key: RECOMPUTE_TASK });
  await t.deps.jobs.drain();
  const after = await stored(id);
  expect(after.dueAt).toBe(instant('2023-06-16T17:00:00'));
  expect(after.nextCheckAt! > before.nextCheckAt!).toBe(true);
  expect(after.version).toBe(before.version);
  expect(await events(id)).toMatchObject([
    { oldDueAt: instant('2023-06-14T17:00:00'), newDueAt: instant('2023-06-16T17:00:00') },
  ]);
  expect((await t.call(d.clerk, 'GET', `/complaints/${id}`)).body.dueAt).toBe(instant('2023-06-16T17:00:00'));
});

it('a holiday added to the calendar moves due instants by that day, and the day taken away moves them back', async () => {
  at('2023-06-05T10:00:00');
  const { id } = await handledOrder(t, d);
  expect((await stored(id)).dueAt).toBe(instant('2023-06-12T17:00:00'));
  await addHoliday('2023-06-07');
  expect(await recomputeDeadlines(t.deps)).toBeGreaterThan(0);
  expect((await stored(id)).dueAt).toBe(instant('2023-06-13T17:00:00'));
  await sql("delete from calendar_day where note = 'test'");
  await recomputeDeadlines(t.deps);
  expect((await stored(id)).dueAt).toBe(instant('2023-06-12T17:00:00'));
  expect(await events(id)).toHaveLength(2);
});

it('leaves orders that are right already, and closed orders, without change and without an event', async () => {
  at('2023-06-05T10:00:00');
  const { id } = await handledOrder(t, d);
  const closed = await handledOrder(t, d);
  await walk(
    t,
    closed.id,
    [d.officer, { action: 'contact', outcome: 'reached', note: '已联系' }],
    [d.officer, { action: 'submit', result: '已责令恢复', measures: ['order'] }],
    [d.leader, { action: 'conclude' }],
    [
      d.clerk,
      { action: 'follow_up', channel: 'phone', reached: true, solved: true, satisfaction: 'satisfied', note: '满意' },
    ],
  );
  const before = [await stored(id), await stored(closed.id)];
  expect(await recomputeDeadlines(t.deps)).toBe(0);
  expect([await stored(id), await stored(closed.id)]).toEqual(before);
  await addHoliday('2023-06-07');
  await recomputeDeadlines(t.deps);
  expect(await events(id)).toHaveLength(1);
  expect(await stored(closed.id)).toEqual(before[1]);
  expect(await events(closed.id)).toEqual([]);
});

it('stopped at once it changes nothing, and run again it does the whole', async () => {
  at('2023-06-05T10:00:00');
  const { id } = await handledOrder(t, d);
  await addHoliday('2023-06-07');
  expect(await recomputeDeadlines(t.deps, AbortSignal.abort())).toBe(0);
  expect((await stored(id)).dueAt).toBe(instant('2023-06-12T17:00:00'));
  await recomputeDeadlines(t.deps);
  expect((await stored(id)).dueAt).toBe(instant('2023-06-13T17:00:00'));
});

it('warns of a mark that a shorter rule put into the past, and again of one that a longer rule put ahead', async () => {
  at('2023-06-05T10:00:00');
  const { id } = await handledOrder(t, d);
  await walk(t, id, [d.officer, { action: 'contact', outcome: 'reached', note: '已联系' }]);
  const warned = async () =>
    (
      await sql<{ level: number }>(
        "select level from clock_warning where complaint_id = $1 and clock = 'handling' order by level",
        [id],
      )
    ).map((row) => row.level);
  at('2023-06-07T10:00:00');
  await allow(1);
  await recomputeDeadlines(t.deps);
  await sweepClocks(t.deps);
  expect(await warned()).toEqual([50, 80, 100]);
  await sql("delete from deadline_rule where effective_from = '2023-06-01'");
  await recomputeDeadlines(t.deps);
  expect(await warned()).toEqual([]);
  at('2023-06-08T16:00:00');
  await sweepClocks(t.deps);
  expect(await warned()).toEqual([50]);
});
