import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadWorkingTime } from '../../platform/calendar/index.ts';
import { createLive } from '../../platform/live/index.ts';
import { TEST_NOW, type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { handledOrder, type TestDistrict, testDistrict, walk } from '../../testing/complaint.ts';
import { applyShifts } from './calendar.service.ts';

let t: TestApp;
let d: TestDistrict;
beforeAll(async () => {
  t = await testApp();
  d = await testDistrict(t);
});
beforeEach(() => t.clock.set(TEST_NOW));
afterAll(() => t.close());

const at = (text: string) => t.clock.set(Date.parse(`${text}+08:00`));
const instant = (text: string) => new Date(`${text}+08:00`).toISOString();
const sql = <Row extends object>(text: string, values: unknown[] = []) => t.deps.db.query<Row>(null, text, values);
const get = async (as: TestPerson, path: string) => (await t.call(as, 'GET', path)).body;
const dueAt = async (id: string): Promise<string> => (await get(d.clerk, `/complaints/${id}`)).dueAt;
const events = (action: string) =>
  sql<{ data: Record<string, unknown>; note: string | null }>(
    'select data, note from audit_event where action = $1 order by id',
    [action],
  );

async function year2023(change: (days: { day: string; kind: string; note: string | null }[]) => unknown[]) {
  const before = await get(d.sysadmin, '/dictionary/calendar/2023');
  return {
    version: before.version,
    announced: true,
    source: before.source,
    days: change(before.days),
  };
}

describe('the working calendar', () => {
  it('changed, moves open orders by that day, keeps their pauses, leaves closed ones, and says so before and after', async () => {
    at('2023-06-05T10:00:00');
    const paused = await handledOrder(t, d);
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
    const closedDue = await dueAt(closed.id);
    at('2023-06-06T10:00:00');
    const requestId = randomUUID();
    await walk(
      t,
      paused.id,
      [d.officer, { action: 'contact', outcome: 'reached', note: '已联系' }],
      [d.officer, { action: 'request', requestId, kind: 'pause', reason: '等待房屋安全鉴定' }],
      [d.chief, { action: 'decide', requestId, approve: true, note: '同意' }],
    );
    at('2023-06-08T10:00:00');
    await walk(t, paused.id, [d.officer, { action: 'resume', note: '鉴定报告已出' }]);
    expect(await dueAt(paused.id)).toBe(instant('2023-06-14T17:00:00'));

    const body = await year2023((days) => [...days, { day: '2023-06-12', kind: 'holiday', note: '区运动会' }]);
    const preview = await t.call(d.sysadmin, 'POST', '/dictionary/calendar/2023/preview', body);
    expect(preview.body).toMatchObject({ open: 1, changed: 1, later: 1, earlier: 0, becomeOverdue: 0, from: null });
    // Looking changed nothing.
    expect((await get(d.sysadmin, '/dictionary/calendar/2023')).version).toBe(body.version);
    expect(t.deps.workingTime.calendar.isWorkday('2023-06-12')).toBe(true);

    const saved = await t.call(d.sysadmin, 'PUT', '/dictionary/calendar/2023', { commandId: randomUUID(), ...body });
    expect(saved.status).toBe(200);
    expect(saved.body).toMatchObject({ version: body.version + 1, changedBy: { name: d.sysadmin.actor.name } });
    expect(t.deps.workingTime.calendar.isWorkday('2023-06-12')).toBe(false);
    expect((await get(d.sysadmin, '/dictionary/recomputes')).items[0]).toMatchObject({
      cause: 'calendar',
      note: '2023 年工作日历',
      state: 'waiting',
    });
    await t.deps.jobs.drain();
    expect(await dueAt(paused.id)).toBe(instant('2023-06-15T17:00:00'));
    expect(await dueAt(closed.id)).toBe(closedDue);
    expect((await get(d.sysadmin, '/dictionary/recomputes')).items[0]).toMatchObject({
      state: 'done',
      total: 1,
      checked: 1,
      changed: 1,
    });
    expect((await events('dictionary.calendar_changed')).at(-1)!.data).toMatchObject({
      year: 2023,
      added: ['2023-06-12 holiday'],
      removed: [],
    });
  });

  it('of a year not announced is said to be so, and dates out of place are refused by name', async () => {
    expect(await get(d.officer, '/dictionary/calendar/2030')).toMatchObject({
      announced: false,
      version: 0,
      days: [],
      workdays: 261,
    });
    const refused = await t.call(d.sysadmin, 'PUT', '/dictionary/calendar/2030', {
      commandId: randomUUID(),
      version: 0,
      announced: true,
      source: null,
      days: [
        { day: '2029-12-31', kind: 'holiday', note: null },
        { day: '2030-01-02', kind: 'makeup', note: null },
        { day: '2030-01-01', kind: 'holiday', note: null },
        { day: '2030-01-01', kind: 'holiday', note: null },
      ],
    });
    expect(refused.status).toBe(400);
    expect(refused.body.errors.map((error: { message: string }) => error.message)).toEqual([
      expect.stringContaining('不属于 2030 年'),
      expect.stringContaining('本来就上班'),
      '2030-01-01 列了两次',
    ]);
    expect((await get(d.officer, '/dictionary/calendar/2030')).version).toBe(0);
  });

  it('sent twice by the same command is changed once', async () => {
    const command = { commandId: randomUUID(), version: 0, announced: false, source: null, days: [] };
    const first = await t.call(d.sysadmin, 'PUT', '/dictionary/calendar/2031', command);
    const again = await t.call(d.sysadmin, 'PUT', '/dictionary/calendar/2031', command);
    expect([first.status, again.status, again.body.version]).toEqual([200, 200, 1]);
  });

  it('is exported in the columns that can be pasted in again', async () => {
    const csv = await t.call(d.officer, 'GET', '/dictionary/calendar/2022/export?format=csv');
    expect(csv.raw.toString()).toContain('2022-01-01,放假');
    const xlsx = await t.call(d.officer, 'GET', '/dictionary/calendar/2022/export?format=xlsx');
    expect(xlsx.raw.subarray(0, 2).toString()).toBe('PK');
  });
});

describe('working hours', () => {
  it('of a later day hold when that day has come, not before', async () => {
    at('2023-06-05T10:00:00');
    const order = await handledOrder(t, d);
    const before = await dueAt(order.id);
    const shifts = { effectiveFrom: '2023-06-08', spans: [{ starts: 540, ends: 990 }] };
    const preview = await t.call(d.sysadmin, 'POST', '/dictionary/shifts/preview', shifts);
    expect(preview.body).toMatchObject({ from: '2023-06-08' });
    expect(preview.body.changed).toBeGreaterThan(0);
    const added = await t.call(d.sysadmin, 'POST', '/dictionary/shifts', { commandId: randomUUID(), ...shifts });
    expect(added.body.shifts[0]).toMatchObject({ effectiveFrom: '2023-06-08', state: 'coming' });
    await applyShifts(t.deps);
    await t.deps.jobs.drain();
    expect(await dueAt(order.id)).toBe(before);

    at('2023-06-08T00:01:00');
    await applyShifts(t.deps);
    await t.deps.jobs.drain();
    expect(await dueAt(order.id)).toBe(before.replace('T09:00', 'T08:30'));
    const [run] = (await get(d.sysadmin, '/dictionary/recomputes')).items;
    expect(run).toMatchObject({ cause: 'shifts', state: 'done', askedBy: null });
    // Once is enough.
    await applyShifts(t.deps);
    expect((await get(d.sysadmin, '/dictionary/recomputes')).items[0].id).toBe(run.id);

    const taken = await t.call(d.sysadmin, 'POST', '/dictionary/shifts', { commandId: randomUUID(), ...shifts });
    expect([taken.status, taken.body.code]).toEqual([409, 'shifts_taken']);
    const back = await t.call(d.sysadmin, 'POST', '/dictionary/shifts/withdrawal', {
      commandId: randomUUID(),
      effectiveFrom: '2023-06-08',
      reason: '夏令作息取消',
    });
    expect(back.body.shifts[0]).toMatchObject({ state: 'now', withdrawable: false });
    await t.deps.jobs.drain();
    expect(await dueAt(order.id)).toBe(before);
    const oldest = await t.call(d.sysadmin, 'POST', '/dictionary/shifts/withdrawal', {
      commandId: randomUUID(),
      effectiveFrom: back.body.shifts[0].effectiveFrom,
      reason: '试一试',
    });
    expect(oldest.body.code).toBe('shifts_oldest');
  });

  it('that overlap or are out of order are refused at their field', async () => {
    const answer = await t.call(d.sysadmin, 'POST', '/dictionary/shifts', {
      commandId: randomUUID(),
      effectiveFrom: '2023-07-01',
      spans: [
        { starts: 540, ends: 720 },
        { starts: 700, ends: 1020 },
      ],
    });
    expect([answer.status, answer.body.errors[0].field]).toEqual([400, '/spans']);
  });
});

describe('deadline rules', () => {
  const rule = {
    purpose: 'handling',
    kind: 'ordinary',
    urgency: 'normal',
    budgetUnit: 'workday',
    budgetAmount: 3,
    effectiveFrom: '2023-06-05',
    basis: '区热线办通知',
    replaces: null,
  };

  it('hold for orders begun from their day on; a correction of the same day and a withdrawal keep what was before', async () => {
    at('2023-06-02T10:00:00');
    const earlier = await handledOrder(t, d);
    at('2023-06-05T10:00:00');
    const order = await handledOrder(t, d);
    const [earlierDue, due] = [await dueAt(earlier.id), await dueAt(order.id)];
    const preview = await t.call(d.chief, 'POST', '/dictionary/deadline-rules/preview', rule);
    expect(preview.body.changed).toBeGreaterThan(0);
    const made = await t.call(d.chief, 'POST', '/dictionary/deadline-rules', { commandId: randomUUID(), ...rule });
    expect(made.body).toMatchObject({ state: 'now', basis: '区热线办通知', madeBy: { name: d.chief.actor.name } });
    await t.deps.jobs.drain();
    expect(await dueAt(earlier.id)).toBe(earlierDue);
    expect((await dueAt(order.id)) < due).toBe(true);
    expect((await get(d.chief, '/dictionary/recomputes')).items[0]).toMatchObject({
      note: '一般件、一般的办理时限',
      changed: preview.body.changed,
    });

    const taken = await t.call(d.chief, 'POST', '/dictionary/deadline-rules', { commandId: randomUUID(), ...rule });
    expect([taken.status, taken.body.code]).toEqual([409, 'rule_taken']);
    const corrected = await t.call(d.chief, 'POST', '/dictionary/deadline-rules', {
      commandId: randomUUID(),
      ...rule,
      budgetAmount: 4,
      replaces: { id: made.body.id, version: made.body.version },
    });
    expect(corrected.body).toMatchObject({ budgetAmount: 4, state: 'now' });
    const history = (await get(d.officer, '/dictionary/deadline-rules')).items.filter(
      (one: typeof rule) => one.purpose === 'handling' && one.kind === 'ordinary' && one.urgency === 'normal',
    );
    expect(history.map((one: { budgetAmount: number; state: string }) => [one.budgetAmount, one.state])).toEqual([
      [4, 'now'],
      [3, 'withdrawn'],
      [5, 'past'],
    ]);
    const oldest = await t.call(d.chief, 'POST', `/dictionary/deadline-rules/${history[2].id}/withdrawal`, {
      commandId: randomUUID(),
      version: history[2].version,
      reason: '试一试',
    });
    expect(oldest.body.code).toBe('rule_oldest');
    const back = await t.call(d.chief, 'POST', `/dictionary/deadline-rules/${corrected.body.id}/withdrawal`, {
      commandId: randomUUID(),
      version: corrected.body.version,
      reason: '通知撤销',
    });
    expect(back.body.state).toBe('withdrawn');
    await t.deps.jobs.drain();
    expect(await dueAt(order.id)).toBe(due);
  });

  it('of a later day move nothing yet; a day before the first rule is refused', async () => {
    const coming = { ...rule, kind: 'complex', budgetAmount: 10, effectiveFrom: '2023-07-01' };
    const preview = await t.call(d.chief, 'POST', '/dictionary/deadline-rules/preview', coming);
    expect(preview.body).toMatchObject({ changed: 0, from: '2023-07-01' });
    const refused = await t.call(d.chief, 'POST', '/dictionary/deadline-rules/preview', {
      ...rule,
      effectiveFrom: '2019-12-31',
    });
    expect(refused.body.errors[0]).toMatchObject({ field: '/effectiveFrom' });
  });

  it('are the coordination head’s to set, not the system administrator’s', async () => {
    const answer = await t.call(d.sysadmin, 'POST', '/dictionary/deadline-rules', { commandId: randomUUID(), ...rule });
    expect(answer.status).toBe(403);
    expect((await t.call(d.chief, 'PUT', '/dictionary/calendar/2023', {})).status).toBe(403);
  });
});

describe('categories', () => {
  const create = (body: object) =>
    t.call(d.sysadmin, 'POST', '/dictionary/categories', {
      commandId: randomUUID(),
      keywords: [],
      hot: false,
      sort: 500,
      ...body,
    });

  it('used are retired and no longer offered, unused are deleted, and a group goes after its members', async () => {
    const group = await create({ code: 'water', name: '水务', parentCode: null });
    const member = await create({ code: 'water.river', name: '河道', parentCode: 'water', keywords: ['河道', '河岸'] });
    expect(member.body).toMatchObject({ parentName: '水务', removable: true, used: 0 });
    const order = await handledOrder(t, d, { categoryCode: 'water.river' });
    const [item] = (await get(d.sysadmin, `/dictionary/categories?q=${encodeURIComponent('河岸')}`)).items;
    expect(item).toMatchObject({ used: 1, open: 1, removable: false });
    const end = (id: string, what: string, version: number) =>
      t.call(d.sysadmin, 'POST', `/dictionary/categories/${id}/${what}`, {
        commandId: randomUUID(),
        version,
        reason: '职责划转',
        ...(what === 'closed' ? { closed: true } : {}),
      });
    expect((await end(item.id, 'removal', item.version)).body.code).toBe('category_used');
    expect((await end(group.body.id, 'closed', group.body.version)).body.code).toBe('category_has_members');
    expect((await end(item.id, 'closed', item.version)).body).toMatchObject({ closed: true });
    const { categories } = await get(d.clerk, '/complaints/reference');
    expect(categories.map(({ code }: { code: string }) => code)).not.toContain('water.river');
    expect((await get(d.clerk, `/complaints/${order.id}`)).category).toMatchObject({ name: '河道' });
    const spare = await create({ code: 'water.spare', name: '备用', parentCode: 'water' });
    expect((await end(spare.body.id, 'removal', spare.body.version)).status).toBe(204);
    expect((await events('dictionary.category_removed')).at(-1)).toMatchObject({
      note: '职责划转',
      data: { code: 'water.spare' },
    });
  });

  it('keep to two levels and to codes of their own', async () => {
    const wrong = async (body: object) => (await create({ name: '甲', ...body })).body.errors[0].field;
    expect(await wrong({ code: 'house.bearing_wall', parentCode: 'house' })).toBe('/code');
    expect(await wrong({ code: 'street.x', parentCode: 'house' })).toBe('/code');
    expect(await wrong({ code: 'nowhere.x', parentCode: 'nowhere' })).toBe('/parentCode');
  });

  it('retired by one are no longer proposed at once', async () => {
    const trial = async () =>
      (await t.call(d.sysadmin, 'POST', '/dictionary/trial', { address: '', content: '门口总有铁皮鸽棚' })).body;
    const made = await create({ code: 'street.pigeon', name: '饲养家禽', parentCode: 'street', keywords: ['鸽棚'] });
    expect((await trial()).category).toMatchObject({ name: '饲养家禽' });
    await t.call(d.sysadmin, 'POST', `/dictionary/categories/${made.body.id}/closed`, {
      commandId: randomUUID(),
      version: made.body.version,
      closed: true,
      reason: '不再受理',
    });
    expect((await trial()).category).toBeNull();
  });
});

describe('places', () => {
  const place = (overrides: object = {}) => ({
    kind: 'compound',
    name: '和平新村',
    aliases: ['和平一村'],
    townId: d.units.a.townId,
    unitId: null,
    lng: null,
    lat: null,
    ...overrides,
  });
  const add = (overrides: object = {}) =>
    t.call(d.sysadmin, 'POST', '/dictionary/places', { commandId: randomUUID(), ...place(overrides) });
  const trial = async (address: string) =>
    (await t.call(d.sysadmin, 'POST', '/dictionary/trial', { address, content: '' })).body.unit;

  it('send orders to the town’s squadron or to one of their own, from the moment they are saved', async () => {
    const made = await add();
    expect(made.body).toMatchObject({ townSquadron: { name: '甲中队' }, unit: null, used: 0 });
    expect(await trial('和平一村3号')).toMatchObject({
      name: '甲中队',
      reasons: [expect.stringContaining('和平一村')],
    });
    const moved = await t.call(d.sysadmin, 'PUT', `/dictionary/places/${made.body.id}`, {
      commandId: randomUUID(),
      version: made.body.version,
      ...place({ unitId: d.units.b.id }),
    });
    expect(moved.body.unit).toMatchObject({ name: '乙中队' });
    expect(await trial('和平一村3号')).toMatchObject({ name: '乙中队' });
    await t.call(d.sysadmin, 'POST', `/dictionary/places/${made.body.id}/closed`, {
      commandId: randomUUID(),
      version: moved.body.version,
      closed: true,
      reason: '已拆迁',
    });
    expect(await trial('和平一村3号')).toBeNull();
  });

  it('of one name in one town are kept once; one without town and squadron is of no use', async () => {
    expect((await add()).body.errors[0].field).toBe('/name');
    expect((await add({ name: '无处', townId: null })).body.errors[0].field).toBe('/townId');
    expect((await add({ name: '半处', lng: 121.4 })).body.errors[0].field).toBe('/lat');
    expect((await add({ name: '错处', townId: d.units.b.id })).body.errors[0].field).toBe('/townId');
  });

  it('are found by alias, page by page, and exported as filtered', async () => {
    for (const number of [1, 2, 3]) await add({ kind: 'road', name: `测试路${number}`, aliases: [`旧路${number}号%`] });
    const page = await get(d.sysadmin, `/dictionary/places?q=${encodeURIComponent('号%')}&limit=2`);
    expect([page.total, page.items.length, page.next]).toEqual([3, 2, '2']);
    const rest = await get(d.sysadmin, `/dictionary/places?q=${encodeURIComponent('号%')}&limit=2&after=2`);
    expect([rest.items.length, rest.next]).toEqual([1, null]);
    const csv = await t.call(
      d.sysadmin,
      'GET',
      `/dictionary/places/export?format=csv&q=${encodeURIComponent('号%')}&kind=road`,
    );
    expect(csv.raw.toString().trim().split('\r\n')).toHaveLength(4);
  });
});

it('a second server process reads the calendar anew when it hears of the change', async () => {
  const other = await loadWorkingTime(t.deps.db, t.clock);
  const live = createLive({ db: t.deps.db, log: t.deps.log });
  await live.start();
  try {
    live.observe(({ topic }) => topic === 'dictionary.changed' && void other.reload());
    expect(other.calendar.isWorkday('2023-06-20')).toBe(true);
    const body = await year2023((days) => [...days, { day: '2023-06-20', kind: 'holiday', note: null }]);
    await t.call(d.sysadmin, 'PUT', '/dictionary/calendar/2023', { commandId: randomUUID(), ...body });
    for (let i = 0; i < 60 && other.calendar.isWorkday('2023-06-20'); i++) await sleep(100);
    expect(other.calendar.isWorkday('2023-06-20')).toBe(false);
  } finally {
    await live.stop();
  }
});

describe('places that closed orders name', () => {
  it('are proposed when three matters of one town name them, unless the dictionary knows them', async () => {
    const insert = (name: string, count: number, townId: string, status = 'closed') =>
      sql(
        `with c as (insert into complaint (number, source_id, kind, urgency, title, content, address, status, town_id, received_at, due_at, first_contact_due_at)
           select 'F' || $1 || right($3::uuid::text, 8) || n, (select id from intake_source where code = 'hotline'), 'ordinary', 'normal', '标题', '内容',
                  '宝山区测试路' || n || '弄' || $1 || n || '号楼', $4, $3::uuid, '2023-05-01', '2023-05-05', '2023-05-02' from generate_series(1, $2::int) n returning id)
         select count(*) from c`,
        [name, count, townId, status],
      );
    const [here, there] = [d.units.a.townId!, d.units.b.townId!];
    await insert('绿洲香岛花园', 5, here);
    await insert('怡和新村', 2, here);
    await insert('和欣国际花园', 3, here);
    await insert('和欣国际花园', 3, there);
    await insert('翡丽公馆花园', 4, here, 'handling');
    const found = async () =>
      (await get(d.sysadmin, '/dictionary/places/found')).items.map((item: { name: string }) => item.name);
    expect(await found()).toEqual(['绿洲香岛花园']);
    expect((await t.call(d.clerk, 'GET', '/dictionary/places/found')).status).toBe(403);
    const { items } = await get(d.sysadmin, '/dictionary/places/found');
    expect(items[0]).toEqual({
      name: '绿洲香岛花园',
      kind: 'compound',
      town: { id: here, name: expect.any(String) },
      matters: 5,
    });
    const created = await t.call(d.sysadmin, 'POST', '/dictionary/places', {
      commandId: randomUUID(),
      kind: 'compound',
      name: '绿洲香岛花园',
      aliases: [],
      townId: here,
      unitId: null,
      lng: null,
      lat: null,
    });
    expect(created.status, JSON.stringify(created.body)).toBe(200);
    expect(await found()).toEqual([]);
  });
});
