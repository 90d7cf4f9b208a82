import { randomUUID } from 'node:crypto';
import { roleDefinition } from '@bihuan/domain/access';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSheet } from '../../platform/spreadsheet/index.ts';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { mayOpen, randoms, type ScopeOrder, scopeWorld } from '../../testing/scope.ts';

let t: TestApp;
let people: TestPerson[];
let orders: ScopeOrder[];
const random = randoms(13);
beforeAll(async () => {
  t = await testApp();
  ({ people, orders } = await scopeWorld(t));
});
afterAll(() => t.close());

const name = ({ actor }: TestPerson): string => actor.role;
const may = ({ actor }: TestPerson, permission: string): boolean =>
  (roleDefinition(actor.role).permissions as readonly string[]).includes(permission);
async function get(person: TestPerson, path: string) {
  const answer = await t.call(person, 'GET', path);
  expect(answer.status, `${name(person)} ${path} ${JSON.stringify(answer.body)}`).toBe(200);
  return answer.body;
}
/** The matters of a person, each with the orders of it that he may open. */
function mattersOf(person: TestPerson): Map<string, ScopeOrder[]> {
  const seen = new Map<string, ScopeOrder[]>();
  for (const order of orders)
    if (order.matter !== null && mayOpen(person, order))
      seen.set(order.matter, [...(seen.get(order.matter) ?? []), order]);
  return seen;
}
const idsOf = (items: { id: string }[]): string[] => items.map(({ id }) => id).sort();

describe('random people over random matters', () => {
  it('a list holds the matters of which one order may be seen, with the numbers of exactly those orders', async () => {
    for (const person of people) {
      const seen = mattersOf(person);
      for (const query of ['', '&sort=count', '&sort=first', '&minCount=2', '&minCount=3', '&state=open']) {
        const least = Number(/minCount=(\d)/.exec(query)?.[1] ?? 1);
        const { items, total } = await get(person, `/matters?limit=200${query}`);
        expect(idsOf(items), `${name(person)} ${query}`).toEqual(
          [...seen]
            .filter(([, members]) => members.length >= least)
            .map(([id]) => id)
            .sort(),
        );
        expect(total).toBe(items.length);
        for (const item of items) expect(item.orderCount).toBe(seen.get(item.id)!.length);
      }
    }
  });

  it('pages follow one another without gap or repetition, whatever the order', async () => {
    for (const person of people)
      for (const sort of ['last', 'first', 'count']) {
        const paged: string[] = [];
        let after = '';
        do {
          const page = await get(
            person,
            `/matters?limit=7&sort=${sort}${after && `&after=${encodeURIComponent(after)}`}`,
          );
          paged.push(...page.items.map((item: { id: string }) => item.id));
          after = page.next ?? '';
        } while (after !== '');
        expect(paged.sort(), `${name(person)} ${sort}`).toEqual([...mattersOf(person).keys()].sort());
      }
  });

  it('a name that comes from an order of others is neither shown nor found', async () => {
    for (const person of people) {
      const district = roleDefinition(person.actor.role).scope === 'district';
      const { items } = await get(person, '/matters?limit=200');
      for (const item of items) expect(item.title.includes('秘密'), name(person)).toBe(district);
      const found = await get(person, `/matters?q=${encodeURIComponent('秘密')}`);
      expect(found.items.length > 0, name(person)).toBe(district);
      for (const [id] of [...mattersOf(person)].slice(0, 3)) {
        const { raw } = await t.call(person, 'GET', `/matters/${id}`);
        expect(raw.toString().includes('秘密'), name(person)).toBe(district);
      }
    }
  });

  it('a matter opens to exactly its visible orders; one without any is not there', async () => {
    for (const person of people) {
      const seen = mattersOf(person);
      for (let n = 0; n < 12; n++) {
        const order = random.pick(orders.filter((one) => one.matter !== null));
        const id = order.matter!;
        const members = seen.get(id) ?? [];
        const { status, body } = await t.call(person, 'GET', `/matters/${id}`);
        expect(status, name(person)).toBe(members.length > 0 ? 200 : 404);
        if (status !== 200) continue;
        expect(idsOf(body.orders)).toEqual(idsOf(members));
        const list = await get(person, `/complaints?matterId=${id}`);
        expect(idsOf(list.items)).toEqual(idsOf(members));
        for (const window of body.windows)
          expect(
            (await get(person, `/complaints?matterId=${id}&receivedFrom=${window.from}&receivedTo=${window.to}`)).total,
          ).toBe(window.count);
      }
    }
  });

  it('an order tells of its matter to those who may open the order, and names only what they may open', async () => {
    for (const person of people)
      for (let n = 0; n < 12; n++) {
        const order = random.pick(orders);
        const { status, body } = await t.call(person, 'GET', `/complaints/${order.id}/matter`);
        expect(status, name(person)).toBe(mayOpen(person, order) ? 200 : 404);
        if (status !== 200 || order.matter === null) continue;
        const others = mattersOf(person)
          .get(order.matter)!
          .filter((one) => one !== order);
        expect(idsOf(body.others)).toEqual(idsOf(others));
        for (const other of body.others) {
          const { unitId, officerId, status: state } = others.find((one) => one.id === other.id)!;
          const { actor } = person;
          expect(other.mayAnswer, name(person)).toBe(
            state === 'handling' &&
              may(person, 'complaint.handle') &&
              unitId === actor.unitId &&
              (actor.role !== 'officer' || officerId === actor.personId),
          );
        }
      }
  });

  it('an export holds the same matters as the list', async () => {
    for (const person of people) {
      const answer = await t.call(person, 'GET', '/matters/export');
      if (!may(person, 'complaint.export')) {
        expect(answer.status, name(person)).toBe(403);
        continue;
      }
      const { writeFile, rm } = await import('node:fs/promises');
      const path = `${t.deps.config.dataDir}/matters-${randomUUID()}.xlsx`;
      await writeFile(path, answer.raw);
      let rows = 0;
      for await (const _row of (await openSheet(path)).rows()) rows++;
      await rm(path);
      expect(rows, name(person)).toBeGreaterThanOrEqual(mattersOf(person).size);
      expect(rows, name(person)).toBeLessThanOrEqual(mattersOf(person).size + 3);
    }
  });

  it('nobody decides on orders that he may not open, nor without the permission', async () => {
    for (const person of people)
      for (let n = 0; n < 6; n++) {
        const [one, other] = [random.pick(orders), random.pick(orders)];
        const hidden = !mayOpen(person, one);
        const answer = await t.call(person, 'POST', `/complaints/${one.id}/matter`, {
          commandId: randomUUID(),
          answer: 'leave',
        });
        if (!may(person, 'matter.decide')) expect(answer.status, name(person)).toBe(403);
        else if (hidden) expect(answer.status, name(person)).toBe(404);
        else expect([200, 409], JSON.stringify(answer.body)).toContain(answer.status);
        if (!may(person, 'matter.manage'))
          expect(
            (
              await t.call(person, 'POST', `/matters/${other.matter ?? other.id}/changes`, {
                commandId: randomUUID(),
                ifVersion: 1,
                change: { action: 'settle', note: '已经解决' },
              })
            ).status,
            name(person),
          ).toBe(403);
        if (!may(person, 'indicator.configure'))
          expect((await t.call(person, 'POST', '/matters/runs', { commandId: randomUUID() })).status).toBe(403);
      }
  });
});
