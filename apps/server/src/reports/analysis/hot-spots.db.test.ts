import { randomUUID } from 'node:crypto';
import { SPOT_KINDS, type Spot } from '@bihuan/contract/analysis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { detectMatters } from '../../modules/matter/index.ts';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { randoms } from '../../testing/scope.ts';
import { draftWeek, lastWeek } from './index.ts';

const DAY = 86_400_000;
/** A Sunday night: the week that ends is 2023-06-05 to 11. */
const NOW = Date.parse('2023-06-12T08:00:00+08:00');
let t: TestApp;
let clerk: TestPerson;
let chief: TestPerson;
let leader: TestPerson;
let squadrons: { id: string; townId: string | null }[];
let placeId: string;
let sourceId: string;
let n = 0;

interface Draft {
  at: number;
  squadron: number;
  category: string;
  place?: boolean;
  title?: string;
  phone?: string;
}
async function insert(drafts: Draft[]): Promise<void> {
  const rows = drafts.map((draft) => ({
    number: `H${n++}`,
    town: squadrons[draft.squadron]!.townId,
    unit: squadrons[draft.squadron]!.id,
    category: draft.category,
    place: draft.place ? placeId : null,
    title: draft.title ?? `第${n}件各不相干的诉求`,
    at: new Date(draft.at).toISOString(),
  }));
  await t.deps.db.query(
    null,
    `with given as (select * from jsonb_to_recordset($1::jsonb) as g (number text, town uuid, unit uuid, category text, place uuid, title text, at timestamptz)),
      c as (insert into complaint (number, source_id, kind, urgency, title, content, status, unit_id, town_id, place_id, category_code, received_at, due_at, first_contact_due_at)
        select number, $2, 'ordinary', 'normal', title, title, 'handling', unit, town, place, category, at, at + interval '5 days', at + interval '1 day' from given returning id, unit_id, town_id, received_at),
      x as (insert into complainant (complaint_id) select id from c)
     insert into handling_round (complaint_id, round, kind, urgency, unit_id, town_id, started_at, due_at, first_contact_due_at)
       select id, 1, 'ordinary', 'normal', unit_id, town_id, received_at, received_at, received_at from c`,
    [JSON.stringify(rows), sourceId],
  );
}

let categories: string[];
beforeAll(async () => {
  t = await testApp();
  t.clock.set(NOW);
  const section = await t.unit('section', '执法协调科');
  clerk = await t.person(section.id, 'coordination_clerk');
  chief = await t.person(section.id, 'coordination_chief');
  squadrons = [await t.unit('squadron', '甲中队'), await t.unit('squadron', '乙中队')];
  leader = await t.person(squadrons[1]!.id, 'squadron_leader');
  [{ id: sourceId }] = (await t.deps.db.query<{ id: string }>(null, 'select id from intake_source limit 1')) as [
    { id: string },
  ];
  categories = (
    await t.deps.db.query<{ code: string }>(
      null,
      'select code from category c where parent_code is not null order by code limit 3',
    )
  ).map(({ code }) => code);
  [{ id: placeId }] = (await t.deps.db.query<{ id: string }>(
    null,
    "insert into place (kind, name, town_id) values ('compound', '鸿禧苑', $1) returning id",
    [squadrons[0]!.townId],
  )) as [{ id: string }];
  const random = randoms(4);
  const calm: Draft[] = [];
  for (let week = 0; week < 60; week++)
    for (const squadron of [0, 1])
      for (const category of categories)
        for (let k = 0; k < 4 + Math.floor(random.next() * 3); k++)
          calm.push({
            at: Date.parse('2023-06-12T00:00:00+08:00') - week * 7 * DAY - (0.1 + random.next() * 6.8) * DAY,
            squadron,
            category,
          });
  await insert(calm);
  await insert(
    Array.from({ length: 16 }, (_, at) => ({
      at: Date.parse('2023-06-10T21:00:00+08:00') + at * 60_000,
      squadron: 0,
      category: categories[0]!,
      place: true,
      title: '友谊路街道鸿禧苑底商烧烤油烟扰民',
    })),
  );
  await detectMatters(t.deps);
});
afterAll(() => t.close());

const listOf = (spot: Spot, from: string, to: string): string =>
  `/complaints?limit=1&receivedFrom=${from}&receivedTo=${to}${spot.townId ? `&townId=${spot.townId}` : ''}${spot.categoryCode ? `&categoryCode=${spot.categoryCode}` : ''}${spot.placeId ? `&placeId=${spot.placeId}` : ''}`;

