import type { FigureRow } from '@bihuan/contract/indicator';
import { parsePeriod } from '@bihuan/domain/indicator';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import {
  freshDatabase,
  insertPlace,
  insertRounds,
  type Place,
  type RoundFact,
  randomRounds,
  seeded,
} from '../indicator/random-rounds.fixture.ts';
import { analysePeriod, idsBehind } from './index.ts';

const NOW = Date.parse('2023-06-20T10:00:00+08:00');
let database: Awaited<ReturnType<typeof freshDatabase>>;
let place: Place & { source: string };
let facts: RoundFact[];

beforeAll(async () => {
  database = await freshDatabase(inject('postgresUrl'));
  place = await insertPlace(database.db, seeded(1), 4);
  const random = randomRounds(place, { seed: 7, orders: 900, from: NOW - 300 * 86_400_000, to: NOW, now: NOW });
  // The last squadron solves next to nothing: behind by more than chance.
  const bad = place.units[3]!.id;
  facts = random.map((fact) => (fact.unit === bad && fact.solved ? { ...fact, solved: fact.complaintId < '3' } : fact));
  await insertRounds(database.db, place.source, facts);
});
afterAll(() => database?.drop());

describe('analysis of a period', () => {
  test.each([
    '2023-05',
    '2023-06',
    '2023-W23',
  ])('%s: every figure has as many orders behind it as it says', async (text) => {
    const input = { period: parsePeriod(text), now: NOW };
    const analysis = await analysePeriod(database.db, { ...input, reader: 'everything' });
    const ids = await idsBehind(database.db, input);
    const rows: FigureRow[] = [analysis.district, ...analysis.squadrons, ...analysis.categories, ...analysis.towns];
    let checked = 0;
    for (const row of rows) {
      for (const figure of Object.values(row.figures)) {
        const behind = ids.get(figure.key);
        expect([figure.key, behind?.numeratorIds.length ?? 0, behind?.denominatorIds.length ?? 0]).toEqual([
          figure.key,
          figure.numerator,
          figure.denominator,
        ]);
        checked += figure.denominator;
      }
    }
    expect(checked).toBeGreaterThan(100);
    expect(ids.get('overdue.district')!.denominatorIds).toHaveLength(analysis.overdueCount);
  });

  test('overdue at a period’s end is what was past due and not concluded then, however it went on', async () => {
    const asOf = Date.parse('2023-06-01T00:00:00+08:00');
    const mine = facts.filter(
      (f) =>
        f.excludedAt === null &&
        f.declinedAt === null &&
        f.dueAt < asOf &&
        (f.concludedAt === null ? f.pausedAt === null || f.pausedAt > f.dueAt : f.concludedAt >= asOf),
    );
    const analysis = await analysePeriod(database.db, {
      period: parsePeriod('2023-05'),
      now: NOW,
      reader: 'everything',
    });
    expect(analysis.overdueCount).toBe(mine.length);
    expect(mine.some((fact) => fact.concludedAt !== null)).toBe(true);
    const longest = mine.toSorted((a, b) => a.dueAt - b.dueAt)[0]!;
    expect(analysis.worstOverdue[0]!.dueAt).toBe(new Date(longest.dueAt).toISOString());
  });

  test('the squadron that is behind by more than chance is to be visited, and only such', async () => {
    const analysis = await analysePeriod(database.db, {
      period: parsePeriod('2023-Q2'),
      now: NOW,
      reader: 'everything',
    });
    expect(analysis.toVisit.map((visit) => visit.unit.id)).toEqual([place.units[3]!.id]);
    expect(analysis.toVisit[0]!.high).toBeLessThan(analysis.toVisit[0]!.districtRate);
  });

  test('the most reopened come first, with how often', async () => {
    const from = Date.parse('2023-05-01T00:00:00+08:00');
    const to = Date.parse('2023-06-01T00:00:00+08:00');
    const times = new Map<string, number>();
    for (const f of facts) {
      if (
        !f.reopened ||
        f.excludedAt !== null ||
        f.followedUpAt === null ||
        f.followedUpAt < from ||
        f.followedUpAt >= to
      )
        continue;
      times.set(f.complaintId, Math.max(times.get(f.complaintId) ?? 0, f.round));
    }
    const analysis = await analysePeriod(database.db, {
      period: parsePeriod('2023-05'),
      now: NOW,
      reader: 'everything',
    });
    expect(analysis.mostReopened.map((order) => order.reopenCount)).toEqual(
      [...times.values()].sort((a, b) => b - a).slice(0, 10),
    );
    for (const order of analysis.mostReopened) expect(order.reopenCount).toBe(times.get(order.id));
  });

  test('categories that rise are those whose volume grew, clear rises first', async () => {
    const analysis = await analysePeriod(database.db, {
      period: parsePeriod('2023-05'),
      now: NOW,
      reader: 'everything',
    });
    for (const rise of analysis.rising) expect(rise.now).toBeGreaterThan(rise.before);
    const order = analysis.rising.map((rise) => Number(rise.clearly));
    expect(order).toEqual(order.toSorted((a, b) => b - a));
  });
});
