import { ROLE_NAMES, ROLES, type Role, scopeOf } from '@bihuan/domain/access';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandId, type TestApp, type TestPerson } from '../../testing/app.ts';
import type { Place, RoundFact } from '../indicator/random-rounds.fixture.ts';
import { bulletinWorld } from './bulletin.fixture.ts';

let app: TestApp;
let place: Place;
let facts: RoundFact[];
let people: Map<Role, TestPerson>;
let draft: string;
let published: string;

beforeAll(async () => {
  ({ app, place, facts, people } = await bulletinWorld());
  const begin = async (period: string) =>
    (await app.call(people.get('coordination_clerk')!, 'POST', '/bulletins', { commandId: commandId(), period })).body
      .id;
  published = await begin('2023-05');
  for (const [role, action] of [
    ['coordination_clerk', 'submit'],
    ['coordination_chief', 'approve'],
    ['bureau_leader', 'publish'],
  ] as const) {
    await app.call(people.get(role)!, 'POST', `/bulletins/${published}/commands`, {
      commandId: commandId(),
      command: { action },
    });
  }
  draft = await begin('2023-04');
});
afterAll(() => app?.close());

const may = (role: Role, permission: string) => (ROLES[role].permissions as readonly string[]).includes(permission);
const WRITERS: readonly Role[] = ['coordination_clerk', 'coordination_chief', 'bureau_leader'];

function sees(role: Role, id: string): boolean {
  const last = facts.filter((fact) => fact.complaintId === id).at(-1)!;
  const mine = place.units[0]!;
  const scope = scopeOf(people.get(role)!.actor);
  if (scope === 'district') return true;
  if (scope === 'unit') return last.unit === mine.id;
  if (scope === 'town') return last.town === mine.town;
  return scope === 'own' && last.officer === people.get('officer')!.actor.personId;
}

describe('who sees which bulletin', () => {
  test.each(
    ROLE_NAMES,
  )('%s: a draft is hidden in list, reading, preview, files, comparison and orders unless they work on it', async (role) => {
    const person = people.get(role)!;
    const reads = may(role, 'bulletin.read');
    const text = { title: 't', recipients: 'r', sections: [{ key: 'a', heading: '', body: 'b' }] };
    const wanted = reads ? (WRITERS.includes(role) ? 200 : 404) : 403;
    const answers = [
      await app.call(person, 'GET', `/bulletins/${draft}`),
      await app.call(person, 'GET', `/bulletins/${draft}/document.html`),
      await app.call(person, 'GET', `/bulletins/${draft}/document.docx`),
      await app.call(person, 'GET', `/bulletins/${draft}/changes`),
      await app.call(person, 'GET', `/bulletins/${draft}/figures/volume.district/orders`),
      await app.call(person, 'POST', `/bulletins/${draft}/preview`, text),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => wanted));
    expect((await app.call(person, 'GET', `/bulletins/${published}`)).status).toBe(reads ? 200 : 403);
    if (!reads) return;
    const { body } = await app.call(person, 'GET', '/bulletins');
    const ids = body.items.map((item: { id: string }) => item.id);
    expect(ids).toEqual(WRITERS.includes(role) ? [published, draft] : [published]);
    expect(body.total).toBe(ids.length);
  });

  test.each(
    ROLE_NAMES.filter((role) => may(role, 'bulletin.read')),
  )('%s opens a figure to the orders in scope and learns how many lie outside', async (role) => {
    const person = people.get(role)!;
    const rows = await app.deps.db.query<{ ids: string[] }>(
      null,
      `select denominator_ids as ids from bulletin_figure where bulletin_id = $1 and key = 'on_time.district'`,
      [published],
    );
    const all = [...new Set(rows[0]!.ids)];
    const mine = all.filter((id) => sees(role, id));
    const found: string[] = [];
    for (let after: string | null = null; ; ) {
      const { body } = await app.call(
        person,
        'GET',
        `/bulletins/${published}/figures/on_time.district/orders?limit=40${after ? `&after=${after}` : ''}`,
      );
      expect([body.total, body.orders, body.visible]).toEqual([rows[0]!.ids.length, all.length, mine.length]);
      found.push(...body.items.map((item: { id: string }) => item.id));
      after = body.next;
      if (after === null) break;
    }
    expect(found.toSorted()).toEqual(mine.toSorted());
  });

  test('the numerator and the missed together are all', async () => {
    const part = async (name: string) =>
      (
        await app.call(
          people.get('supervisor')!,
          'GET',
          `/bulletins/${published}/figures/resolution.district/orders?part=${name}`,
        )
      ).body.total;
    expect((await part('numerator')) + (await part('missed'))).toBe(await part('denominator'));
  });

  test('nobody without the right begins, edits, reviews or signs', async () => {
    for (const role of ROLE_NAMES) {
      const created = await app.call(people.get(role)!, 'POST', '/bulletins', {
        commandId: commandId(),
        period: '2023-04',
      });
      expect([role, created.status]).toEqual([role, may(role, 'bulletin.draft') ? 200 : 403]);
      const signed = await app.call(people.get(role)!, 'POST', `/bulletins/${draft}/commands`, {
        commandId: commandId(),
        command: { action: 'publish' },
      });
      expect([role, signed.status < 400]).toEqual([role, false]);
    }
  });
});
