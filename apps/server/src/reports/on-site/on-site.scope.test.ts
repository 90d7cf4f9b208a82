import { ROLE_NAMES, roleDefinition } from '@bihuan/domain/access';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { evidenceOf } from '../../testing/evidence.ts';
import { randoms } from '../../testing/scope.ts';
import { ANSWER, act, MINUTE, must, type OnSiteWorld, onSiteWorld, plannedVisit } from './on-site.fixture.ts';

let t: TestApp;
let d: OnSiteWorld;
const people: TestPerson[] = [];
const visits: { id: string; unitId: string; fileId: string }[] = [];
const random = randoms(922);

beforeAll(async () => {
  t = await testApp();
  d = await onSiteWorld(t);
  const homes = {
    squadron: d.units.a.id,
    town: d.units.a.townId!,
    partner: d.units.partner.id,
    section: d.units.supervision.id,
    bureau: d.units.bureau.id,
  };
  for (const role of ROLE_NAMES)
    people.push(await t.person(homes[roleDefinition(role).unitKinds[0] as keyof typeof homes], role));
  people.push(await t.person(d.units.b.id, 'squadron_leader'), await t.person(d.c.id, 'officer'));
  for (const [unit, leader] of [
    [d.units.a, d.leader],
    [d.units.b, d.otherLeader],
    [d.c, null],
    [d.few, null],
  ] as const) {
    const id = await plannedVisit(t, d, { unitId: unit.id, reason: '专项安排' });
    const fileId = await evidenceOf(t, d.supervisor);
    await must(t, id, [d.supervisor, { ...MINUTE, fileIds: [fileId] } as typeof MINUTE]);
    if (leader && random.next() < 0.5) await must(t, id, [leader, ANSWER]);
    visits.push({ id, unitId: unit.id, fileId });
  }
}, 240_000);
afterAll(() => t.close());

// Written down a second time and independently of the SQL.
const permitted = ({ actor }: TestPerson, permission: string) =>
  (roleDefinition(actor.role).permissions as readonly string[]).includes(permission);
const sees = (person: TestPerson, unitId: string) =>
  permitted(person, 'onSite.read') &&
  (roleDefinition(person.actor.role).scope === 'district' || person.actor.unitId === unitId);

describe('random people over random visits', () => {
  it('lists, records, preparations, look-backs and files are those of one’s own unit, or of the district', async () => {
    for (const person of people) {
      const list = await t.call(person, 'GET', '/on-site');
      const label = `${person.actor.role} ${person.actor.unitName}`;
      if (!permitted(person, 'onSite.read')) {
        expect(list.status, label).toBe(403);
        continue;
      }
      const expected = visits.filter(({ unitId }) => sees(person, unitId)).map(({ id }) => id);
      expect(list.body.items.map((item: { id: string }) => item.id).sort(), label).toEqual(expected.sort());
      for (const visit of visits) {
        const status = sees(person, visit.unitId) ? 200 : 404;
        for (const path of ['', '/preparation', '/look-back'])
          expect((await t.call(person, 'GET', `/on-site/${visit.id}${path}`)).status, `${label} ${path}`).toBe(status);
        expect((await t.call(person, 'GET', `/files/${visit.fileId}`)).status, label).toBe(status);
        if (status === 404) expect((await act(t, person, visit.id, ANSWER)).status, label).toBe(404);
        const filtered = await t.call(person, 'GET', `/on-site?unitId=${visit.unitId}`);
        expect(filtered.body.items.length, label).toBe(status === 200 ? 1 : 0);
      }
    }
  });

  it('orders prepared for the visit are only those that the reader may open', async () => {
    for (const person of people.filter((one) => permitted(one, 'onSite.read')))
      for (const visit of visits.filter(({ unitId }) => sees(person, unitId))) {
        const { body } = await t.call(person, 'GET', `/on-site/${visit.id}/preparation`);
        for (const list of [body.overdue, body.reopened, body.unsolved])
          for (const order of list.items)
            expect((await t.call(person, 'GET', `/complaints/${order.id}`)).status, person.actor.role).toBe(200);
        if (person.actor.role === 'officer') expect(body.unsolved.items).toEqual([]);
      }
  });
});