describe('hot spots', () => {
  test('a planted rise is found once, at its narrowest, with its matter; what rises because of it is named with it', async () => {
    const { status, body } = await t.call(clerk, 'GET', '/analysis/hot-spots?to=2023-06-11');
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body.rises).toHaveLength(1);
    const [rise] = body.rises;
    expect(rise.spot).toMatchObject({ kind: 'place_category', placeId, categoryCode: categories[0] });
    expect(rise.spot.label).toContain('鸿禧苑');
    expect(rise).toMatchObject({ observed: 16, night: 16 });
    expect(rise.matters[0]).toMatchObject({ count: 16 });
    expect(rise.broader.map((one: { spot: Spot }) => one.spot.kind)).toContain('place');
    expect(rise.broader.map((one: { spot: Spot }) => one.spot.kind)).toContain('town_category');
  });

  test('every number opens to as many orders, week by week', async () => {
    const { body } = await t.call(clerk, 'GET', '/analysis/hot-spots?to=2023-06-11');
    const total = async (path: string) => (await t.call(clerk, 'GET', path)).body.total;
    expect(await total(`/complaints?limit=1&receivedFrom=${body.from}&receivedTo=${body.to}`)).toBe(
      body.total.observed,
    );
    for (const rise of body.rises) {
      expect(Object.keys(SPOT_KINDS)).toContain(rise.spot.kind);
      for (const week of rise.weeks.slice(0, 6))
        expect(await total(listOf(rise.spot, week.from, week.to))).toBe(week.observed);
      for (const one of [...rise.broader, ...rise.parts])
        expect(await total(listOf(one.spot, body.from, body.to))).toBe(one.observed ?? one.count);
      for (const matter of rise.matters)
        expect(
          await total(`/complaints?limit=1&matterId=${matter.id}&receivedFrom=${body.from}&receivedTo=${body.to}`),
        ).toBe(matter.count);
    }
  });

  test('in a quiet week nothing rises', async () => {
    const { body } = await t.call(clerk, 'GET', '/analysis/hot-spots?to=2023-05-28');
    expect(body.rises).toEqual([]);
    expect(body.tested).toBeGreaterThan(5);
  });

  test('a squadron sees what rises among its own orders, and nothing of another’s', async () => {
    const { body } = await t.call(leader, 'GET', '/analysis/hot-spots?to=2023-06-11');
    expect(body.rises).toEqual([]);
    expect(JSON.stringify(body)).not.toContain('鸿禧苑');
    const list = await t.call(leader, 'GET', `/complaints?limit=1&receivedFrom=${body.from}&receivedTo=${body.to}`);
    expect(body.total.observed).toBe(list.body.total);
  });

  test('too little history says so instead of finding nothing', async () => {
    const { body } = await t.call(clerk, 'GET', '/analysis/hot-spots?to=2022-06-01');
    expect(body.rises).toBeNull();
  });
});

