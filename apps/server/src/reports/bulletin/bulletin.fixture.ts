import { ROLE_NAMES, ROLES, type Role } from '@bihuan/domain/access';
import { TEST_NOW, type TestApp, type TestPerson, testApp } from '../../testing/app.ts';
import {
  insertPlace,
  insertRounds,
  type Place,
  type RoundFact,
  randomRounds,
  seeded,
} from '../indicator/random-rounds.fixture.ts';

/** A district with three squadrons, a person of every role and some months of orders. */
export async function bulletinWorld(): Promise<{
  app: TestApp;
  place: Place;
  facts: RoundFact[];
  people: Map<Role, TestPerson>;
}> {
  const app = await testApp();
  const place = await insertPlace(app.deps.db, seeded(5), 3);
  const mine = place.units[0]!;
  const section = await app.unit('section', '执法协调科');
  const bureau = await app.unit('bureau', '某区城市管理行政执法局');
  const partner = await app.unit('partner', '房管');
  const people = new Map<Role, TestPerson>();
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
  const staffed = { ...place, units: [{ ...mine, officers: [officer, mine.officers[0]!] }, ...place.units.slice(1)] };
  const facts = randomRounds(staffed, {
    seed: 9,
    orders: 400,
    from: TEST_NOW - 90 * 86_400_000,
    to: TEST_NOW,
    now: TEST_NOW,
  });
  await insertRounds(app.deps.db, place.source, facts);
  return { app, place, facts, people };
}
