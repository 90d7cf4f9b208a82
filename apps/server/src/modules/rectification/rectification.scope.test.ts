import { randomUUID } from 'node:crypto';
import { ROLE_NAMES, roleDefinition } from '@bihuan/domain/access';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import { evidenceOf } from '../../testing/evidence.ts';
import { randoms } from '../../testing/scope.ts';

interface Record_ {
  id: string;
  unitId: string;
  personId: string | null;
  fileId: string;
}
let t: TestApp;
const people: TestPerson[] = [];
const records: Record_[] = [];
let issuer: TestPerson;

beforeAll(async () => {
  t = await testApp();
  const random = randoms(17);
  const squadrons = [await t.unit('squadron'), await t.unit('squadron')];
  const homes = {
    squadron: squadrons[0]!.id,
    town: squadrons[0]!.townId!,
    partner: (await t.unit('partner')).id,
    section: (await t.unit('section')).id,
    bureau: (await t.unit('bureau')).id,
  };
  for (const role of ROLE_NAMES)
    people.push(await t.person(homes[roleDefinition(role).unitKinds[0] as keyof typeof homes], role));
  issuer = people.find(({ actor }) => actor.role === 'supervision_chief')!;
  const officers = [
    people.find(({ actor }) => actor.role === 'officer')!,
    await t.person(squadrons[0]!.id, 'officer'),
    await t.person(squadrons[1]!.id, 'officer'),
  ];
  for (let n = 0; n < 60; n++) {
    const unitId = random.pick([...squadrons.map(({ id }) => id), homes.town, homes.partner]);
    const mates = officers.filter(({ actor }) => actor.unitId === unitId);
    const personId = mates.length > 0 && random.next() < 0.6 ? random.pick(mates).actor.personId : null;
    const fileId = await evidenceOf(t, issuer);
    const answer = await t.call(issuer, 'POST', '/rectifications', {
      commandId: randomUUID(),
      rectification: {
        source: random.pick(['inspection', 'complaint', 'joint']),
        type: random.pick(['late', 'evidence', 'other']),
        problem: `第${n}项问题`,
        ownerUnitId: unitId,
        workdays: 5,
        ...(personId ? { ownerPersonId: personId } : {}),
        fileIds: [fileId],
      },
    });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    records.push({ id: answer.body.id, unitId, personId, fileId });
  }
});
afterAll(() => t.close());

/** Who sees what, written down a second time and independently of the SQL. */
function maySee({ actor }: TestPerson, record: Record_): boolean {
  const definition = roleDefinition(actor.role);
  if (!(definition.permissions as readonly string[]).includes('rectification.read')) return false;
  if (definition.scope === 'district') return true;
  if (definition.scope === 'own') return record.personId === actor.personId;
  return record.unitId === actor.unitId;
}
const readers = () =>
  people.filter(({ actor }) =>
    (roleDefinition(actor.role).permissions as readonly string[]).includes('rectification.read'),
  );

describe('random people over random rectifications', () => {
  it('list, count, board and search show exactly what may be seen', async () => {
    for (const person of readers()) {
      const seen = records.filter((record) => maySee(person, record));
      const { body } = await t.call(person, 'GET', '/rectifications?limit=200');
      expect(body.items.map(({ id }: { id: string }) => id).sort(), person.actor.role).toEqual(
        seen.map(({ id }) => id).sort(),
      );
      expect(body.total).toBe(seen.length);
      const board = (await t.call(person, 'GET', '/rectifications/board')).body;
      expect([board.total.open, board.total.issued]).toEqual([seen.length, seen.length]);
      const found = (await t.call(person, 'GET', `/rectifications?q=${encodeURIComponent('项问题')}&limit=1`)).body;
      expect(found.total).toBe(seen.length);
    }
  });

  it('a record and its files open for those, for nobody else: as if it were not there', async () => {
    const unknown = await t.call(issuer, 'GET', `/rectifications/${randomUUID()}`);
    for (const person of people) {
      for (const record of records.slice(0, 25)) {
        const answer = await t.call(person, 'GET', `/rectifications/${record.id}`);
        const file = await t.call(person, 'GET', `/files/${record.fileId}`);
        if (maySee(person, record)) {
          expect([answer.status, file.status], person.actor.role).toEqual([200, 200]);
          continue;
        }
        expect(file.status).not.toBe(200);
        if (!readers().includes(person)) {
          expect(answer.status).toBe(403);
          continue;
        }
        expect([answer.status, answer.body.code, answer.body.detail]).toEqual([
          404,
          unknown.body.code,
          unknown.body.detail,
        ]);
        const command = await t.call(person, 'POST', `/rectifications/${record.id}/commands`, {
          commandId: randomUUID(),
          command: { action: 'report', note: '试一试' },
        });
        expect([command.status, command.body.code]).toEqual([404, 'not_found']);
      }
    }
    expect((await t.call(null, 'GET', '/rectifications')).status).toBe(401);
  });

  it('what waits for a person is what he can do something about', async () => {
    for (const person of readers()) {
      const waiting = new Set(
        (await t.call(person, 'GET', '/rectifications?mine=true&limit=200')).body.items.map(
          ({ id }: { id: string }) => id,
        ),
      );
      for (const record of records.slice(0, 12)) {
        if (!maySee(person, record)) continue;
        const { allowedActions } = (await t.call(person, 'GET', `/rectifications/${record.id}`)).body;
        expect(waiting.has(record.id), `${person.actor.role} ${allowedActions}`).toBe(allowedActions.includes('plan'));
      }
    }
  });
});