describe('a week’s analysis', () => {
  const path = '/analysis/weeks/2023-06-05';
  test('is drafted once, by the job or by hand, and never over what people wrote', async () => {
    expect(lastWeek(NOW)).toBe('2023-06-05');
    expect((await t.call(clerk, 'GET', path)).status).toBe(404);
    const drafts = await Promise.all([
      draftWeek(t.deps, '2023-06-05', null),
      draftWeek(t.deps, '2023-06-05', null),
      draftWeek(t.deps, '2023-06-05', null),
    ]);
    expect(drafts.filter(Boolean)).toHaveLength(1);
    const { body } = await t.call(clerk, 'GET', path);
    expect(body).toMatchObject({ state: 'draft', rises: 1, version: 1, mayWrite: true });
    expect(body.findings).toContain('鸿禧苑');
    expect(body.findings).toContain('16 件');
    expect(body.causes).toContain('同一事项');
    const saved = await t.call(clerk, 'POST', `${path}/changes`, {
      commandId: randomUUID(),
      ifVersion: 1,
      change: { action: 'save', findings: body.findings, causes: '新开烧烤店夜间营业', measures: [] },
    });
    expect(saved.body).toMatchObject({ state: 'edited', version: 2, causes: '新开烧烤店夜间营业' });
    expect(await draftWeek(t.deps, '2023-06-05', null)).toBe(false);
    expect((await t.call(clerk, 'POST', path)).body.causes).toBe('新开烧烤店夜间营业');
  });

  test('two people at once: the second is told, and nothing of the first is lost', async () => {
    const { body } = await t.call(clerk, 'GET', path);
    const save = (as: TestPerson, causes: string) =>
      t.call(as, 'POST', `${path}/changes`, {
        commandId: randomUUID(),
        ifVersion: body.version,
        change: { action: 'save', findings: body.findings, causes, measures: [] },
      });
    const answers = await Promise.all([save(clerk, '甲写的'), save(chief, '乙写的')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    const winner = answers[0]!.status === 200 ? '甲写的' : '乙写的';
    expect((await t.call(clerk, 'GET', path)).body.causes).toBe(winner);
  });

  test('finished once, then closed to changes until it is returned; the same command again changes nothing', async () => {
    const before = (await t.call(clerk, 'GET', path)).body;
    const spot = before.facts.rises[0].spot;
    await t.call(clerk, 'POST', `${path}/changes`, {
      commandId: randomUUID(),
      ifVersion: before.version,
      change: {
        action: 'save',
        findings: before.findings,
        causes: before.causes,
        measures: [{ text: '责令停业整改', unitId: squadrons[0]!.id, dueOn: '2023-06-14', spot, before: 16 }],
      },
    });
    const finish = { commandId: randomUUID(), ifVersion: before.version + 1, change: { action: 'finish' } };
    const [one, other] = await Promise.all([
      t.call(clerk, 'POST', `${path}/changes`, finish),
      t.call(chief, 'POST', `${path}/changes`, { ...finish, commandId: randomUUID() }),
    ]);
    expect([one!.status, other!.status].sort()).toEqual([200, 412]);
    const after = (await t.call(clerk, 'GET', path)).body;
    expect(after).toMatchObject({ state: 'finished', version: before.version + 2 });
    const again = await t.call(
      one!.status === 200 ? clerk : chief,
      'POST',
      `${path}/changes`,
      one!.status === 200 ? finish : { ...finish, commandId: randomUUID() },
    );
    expect([200, 412]).toContain(again.status);
    expect((await t.call(clerk, 'GET', path)).body.version).toBe(after.version);
    const save = {
      commandId: randomUUID(),
      ifVersion: after.version,
      change: { action: 'save', findings: '', causes: '', measures: [] },
    };
    expect((await t.call(clerk, 'POST', `${path}/changes`, save)).status).toBe(409);
  });

  test('the next week says what the measures came to', async () => {
    t.clock.set(NOW + 7 * DAY);
    const { body } = await t.call(clerk, 'POST', '/analysis/weeks/2023-06-12');
    expect(body.earlier).toHaveLength(1);
    expect(body.earlier[0]).toMatchObject({
      text: '责令停业整改',
      before: 16,
      after: 0,
      effect: 'back',
      unit: { name: '甲中队' },
    });
    expect(body.findings).toContain('已回到常年水平');
    t.clock.set(NOW);
  });

  test('a week that is not over, and a day that is no Monday, are refused; unknown units too', async () => {
    expect((await t.call(clerk, 'POST', '/analysis/weeks/2023-06-12')).status).toBe(400);
    expect((await t.call(clerk, 'POST', '/analysis/weeks/2023-05-30')).status).toBe(400);
  });

  test('is for those who see the whole district; writing is the coordination section’s and the supervisors’', async () => {
    for (const [role, unitId] of [
      ['officer', squadrons[0]!.id],
      ['squadron_leader', squadrons[0]!.id],
    ] as const) {
      const person = await t.person(unitId, role);
      expect((await t.call(person, 'GET', '/analysis/weeks')).status).toBe(403);
      expect((await t.call(person, 'GET', path)).status).toBe(403);
      expect((await t.call(person, 'POST', '/analysis/weeks/2023-05-29')).status).toBe(403);
    }
    const reader = await t.person((await t.unit('bureau', '区局')).id, 'bureau_leader');
    expect((await t.call(reader, 'GET', path)).body.mayWrite).toBe(false);
    expect((await t.call(reader, 'POST', '/analysis/weeks/2023-05-29')).status).toBe(403);
    expect((await t.call(null, 'GET', path)).status).toBe(401);
  });
});
