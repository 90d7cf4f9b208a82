import { ROLE_NAMES, ROLES, type Role, scopeOf } from '@bihuan/domain/access';
import { INDICATOR_IDS, RATE_IDS } from '@bihuan/domain/indicator';
import { DEFAULT_WEIGHTS } from '@bihuan/domain/scoring';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSheet } from '../../platform/spreadsheet/index.ts';
import { commandId, TEST_NOW, type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import {
  insertPlace,
  insertRounds,
  type Place,
  type RoundFact,
  randomRounds,
  seeded,
} from './random-rounds.fixture.ts';

let app: TestApp;
let place: Place & { source: string };
let facts: RoundFact[];
let people: Map<Role, TestPerson>;

beforeAll(async () => {
  app = await testApp();
  place = await insertPlace(app.deps.db, seeded(3), 3);
  const mine = place.units[0]!;
  const section = await app.unit('section', '执法协调科');
  const bureau = await app.unit('bureau', '局领导');
  const partner = await app.unit('partner', '房管');
  people = new Map();
  for (const role of ROLE_NAMES) {
    const kinds: readonly string[] = ROLES[role].unitKinds;
    const unit = kinds.includes('squadron')
      ? mine.id
      : kinds.includes('town')
        ? mine.town
        : kinds.includes('partner')
          ? partner.id
          : kinds.includes('bureau') && !kinds.includes('section')
            ? bureau.id
            : section.id;
    people.set(role, await app.person(unit, role));
  }
  const officer = people.get('officer')!.actor.personId;
  // The signed-in officer works on part of the first squadron's orders.
  const staffed = { ...place, units: [{ ...mine, officers: [officer, mine.officers[0]!] }, ...place.units.slice(1)] };
  facts = randomRounds(staffed, {
    seed: 21,
    orders: 500,
    from: TEST_NOW - 90 * 86_400_000,
    to: TEST_NOW,
    now: TEST_NOW,
  });
  await insertRounds(app.deps.db, place.source, facts);
});
afterAll(() => app?.close());

const readers = ROLE_NAMES.filter((role) => (ROLES[role].permissions as readonly string[]).includes('indicator.read'));

function sees(role: Role, fact: RoundFact): boolean {
  const mine = place.units[0]!;
  switch (scopeOf(people.get(role)!.actor)) {
    case 'district':
      return true;
    case 'unit':
      return fact.unit === mine.id;
    case 'town':
      return fact.town === mine.town;
    case 'own':
      return fact.officer === people.get('officer')!.actor.personId;
    default:
      return false;
  }
}

const byId = () => new Map(facts.map((fact) => [fact.complaintId, fact]));

describe('who may open what', () => {
  test.each(ROLE_NAMES)('%s', async (role) => {
    const person = people.get(role)!;
    const may = readers.includes(role);
    const table = await app.call(person, 'GET', '/indicators/figures?period=2023-05&dimension=unit');
    expect(table.status).toBe(may ? 200 : 403);
    const cockpit = await app.call(person, 'GET', '/cockpit');
    expect(cockpit.status).toBe((ROLES[role].permissions as readonly string[]).includes('cockpit.read') ? 200 : 403);
    expect((await app.call(person, 'GET', '/analysis?period=2023-05')).status).toBe(may ? 200 : 403);
    if (!may) return;
    // The ranking is published: every reader sees every squadron with the same figures.
    const leader = await app.call(
      people.get('bureau_leader')!,
      'GET',
      '/indicators/figures?period=2023-05&dimension=unit',
    );
    expect(table.body.rows).toEqual(leader.body.rows);
    expect(table.body.rows.filter((row: { key: string | null }) => row.key !== null)).toHaveLength(3);
  });

  test.each(
    readers,
  )('a drill-down lists to %s only what is in scope, says how many are not, and its count is the figure', async (role) => {
    const person = people.get(role)!;
    const known = byId();
    for (const indicator of INDICATOR_IDS) {
      for (const part of ['denominator', 'numerator', 'missed']) {
        let after: string | null = null;
        const seen: string[] = [];
        let first: { total: number; visible: number; figure: { numerator: number; denominator: number } } | null = null;
        do {
          const page = await app.call(
            person,
            'GET',
            `/indicators/${indicator}/orders?period=2023-Q2&part=${part}&limit=200${after ? `&after=${after}` : ''}`,
          );
          expect(page.status).toBe(200);
          first ??= page.body;
          for (const order of page.body.items) {
            expect(sees(role, known.get(order.id)!)).toBe(true);
            seen.push(`${order.id}/${order.round}`);
          }
          after = page.body.next;
        } while (after !== null);
        const { figure, total, visible } = first!;
        expect(total).toBe(
          part === 'numerator'
            ? figure.numerator
            : part === 'missed'
              ? figure.denominator - figure.numerator
              : figure.denominator,
        );
        expect(new Set(seen).size).toBe(visible);
        if (scopeOf(person.actor) === 'district') expect(visible).toBe(total);
      }
    }
  });

  test.each(readers)('lists of overdue and reopened orders show %s only what is in scope', async (role) => {
    const known = byId();
    const analysis = await app.call(people.get(role)!, 'GET', '/analysis?period=2023-W22');
    expect(analysis.status).toBe(200);
    const { worstOverdue, mostReopened, overdueCount, hiddenOverdue } = analysis.body;
    for (const order of [...worstOverdue, ...mostReopened]) expect(sees(role, known.get(order.id)!)).toBe(true);
    const leader = await app.call(people.get('bureau_leader')!, 'GET', '/analysis?period=2023-W22');
    expect(overdueCount).toBe(leader.body.overdueCount);
    expect(overdueCount).toBeGreaterThan(0);
    expect(leader.body.hiddenOverdue).toBe(0);
    if (role === 'officer') expect(hiddenOverdue).toBeGreaterThan(0);
    const cockpit = await app.call(people.get(role)!, 'GET', '/cockpit');
    if (cockpit.status !== 200) return;
    for (const order of [...cockpit.body.burning.worstOverdue, ...cockpit.body.burning.mostReopened]) {
      expect(sees(role, known.get(order.id)!)).toBe(true);
    }
  });

  test('the cockpit counts overdue orders as an independent count does, for the district and for one squadron', async () => {
    const last = [...new Map(facts.map((fact) => [fact.complaintId, fact])).values()];
    const overdue = (role: Role) =>
      last.filter(
        (f) =>
          sees(role, f) &&
          f.declinedAt === null &&
          f.excludedAt === null &&
          f.concludedAt === null &&
          f.followedUpAt === null &&
          f.dueAt < TEST_NOW &&
          f.pausedAt === null,
      ).length;
    for (const role of ['bureau_leader', 'squadron_leader'] as const) {
      const { body } = await app.call(people.get(role)!, 'GET', '/cockpit');
      expect(body.burning.overdue).toBe(overdue(role));
      expect(body.burning.overdue).toBeGreaterThan(0);
      // The number opens to the complaint list, which must then say the same.
      const list = await app.call(people.get(role)!, 'GET', '/complaints?overdue=true&excluded=false&limit=1');
      expect([list.status, list.body.total]).toEqual([200, overdue(role)]);
      expect(body.wholeDistrict).toBe(role === 'bureau_leader');
      expect(body.trend.points).toHaveLength(12);
      expect(
        body.burning.towns.reduce((sum: number, town: { overdue: number }) => sum + town.overdue, 0),
      ).toBeLessThanOrEqual(overdue(role));
    }
  });

  test('figures of single officers stay within their squadron and the sections', async () => {
    const other = place.units[1]!.id;
    const of = (role: Role, query = '') =>
      app.call(people.get(role)!, 'GET', `/indicators/figures?period=2023-05&dimension=officer${query}`);
    const leader = await of('squadron_leader');
    expect(leader.status).toBe(200);
    const mine = new Set(facts.filter((f) => f.unit === place.units[0]!.id).map((f) => f.officer));
    expect(leader.body.rows.length).toBeGreaterThan(0);
    for (const row of leader.body.rows) expect(mine.has(row.key)).toBe(true);
    expect((await of('squadron_leader', `&unit=${other}`)).status).toBe(403);
    expect((await of('officer', `&unit=${other}`)).status).toBe(403);
    expect((await of('town_liaison')).status).toBe(403);
    expect((await of('supervisor')).body.rows.length).toBeGreaterThan(leader.body.rows.length);
    const officer = facts.find((f) => f.unit === other && f.officer)!.officer;
    const trend = await app.call(
      people.get('squadron_leader')!,
      'GET',
      `/indicators/trend?until=2023-05&officer=${officer}&unit=${other}`,
    );
    expect(trend.status).toBe(403);
  });

  test.each(readers)('an export gives %s the rows of the list and no others', async (role) => {
    const person = people.get(role)!;
    const figures = await app.call(person, 'GET', '/indicators/figures.xlsx?period=2023-05&dimension=unit');
    expect(figures.status).toBe(200);
    expect((await rows(figures.raw)).length).toBeGreaterThanOrEqual(3 + 3);
    const orders = await app.call(person, 'GET', '/indicators/on_time/orders.xlsx?period=2023-05&part=missed');
    if (!(ROLES[role].permissions as readonly string[]).includes('complaint.export')) {
      expect(orders.status).toBe(403);
      return;
    }
    const list = await app.call(person, 'GET', '/indicators/on_time/orders?period=2023-05&part=missed&limit=200');
    const exported = (await rows(orders.raw)).slice(2).map((cells) => String(cells[0]));
    expect(exported).toEqual(list.body.items.map((order: { number: string }) => order.number));
    expect(exported).toHaveLength(list.body.visible);
  });
});

describe('settings', () => {
  const change = (over: Record<string, unknown> = {}) => ({
    commandId: commandId(),
    effectiveFrom: '2023-07-01',
    minimum: 5,
    weights: { ...DEFAULT_WEIGHTS, resolution: 45, satisfaction: 10 },
    ...over,
  });
  const chief = () => people.get('coordination_chief')!;

  test('only the chief of coordination sets weights', async () => {
    for (const role of ROLE_NAMES) {
      if (role === 'coordination_chief') continue;
      expect((await app.call(people.get(role)!, 'PUT', '/indicators/settings', change())).status).toBe(403);
    }
  });

  test('weights must sum to 100 and cannot be set for the past', async () => {
    const wrong = await app.call(
      chief(),
      'PUT',
      '/indicators/settings',
      change({ weights: { ...DEFAULT_WEIGHTS, resolution: 36 } }),
    );
    expect([wrong.status, wrong.body.code]).toEqual([400, 'invalid']);
    const past = await app.call(chief(), 'PUT', '/indicators/settings', change({ effectiveFrom: '2023-06-01' }));
    expect(past.status).toBe(400);
  });

  test('a change is audited once, applies to periods from its date on, and leaves earlier ones as they were', async () => {
    const body = change();
    const before = await app.call(chief(), 'GET', '/indicators/figures?period=2023-05&dimension=unit');
    expect((await app.call(chief(), 'PUT', '/indicators/settings', body)).status).toBe(200);
    expect((await app.call(chief(), 'PUT', '/indicators/settings', body)).status).toBe(200);
    const events = await app.deps.db.query(null, "select data from audit_event where action = 'indicator.configure'");
    expect(events).toHaveLength(1);
    const after = await app.call(chief(), 'GET', '/indicators/figures?period=2023-05&dimension=unit');
    expect(after.body.rows).toEqual(before.body.rows);
    expect(after.body.minimum).toBe(20);
    app.clock.set(Date.parse('2023-07-20T10:00:00+08:00'));
    const july = await app.call(chief(), 'GET', '/indicators/figures?period=2023-07&dimension=unit');
    expect([july.body.minimum, july.body.weights.resolution]).toEqual([5, 45]);
    const may = await app.call(chief(), 'GET', '/indicators/figures?period=2023-05&dimension=unit');
    expect([may.body.minimum, may.body.weights.resolution]).toEqual([20, 35]);
    app.clock.set(TEST_NOW);
    expect(Object.keys(july.body.weights).sort()).toEqual([...RATE_IDS].sort());
  });
});

describe('asking wrongly', () => {
  test.each([
    ['/indicators/figures?period=2023-13&dimension=unit', 400],
    ['/indicators/figures?period=2023-05&dimension=planet', 400],
    ['/indicators/figures?period=2023-05&dimension=unit&unit=x', 400],
    ['/indicators/happiness/orders?period=2023-05', 400],
    ['/indicators/volume/orders?period=2023-05&after=zzz', 400],
    ['/analysis?period=2023', 400],
    ['/plan/measures/99', 404],
  ])('%s is %i', async (path, status) => {
    expect((await app.call(people.get('bureau_leader')!, 'GET', path)).status).toBe(status);
  });
});

async function rows(file: Buffer): Promise<unknown[][]> {
  const { mkdtemp, writeFile, rm } = await import('node:fs/promises');
  const { tmpdir } = await import('node:os');
  const { join } = await import('node:path');
  const folder = await mkdtemp(join(tmpdir(), 'bihuan-xlsx-'));
  try {
    const path = join(folder, 'a.xlsx');
    await writeFile(path, file);
    const sheet = await openSheet(path);
    const list: unknown[][] = [];
    for await (const row of sheet.rows()) list.push([...row.cells]);
    return list;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
