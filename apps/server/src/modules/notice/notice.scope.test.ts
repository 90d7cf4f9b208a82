import { afterAll, beforeAll, expect, test } from 'vitest';
import { notify } from '../../platform/notify/index.ts';
import { TEST_NOW, type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { handledOrder, testDistrict } from '../../testing/complaint.ts';

let t: TestApp;
let clerk: TestPerson;
let officer: TestPerson;
let unitId: string;
beforeAll(async () => {
  t = await testApp();
  unitId = (await t.unit('squadron')).id;
  clerk = await t.person(unitId, 'squadron_clerk');
  officer = await t.person(unitId, 'officer');
});
afterAll(() => t.close());

const titles = async (person: TestPerson, query = '') =>
  (await t.call(person, 'GET', `/notices${query}`)).body.items.map((item: { title: string }) => item.title);

test('a notice is seen by the person or the role of the unit it is addressed to, newest first, page by page', async () => {
  const common = { at: TEST_NOW, kind: 'x', level: 'info' } as const;
  await notify(t.deps.db, { ...common, personId: officer.actor.personId, title: '给队员' });
  for (const title of ['一', '二', '三'])
    await notify(t.deps.db, { ...common, unitId, roles: ['squadron_clerk'], title });
  expect(await titles(officer)).toEqual(['给队员']);
  expect(await titles(clerk)).toEqual(['三', '二', '一']);
  const first = (await t.call(clerk, 'GET', '/notices?limit=2')).body;
  expect(await titles(clerk, `?limit=2&after=${first.next}`)).toEqual(['一']);
});

test('the same key sends once', async () => {
  const draft = {
    at: TEST_NOW,
    kind: 'x',
    level: 'warn',
    personId: officer.actor.personId,
    title: '只发一次',
    dedupeKey: 'k1',
  } as const;
  expect(await notify(t.deps.db, draft)).not.toBeNull();
  expect(await notify(t.deps.db, draft)).toBeNull();
});

test('reading is each person’s own: one marks, the colleague still has it unread', async () => {
  const colleague = await t.person(unitId, 'squadron_clerk');
  const id = await notify(t.deps.db, {
    at: TEST_NOW,
    kind: 'x',
    level: 'info',
    unitId,
    roles: ['squadron_clerk'],
    title: '共有',
  });
  const before = (await t.call(clerk, 'GET', '/notices/unread')).body.count;
  expect((await t.call(clerk, 'POST', `/notices/${id}/read`)).status).toBe(204);
  expect((await t.call(clerk, 'POST', `/notices/${id}/read`)).status).toBe(204);
  expect((await t.call(clerk, 'GET', '/notices/unread')).body.count).toBe(before - 1);
  expect(await titles(colleague, '?unread=true')).toContain('共有');
  expect(await titles(clerk, '?unread=true')).not.toContain('共有');
  expect((await t.call(clerk, 'POST', '/notices/read-all')).body.count).toBe(before - 1);
  expect((await t.call(clerk, 'GET', '/notices/unread')).body).toEqual({ count: 0, capped: false });
});

test('nobody marks another’s notice', async () => {
  const id = await notify(t.deps.db, {
    at: TEST_NOW,
    kind: 'x',
    level: 'info',
    personId: officer.actor.personId,
    title: '别人的',
  });
  expect((await t.call(clerk, 'POST', `/notices/${id}/read`)).status).toBe(404);
});

test('a notice about a complaint goes with the complaint when another squadron takes it over', async () => {
  const d = await testDistrict(t);
  const { id } = await handledOrder(t, d);
  const title = '诉件将到期';
  const about = {
    at: TEST_NOW,
    kind: 'x',
    level: 'warn',
    roles: ['squadron_clerk'],
    objectType: 'complaint',
    objectId: id,
  } as const;
  await notify(t.deps.db, { ...about, unitId: d.units.a.id, title });
  expect(await titles(d.inner)).toContain(title);
  const unread = (await t.call(d.inner, 'GET', '/notices/unread')).body.count;
  await t.deps.db.query(null, 'update complaint set unit_id = $2 where id = $1', [id, d.units.b.id]);
  expect(await titles(d.inner)).not.toContain(title);
  expect((await t.call(d.inner, 'GET', '/notices/unread')).body.count).toBeLessThan(unread);
});
