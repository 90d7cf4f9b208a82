import { type Box, boxText, isInside } from '@bihuan/domain/geo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexSearch } from '../../modules/complaint/index.ts';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { EDGE, mayOpen, type ScopeOrder as Order, randoms, scopeWorld } from '../../testing/scope.ts';

let t: TestApp;
let people: TestPerson[];
let orders: Order[];
const DISTRICT: Box = [121, 31, 122, 32];

beforeAll(async () => {
  t = await testApp();
  ({ people, orders } = await scopeWorld(t));
  // Some found by the index, some still waiting for it.
  await indexSearch(t.deps);
  await t.deps.db.query(
    null,
    "insert into search_pending (complaint_id) select id from complaint where number like '%13' on conflict do nothing",
  );
  await t.deps.db.query(
    null,
    'delete from complaint_search where complaint_id in (select complaint_id from search_pending)',
  );
});
afterAll(() => t.close());

const name = ({ actor }: TestPerson) => actor.role;
async function get(person: TestPerson, path: string) {
  const answer = await t.call(person, 'GET', path);
  expect(answer.status, `${name(person)} ${path} ${JSON.stringify(answer.body)}`).toBe(200);
  return answer.body;
}
async function listCount(person: TestPerson, query: string): Promise<number> {
  const { total, totalIsCapped } = await get(person, `/complaints?limit=1${query}`);
  expect(totalIsCapped).toBe(false);
  return total;
}
const FILTERS = [
  '',
  '&status=handling',
  '&open=true',
  '&receivedFrom=2023-04-01&receivedTo=2023-04-30',
  '&reopened=false',
  `&q=${encodeURIComponent('3件')}`,
];
const fits = (order: Order, filter: string): boolean => {
  if (filter.includes('status=')) return order.status === 'handling';
  if (filter.includes('&open=')) return order.status !== 'closed' && order.status !== 'declined';
  if (filter.includes('received')) return order.received.startsWith('2023-04');
  if (filter.includes('q=')) return order.title.includes('3件');
  return true;
};

describe('random people over random orders on the map', () => {
  it('points are exactly the orders that may be seen, fit the filter and lie in the box', async () => {
    const random = randoms(3);
    for (const person of people) {
      for (const filter of FILTERS) {
        const [west, south] = [121.3 + random.next() * 0.15, 31.2 + random.next() * 0.15];
        const asked: Box = [west, south, west + 0.1, south + 0.12];
        const { box, points, total } = await get(
          person,
          `/map/orders?as=points&zoom=12&bbox=${boxText(asked)}${filter}`,
        );
        const expected = orders.filter(
          (order) => mayOpen(person, order) && fits(order, filter) && order.at && isInside(box, order.at),
        );
        expect(points.map((point: { id: string }) => point.id).sort(), name(person)).toEqual(
          expected.map((o) => o.id).sort(),
        );
        expect(total).toBe(expected.length);
        expect(await listCount(person, `&bbox=${boxText(box)}${filter}`)).toBe(expected.length);
      }
    }
  });

  it('the cells of a view add up to its list, and each cell opens a list of its own number', async () => {
    for (const person of people) {
      for (const [zoom, as] of [
        [10, 'clusters'],
        [13, 'clusters'],
        [10, 'heat'],
      ] as const) {
        const filter = FILTERS[zoom % FILTERS.length]!;
        const { box, cells, cell, total } = await get(
          person,
          `/map/orders?as=${as}&zoom=${zoom}.4&bbox=${boxText(DISTRICT)}${filter}`,
        );
        const expected = orders.filter((o) => mayOpen(person, o) && fits(o, filter) && o.at && isInside(box, o.at));
        expect(total, name(person)).toBe(expected.length);
        expect(cells.reduce((sum: number, one: { count: number }) => sum + one.count, 0)).toBe(expected.length);
        for (const one of cells) {
          const edges: Box = [one.west, one.south, one.west + cell, one.south + cell];
          expect(one.count, boxText(edges)).toBe(expected.filter((o) => isInside(edges, o.at!)).length);
        }
        for (const one of cells.slice(0, 6))
          expect(
            await listCount(
              person,
              `&bbox=${boxText([one.west, one.south, one.west + cell, one.south + cell])}${filter}`,
            ),
          ).toBe(one.count);
      }
    }
  });

  it('towns and weeks count the same orders as the list, with and without a point', async () => {
    for (const person of people) {
      for (const filter of FILTERS) {
        const seen = orders.filter((order) => mayOpen(person, order) && fits(order, filter));
        const query = filter.replace('&', '?');
        const byTown = await get(person, `/map/towns${query}`);
        expect(byTown.total, name(person)).toBe(seen.length);
        expect(byTown.located).toBe(seen.filter((order) => order.at).length);
        expect(byTown.definition).toContain('没有坐标的也计入');
        for (const town of byTown.towns) {
          const here = seen.filter((order) => order.townId === town.unit.id);
          expect(town.count).toBe(here.length);
          expect(town.located).toBe(here.filter((order) => order.at).length);
          expect(await listCount(person, `&townId=${town.unit.id}&located=false${filter}`)).toBe(
            town.count - town.located,
          );
        }
        expect(byTown.withoutTown.count).toBe(seen.filter((order) => order.townId === null).length);
        const { weeks, total } = await get(person, `/map/weeks${query}`);
        expect(total).toBe(seen.length);
        for (const week of weeks) {
          expect(new Date(`${week.from}T00:00:00Z`).getUTCDay()).toBe(1);
          expect(week.count).toBe(seen.filter((o) => o.received >= week.from && o.received <= week.to).length);
        }
      }
    }
  });

  it('matters show what of them may be seen: their number, middle and title come from visible orders', async () => {
    for (const person of people) {
      const { items } = await get(person, `/map/matters?bbox=${boxText(DISTRICT)}`);
      const seen = orders.filter((order) => mayOpen(person, order) && order.at && order.matter);
      expect(new Set(items.map((item: { id: string }) => item.id)), name(person)).toEqual(
        new Set(seen.map((o) => o.matter)),
      );
      for (const item of items) {
        const members = seen.filter((order) => order.matter === item.id);
        expect(item.count).toBe(members.length);
        expect(item.lng).toBeCloseTo(members.reduce((sum, o) => sum + o.at!.lng, 0) / members.length, 9);
        expect(item.title).not.toContain('秘密');
      }
      const { points } = await get(person, `/map/orders?as=points&zoom=9&bbox=${boxText(DISTRICT)}`);
      for (const point of points) expect(point.matterId).toBe(orders.find((o) => o.id === point.id)!.matter);
    }
  });
});

