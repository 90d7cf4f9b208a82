import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';

let t: TestApp;
let admins: TestPerson[];
let chiefs: TestPerson[];
beforeAll(async () => {
  t = await testApp();
  const bureau = await t.unit('bureau');
  const section = await t.unit('section');
  const twice = (unitId: string, role: 'system_admin' | 'coordination_chief') =>
    Promise.all([t.person(unitId, role), t.person(unitId, role)]);
  admins = await twice(bureau.id, 'system_admin');
  chiefs = await twice(section.id, 'coordination_chief');
});
afterAll(() => t.close());

const codes = (answers: { status: number }[]) => answers.map(({ status }) => status).sort();

it('of two people who edit one record at once the second is told, and nothing is lost', async () => {
  const { items } = (await t.call(admins[0]!, 'GET', '/dictionary/categories?q=house.renovation')).body;
  const { id, version, parentCode, hot, sort } = items[0];
  const answers = await Promise.all(
    admins.map((person, index) =>
      t.call(person, 'PUT', `/dictionary/categories/${id}`, {
        commandId: randomUUID(),
        version,
        parentCode,
        hot,
        sort,
        name: `改名${index}`,
        keywords: ['装修'],
      }),
    ),
  );
  expect(codes(answers)).toEqual([200, 412]);
  const winner = answers.findIndex(({ status }) => status === 200);
  const after = (await t.call(admins[0]!, 'GET', '/dictionary/categories?q=house.renovation')).body.items[0];
  expect([after.name, after.version]).toEqual([`改名${winner}`, version + 1]);
});

it('of two calendars of a year that nobody has kept yet only one is kept', async () => {
  const answers = await Promise.all(
    admins.map((person) =>
      t.call(person, 'PUT', '/dictionary/calendar/2035', {
        commandId: randomUUID(),
        version: 0,
        announced: true,
        source: null,
        days: [{ day: '2035-01-01', kind: 'holiday', note: null }],
      }),
    ),
  );
  expect(codes(answers)).toEqual([200, 412]);
});

it('of two sets of hours or two rules for the same day only one is made', async () => {
  const shifts = await Promise.all(
    admins.map((person, index) =>
      t.call(person, 'POST', '/dictionary/shifts', {
        commandId: randomUUID(),
        effectiveFrom: '2023-07-01',
        spans: [{ starts: 500 + index, ends: 1000 }],
      }),
    ),
  );
  expect(codes(shifts)).toEqual([200, 409]);
  const rules = await Promise.all(
    chiefs.map((person) =>
      t.call(person, 'POST', '/dictionary/deadline-rules', {
        commandId: randomUUID(),
        purpose: 'handling',
        kind: 'complex',
        urgency: 'normal',
        budgetUnit: 'workday',
        budgetAmount: 10,
        effectiveFrom: '2023-07-01',
        basis: null,
        replaces: null,
      }),
    ),
  );
  expect(codes(rules)).toEqual([200, 409]);
});

it('the same command sent twice at once is carried out once and answered twice', async () => {
  const command = {
    commandId: randomUUID(),
    kind: 'road',
    name: '并行路',
    aliases: [],
    townId: null,
    unitId: (await t.unit('squadron')).id,
    lng: null,
    lat: null,
  };
  const answers = await Promise.all([1, 2].map(() => t.call(admins[0]!, 'POST', '/dictionary/places', command)));
  expect(codes(answers)).toEqual([200, 200]);
  expect(answers[0]!.body.id).toBe(answers[1]!.body.id);
});
