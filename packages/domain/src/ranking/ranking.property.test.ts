import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shownTenths } from '../indicator/index.ts';
import { rankByRate, wilson } from './index.ts';

const figure = fc
  .tuple(fc.nat(300), fc.nat(300))
  .map(([a, b]) => ({ numerator: Math.min(a, b), denominator: Math.max(a, b) }));
const entries = fc.array(figure, { maxLength: 20 }).map((list) => list.map((f, i) => ({ key: `u${i}`, figure: f })));
const rule = { better: 'higher', minimum: 20, reference: { numerator: 80, denominator: 100 } } as const;
const place = (ranked: ReturnType<typeof rankByRate>) => new Map(ranked.map((r) => [r.key, r.rank]));

describe('Wilson interval', () => {
  test.each([
    // Computed by hand from the formula and agreeing with R's prop.test(correct = FALSE).
    [9, 10, 0.5958, 0.9821],
    [12, 12, 0.7575, 1],
    [0, 12, 0, 0.2425],
    [1080, 1200, 0.8817, 0.9157],
  ])('%i of %i', (numerator, denominator, low, high) => {
    const interval = wilson({ numerator, denominator })!;
    expect(interval.low).toBeCloseTo(low, 3);
    expect(interval.high).toBeCloseTo(high, 3);
  });

  test('holds the rate, stays within 0 and 1, and narrows with more orders of the same rate', () => {
    fc.assert(
      fc.property(figure, fc.integer({ min: 2, max: 50 }), (f, times) => {
        const interval = wilson(f);
        if (f.denominator === 0) {
          expect(interval).toBeNull();
          return;
        }
        const rate = f.numerator / f.denominator;
        expect(interval!.low).toBeGreaterThanOrEqual(0);
        expect(interval!.high).toBeLessThanOrEqual(1);
        expect(interval!.low).toBeLessThanOrEqual(rate + 1e-12);
        expect(interval!.high).toBeGreaterThanOrEqual(rate - 1e-12);
        const more = wilson({ numerator: f.numerator * times, denominator: f.denominator * times })!;
        expect(more.high - more.low).toBeLessThan(interval!.high - interval!.low);
      }),
    );
  });
});

describe('ranking by rate', () => {
  test('does not depend on the order in which units come', () => {
    fc.assert(
      fc.property(entries, fc.integer(), (list, seed) => {
        const shuffled = [...list]
          .sort((a, b) => ((a.key.length * 31 + seed) % 7) - ((b.key.length * 17 + seed) % 5))
          .reverse();
        expect(rankByRate(shuffled, rule)).toEqual(rankByRate(list, rule));
      }),
    );
  });

  test('a higher shown rate never stands behind a lower one, equal rates share the place', () => {
    fc.assert(
      fc.property(entries, (list) => {
        const ranked = rankByRate(list, rule).filter((r) => r.rank !== null);
        for (const a of ranked) {
          for (const b of ranked) {
            const [x, y] = [shownTenths(a.figure)!, shownTenths(b.figure)!];
            expect(Math.sign(a.rank! - b.rank!)).toBe(Math.sign(y - x));
          }
          expect(a.rank).toBe(1 + ranked.filter((b) => shownTenths(b.figure)! > shownTenths(a.figure)!).length);
          expect(a.tied).toBe(ranked.some((b) => b !== a && b.rank === a.rank));
        }
      }),
    );
  });

  test('one more solved order never worsens the place', () => {
    fc.assert(
      fc.property(
        entries.filter((list) => list.length > 0),
        fc.nat(),
        (list, pick) => {
          const index = pick % list.length;
          const chosen = list[index]!;
          if (chosen.figure.numerator === chosen.figure.denominator) return;
          const better = list.with(index, {
            ...chosen,
            figure: { ...chosen.figure, numerator: chosen.figure.numerator + 1 },
          });
          const [before, after] = [place(rankByRate(list, rule)), place(rankByRate(better, rule))];
          if (before.get(chosen.key) === null) {
            expect(after.get(chosen.key)).toBeNull();
            return;
          }
          expect(after.get(chosen.key)!).toBeLessThanOrEqual(before.get(chosen.key)!);
        },
      ),
    );
  });

  test('units with too few orders are shown, unranked, and change nobody’s place', () => {
    fc.assert(
      fc.property(entries, fc.integer({ min: 0, max: 19 }), (list, n) => {
        const small = { key: 'small', figure: { numerator: n, denominator: n } };
        const ranked = rankByRate([...list, small], rule);
        expect(ranked.find((r) => r.key === 'small')!.rank).toBeNull();
        expect(ranked.filter((r) => r.key !== 'small')).toEqual(rankByRate(list, rule));
      }),
    );
  });

  test('swapping two tied units’ names swaps nothing', () => {
    const list = [
      { key: 'a', figure: { numerator: 90, denominator: 100 } },
      { key: 'b', figure: { numerator: 180, denominator: 200 } },
      { key: 'c', figure: { numerator: 50, denominator: 100 } },
    ];
    expect(place(rankByRate(list, rule))).toEqual(
      new Map([
        ['a', 1],
        ['b', 1],
        ['c', 3],
      ]),
    );
    const swapped = list.map((entry) => ({ ...entry, key: { a: 'b', b: 'a', c: 'c' }[entry.key]! }));
    expect(place(rankByRate(swapped, rule))).toEqual(place(rankByRate(list, rule)));
  });

  test('12 orders are not 1,200: behind the district only when the whole interval is', () => {
    const ranked = rankByRate(
      [
        { key: 'few', figure: { numerator: 7, denominator: 10 } },
        { key: 'many', figure: { numerator: 840, denominator: 1200 } },
        { key: 'good', figure: { numerator: 990, denominator: 1200 } },
      ],
      { better: 'higher', minimum: 10, reference: { numerator: 80, denominator: 100 } },
    );
    expect(Object.fromEntries(ranked.map((r) => [r.key, r.clearlyBehind]))).toEqual({
      few: false,
      many: true,
      good: false,
    });
  });

  test('for a rate of which less is better, the lowest is first and a high one is behind', () => {
    const ranked = rankByRate(
      [
        { key: 'high', figure: { numerator: 300, denominator: 1000 } },
        { key: 'low', figure: { numerator: 50, denominator: 1000 } },
      ],
      { better: 'lower', minimum: 20, reference: { numerator: 100, denominator: 1000 } },
    );
    expect(ranked.map((r) => [r.key, r.rank, r.clearlyBehind])).toEqual([
      ['low', 1, false],
      ['high', 2, true],
    ]);
  });
});