it('a point on the edge between cells is counted once', async () => {
  const director = people.find(({ actor }) => actor.role === 'bureau_leader')!;
  const there = orders.filter(({ at }) => at === EDGE).length;
  expect(there).toBeGreaterThan(10);
  const sides = await Promise.all(
    [
      [121.375, 31.125, 121.5, 31.25],
      [121.5, 31.125, 121.625, 31.25],
      [121.375, 31.25, 121.5, 31.375],
      [121.5, 31.25, 121.625, 31.375],
    ].map((box) => get(director, `/map/orders?as=points&zoom=8&bbox=${box.join()}`)),
  );
  const all = sides.flatMap(({ points }) =>
    points.filter((p: { lng: number; lat: number }) => p.lng === EDGE.lng && p.lat === EDGE.lat),
  );
  expect(all).toHaveLength(there);
});

it('a box that is none is refused, for the map and for the list', async () => {
  const director = people.find(({ actor }) => actor.role === 'bureau_leader')!;
  for (const bbox of ['1,2,3', '122,31,121,32', '121,31,122,95', 'a,b,c,d']) {
    expect((await t.call(director, 'GET', `/map/orders?as=points&zoom=10&bbox=${bbox}`)).status, bbox).toBe(400);
    expect((await t.call(director, 'GET', `/complaints?bbox=${bbox}`)).status, bbox).toBe(400);
  }
  expect((await t.call(director, 'GET', '/map/orders?as=points&zoom=10')).status).toBe(400);
});

it('administrators, who see no orders, see no map of them either', async () => {
  const admin = await t.person((await t.unit('section')).id, 'system_admin');
  for (const path of [
    '/map/towns',
    '/map/weeks',
    `/map/orders?as=heat&zoom=9&bbox=121,31,122,32`,
    '/map/matters?bbox=121,31,122,32',
  ])
    expect((await t.call(admin, 'GET', path)).status).toBe(403);
  expect((await t.call(admin, 'GET', '/map/base')).status).toBe(200);
  expect((await t.call(null, 'GET', '/map/base')).status).toBe(401);
});

it('counting reads one index only and never the orders themselves', async () => {
  const client = await t.deps.db.connect();
  try {
    await client.query('set role none');
    await client.query('vacuum (analyze) complaint');
    // So few orders are read sooner than an index; what is asked is whether the index suffices.
    await client.query('set enable_seqscan = off; set enable_bitmapscan = off');
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `explain select floor(c.lng / 0.03125)::int, floor(c.lat / 0.03125)::int, count(*), avg(c.lng), avg(c.lat) from complaint c
        where c.received_at >= '2023-04-01' and c.lng >= 121 and c.lng < 122 and c.lat >= 31 and c.lat < 32 and c.status not in ('closed', 'declined')
        group by 1, 2`,
    );
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Index Only Scan using complaint_map/);
  } finally {
    await client.end();
  }
});
