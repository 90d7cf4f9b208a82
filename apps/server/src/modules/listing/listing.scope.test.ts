import { ROLE_NAMES, roleDefinition } from '@bihuan/domain/access';
import { LISTING_ACTIONS } from '@bihuan/domain/listing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { evidenceOf } from '../../testing/evidence.ts';
import { randoms } from '../../testing/scope.ts';
import { act, asking, type ListingWorld, listingWorld, must, PASSED, proposed, visiting } from './listing.fixture.ts';

let t: TestApp;
let d: ListingWorld;
const people: TestPerson[] = [];
interface Made {
  readonly id: string;
  readonly unitId: string;
  readonly status: string;
  readonly files: string[];
}
const made: Made[] = [];
const random = randoms(92);
const SECRET = '内部情况不得外传';

beforeAll(async () => {
  t = await testApp();
  d = await listingWorld(t);
  const homes = {
    squadron: d.units.a.id,
    town: d.units.a.townId!,
    partner: d.units.partner.id,
    section: d.units.supervision.id,
    bureau: d.units.bureau.id,
  };
  for (const role of ROLE_NAMES) {
    const kind = roleDefinition(role).unitKinds[0] as keyof typeof homes;
    people.push(await t.person(homes[kind], role));
  }
  people.push(await t.person(d.units.b.id, 'squadron_leader'), await t.person(d.units.b.id, 'officer'));
  for (let n = 0; n < 24; n++) {
    const own = random.next() < 0.5;
    const speaker = own ? d.leader : d.otherLeader;
    const proof = await evidenceOf(t, d.supervisor);
    const id = await proposed(t, d, {
      subject: `第${n}项`,
      reason: SECRET,
      ownerUnitId: speaker.actor.unitId,
      fileIds: [proof],
    });
    const files = [proof];
    const steps = Math.floor(random.next() * 6);
    if (steps === 1) await must(t, id, [d.director, { action: 'refuse', reason: SECRET }]);
    if (steps >= 2) {
      const visit = await visiting(t, d.supervisor);
      if ('fileIds' in visit) files.push(...(visit.fileIds ?? []));
      await must(
        t,
        id,
        [d.director, { action: 'approve' }],
        [d.supervisor, visit],
        [speaker, { action: 'report', note: SECRET }],
      );
    }
    if (steps >= 3) await must(t, id, [speaker, await asking(t, speaker)]);
    if (steps >= 4) await must(t, id, [d.supervisor, PASSED]);
    if (steps >= 5) await must(t, id, [d.director, { action: 'delist' }]);
    const status = ['proposed', 'refused', 'listed', 'delisting', 'checked', 'delisted'][steps]!;
    made.push({ id, unitId: speaker.actor.unitId, status, files });
  }
}, 240_000);
afterAll(() => t.close());

// Written down a second time and independently of the SQL.
const reads = ({ actor }: TestPerson) =>
  (roleDefinition(actor.role).permissions as readonly string[]).includes('listing.read');
const isPublic = ({ status }: Made) => status !== 'proposed' && status !== 'refused';
const seesLine = (person: TestPerson, one: Made) =>
  reads(person) && (roleDefinition(person.actor.role).scope === 'district' || isPublic(one));
const seesFile = (person: TestPerson, one: Made) => {
  const { scope } = roleDefinition(person.actor.role);
  return (
    reads(person) && (scope === 'district' || (scope === 'unit' && isPublic(one) && person.actor.unitId === one.unitId))
  );
};
const name = ({ actor }: TestPerson) => actor.role;

describe('random people over random listed matters', () => {
  it('the list holds what was approved, to the district also what was not, in every filter and page', async () => {
    for (const person of people) {
      for (const query of ['', 'status=proposed,refused', 'listed=true', `unitId=${d.units.a.id}`, 'level=bureau']) {
        const answer = await t.call(person, 'GET', `/listings?limit=200&${query}`);
        if (!reads(person)) {
          expect(answer.status, name(person)).toBe(403);
          continue;
        }
        const expected = made.filter(
          (one) =>
            seesLine(person, one) &&
            (!query.startsWith('status') || !isPublic(one)) &&
            (!query.startsWith('listed') || ['listed', 'delisting', 'checked'].includes(one.status)) &&
            (!query.startsWith('unitId') || one.unitId === d.units.a.id),
        );
        expect(answer.body.items.map((item: { id: string }) => item.id).sort(), `${name(person)} ${query}`).toEqual(
          expected.map(({ id }) => id).sort(),
        );
        expect(answer.body.total).toBe(expected.length);
        expect(answer.raw.includes(SECRET)).toBe(false);
      }
      if (!reads(person)) continue;
      const paged: string[] = [];
      let after = '';
      do {
        const page = (await t.call(person, 'GET', `/listings?limit=5${after && `&after=${encodeURIComponent(after)}`}`))
          .body;
        paged.push(...page.items.map((item: { id: string }) => item.id));
        after = page.next ?? '';
      } while (after !== '');
      expect(paged.sort(), name(person)).toEqual(
        made
          .filter((one) => seesLine(person, one))
          .map(({ id }) => id)
          .sort(),
      );
    }
  });

  it('one record: its line to all, its file to the district and the unit that owes it, its evidence to nobody else', async () => {
    for (const person of people.filter(reads)) {
      for (const one of made) {
        const answer = await t.call(person, 'GET', `/listings/${one.id}`);
        expect(answer.status, `${name(person)} ${one.status}`).toBe(seesLine(person, one) ? 200 : 404);
        expect(answer.raw.includes(SECRET), `${name(person)} ${one.status}`).toBe(seesFile(person, one));
        if (answer.status === 200) expect(answer.body.file !== null).toBe(seesFile(person, one));
        const fileId = random.pick(one.files);
        expect((await t.call(person, 'GET', `/files/${fileId}`)).status, name(person)).toBe(
          seesFile(person, one) ? 200 : 404,
        );
      }
    }
  });

  it('a command answers as if there were nothing where there is nothing to be seen, and is carried out only where it is offered', async () => {
    for (const person of people.filter(reads)) {
      for (let n = 0; n < 12; n++) {
        const one = random.pick(made);
        const action = random.pick(['approve', 'delist', 'report', 'verify'] as const);
        const command =
          action === 'report'
            ? ({ action, note: '进展' } as const)
            : action === 'verify'
              ? ({ action, passed: false, result: '未过' } as const)
              : ({ action } as const);
        const before = await t.call(person, 'GET', `/listings/${one.id}`);
        const offered = before.status === 200 && before.body.allowedActions.includes(action);
        if (offered) continue;
        const { status, body } = await act(t, person, one.id, command);
        const label = `${name(person)} ${one.status} ${LISTING_ACTIONS[action].label} ${JSON.stringify(body)}`;
        if (!seesLine(person, one)) expect(status, label).toBe(404);
        else expect([403, 409], label).toContain(status);
      }
    }
  });
});
