import { ROLE_NAMES, roleDefinition } from '@bihuan/domain/access';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { evidenceOf } from '../../testing/evidence.ts';
import { randoms } from '../../testing/scope.ts';
import { act, dutyOf, type JointWorld, jointWorld, made, meeting, must } from './joint.fixture.ts';

let t: TestApp;
let d: JointWorld;
const people: TestPerson[] = [];
const random = randoms(93);
interface Part {
  readonly unitId: string;
  readonly dutyId: string;
  readonly fileId: string | null;
  /** Words that only the unit and the district may read. */
  readonly secret: string;
}
const tasks: { id: string; partyIds: string[]; parts: Part[] }[] = [];

beforeAll(async () => {
  t = await testApp();
  d = await jointWorld(t);
  const homes = {
    squadron: d.units.a.id,
    town: d.units.a.townId!,
    partner: d.units.partner.id,
    section: d.units.supervision.id,
    bureau: d.units.bureau.id,
  };
  for (const role of ROLE_NAMES)
    people.push(await t.person(homes[roleDefinition(role).unitKinds[0] as keyof typeof homes], role));
  people.push(d.outsider, d.otherLeader, await t.person(d.units.b.townId!, 'town_liaison'));
  const speakers = new Map([
    [d.units.partner.id, d.partnerLiaison],
    [d.units.a.townId!, d.liaison],
    [d.units.a.id, d.leader],
    [d.outside.id, d.outsider],
    [d.units.b.id, d.otherLeader],
  ]);
  for (let n = 0; n < 10; n++) {
    const partyIds = [...speakers.keys()].filter(() => random.next() < 0.5);
    if (partyIds.length === 0) continue;
    const id = await made(t, d, { partyIds });
    const parts: Part[] = [];
    for (const unitId of partyIds) {
      const secret = `只给该单位看${n}${partyIds.indexOf(unitId)}号`;
      const dutyId = await dutyOf(t, d, id, unitId, secret);
      let fileId: string | null = null;
      if (random.next() < 0.6) {
        const by = speakers.get(unitId)!;
        fileId = await evidenceOf(t, by);
        await must(t, id, [by, { action: 'finish_duty', dutyId, note: `${secret}完成`, fileIds: [fileId] }]);
      }
      await must(
        t,
        id,
        [d.supervisor, { action: 'send_letter', toUnitId: unitId, subject: secret, text: `${secret}请处理` }],
        [d.supervisor, meeting([{ unitId, text: `${secret}限期反馈` }])],
      );
      parts.push({ unitId, dutyId, fileId, secret });
    }
    tasks.push({ id, partyIds, parts });
  }
}, 240_000);
afterAll(() => t.close());

// Written down a second time and independently of the SQL.
const reads = ({ actor }: TestPerson) =>
  (roleDefinition(actor.role).permissions as readonly string[]).includes('joint.read');
const district = ({ actor }: TestPerson) => roleDefinition(actor.role).scope === 'district';
const sees = (person: TestPerson, { partyIds }: { partyIds: string[] }) =>
  reads(person) && (district(person) || partyIds.includes(person.actor.unitId));
const label = ({ actor }: TestPerson) => `${actor.role} ${actor.unitName}`;

describe('random people over random joint tasks', () => {
  it('the list holds the tasks of one’s own unit, with the numbers of its own duties', async () => {
    for (const person of people) {
      const answer = await t.call(person, 'GET', '/joint-tasks');
      if (!reads(person)) {
        expect(answer.status, label(person)).toBe(403);
        continue;
      }
      const expected = tasks.filter((one) => sees(person, one));
      expect(answer.body.items.map((item: { id: string }) => item.id).sort(), label(person)).toEqual(
        expected.map(({ id }) => id).sort(),
      );
      for (const item of answer.body.items) {
        const { parts } = tasks.find(({ id }) => id === item.id)!;
        const own = parts.filter(({ unitId }) => district(person) || unitId === person.actor.unitId);
        expect(item.duties.total, label(person)).toBe(own.length);
      }
    }
  });

  it('one task: of others’ duties, letters, decisions and evidence nothing but that a duty is there', async () => {
    for (const person of people.filter(reads))
      for (const task of tasks) {
        const answer = await t.call(person, 'GET', `/joint-tasks/${task.id}`);
        expect(answer.status, label(person)).toBe(sees(person, task) ? 200 : 404);
        for (const { unitId, secret, fileId, dutyId } of task.parts) {
          const may = sees(person, task) && (district(person) || unitId === person.actor.unitId);
          expect(answer.raw.includes(secret), `${label(person)} ${secret}`).toBe(may);
          if (sees(person, task)) expect(answer.raw.includes(dutyId), label(person)).toBe(true);
          if (fileId)
            expect((await t.call(person, 'GET', `/files/${fileId}`)).status, label(person)).toBe(may ? 200 : 404);
        }
        if (answer.status === 200) expect(answer.body.timeline.length > 0, label(person)).toBe(district(person));
      }
  });

  it('nobody does another unit’s part: it is as if not there, or refused', async () => {
    for (const person of people.filter(reads))
      for (const task of tasks.slice(0, 5))
        for (const { unitId, dutyId } of task.parts) {
          if (unitId === person.actor.unitId) continue;
          const { status } = await act(t, person, task.id, {
            action: 'finish_duty',
            dutyId,
            note: '代为完成',
            fileIds: [dutyId],
          });
          expect(status, label(person)).toBe(sees(person, task) ? 403 : 404);
        }
  });
});
