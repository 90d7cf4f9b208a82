import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectOf, falseShares, findRises, HISTORY_WEEKS, upperBound, upperTail } from './index.ts';

/** A fixed sequence (mulberry32): a failure can be repeated. */
function randoms(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
  /** Marsaglia and Tsang. */
  const gamma = (shape: number): number => {
    if (shape < 1) return gamma(shape + 1) * next() ** (1 / shape);
    const d = shape - 1 / 3;
    for (;;) {
      const x = normal();
      const v = (1 + x / Math.sqrt(9 * d)) ** 3;
      if (v > 0 && Math.log(next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  };
  const poisson = (mean: number): number => {
    if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    let [count, product] = [0, next()];
    for (const least = Math.exp(-mean); product > least; count++) product *= next();
    return count;
  };
  /** Poisson whose mean varies by itself: variance = dispersion × mean. */
  const count = (mean: number, dispersion: number): number =>
    mean === 0 ? 0 : dispersion <= 1 ? poisson(mean) : poisson(gamma(mean / (dispersion - 1)) * (dispersion - 1));
  return { next, count };
}

/** Night stalls in summer, quiet at the new year: ± 60 %. */
const summer = (week: number) => 1 + 0.6 * Math.sin((2 * Math.PI * week) / 52);
const flat = () => 1;

interface World {
  means: readonly number[];
  season: (week: number) => number;
  dispersion: number;
  seed: number;
}
/** Series of weekly counts, oldest first, and their sum. */
function world({ means, season, dispersion, seed }: World, weeks: number) {
  const random = randoms(seed);
  const series = means.map((mean) =>
    Array.from({ length: weeks }, (_, week) => random.count(mean * season(week), dispersion)),
  );
  const all = Array.from({ length: weeks }, (_, week) => series.reduce((sum, one) => sum + one[week]!, 0));
  return { series, all };
}
const upTo = (counts: readonly number[], week: number): number[] =>
  counts.slice(Math.max(0, week - HISTORY_WEEKS), week + 1).reverse();
function risesAt({ series, all }: ReturnType<typeof world>, week: number) {
  const input = series.map((counts, key) => ({ key, counts: upTo(counts, week), all: upTo(all, week), kind: 'place' }));
  return findRises(input, Math.min(week, HISTORY_WEEKS)).rises!;
}
const MEANS = Array.from({ length: 200 }, (_, at) => [0.1, 0.5, 1, 2, 5, 10, 20, 40][at % 8]!);

describe('on series where nothing happens', () => {
  it.each([
    ['flat', flat, 1, 5],
    ['flat, calls that come in bunches', flat, 1.6, 7],
    ['with a season', summer, 1, 5],
    ['with a season, calls that come in bunches', summer, 1.6, 7],
  ] as const)('%s: few of 52 weeks with 200 series each have a false alarm', (_, season, dispersion, most) => {
    const one = world({ means: MEANS, season, dispersion, seed: 11 }, 210);
    let [weeks, alarms] = [0, 0];
    for (let week = 158; week < 210; week++) {
      const rises = risesAt(one, week);
      if (rises.length > 0) weeks++;
      alarms += rises.length;
    }
    expect(weeks).toBeLessThanOrEqual(most);
    expect(alarms).toBeLessThanOrEqual(most + 1);
  });

  it('a season is no rise: what comes every summer is expected in summer', () => {
    const one = world({ means: [40], season: summer, dispersion: 1, seed: 3 }, 210);
    for (let week = 158; week < 210; week++) expect(risesAt(one, week)).toEqual([]);
  });

  it('by raw count the same season would be called a rise again and again', () => {
    const one = world({ means: [40], season: summer, dispersion: 1, seed: 3 }, 210);
    const counts = one.series[0]!;
    const raw = counts.filter(
      (count, week) => week >= 158 && count > 1.5 * (counts.slice(week - 26, week).reduce((a, b) => a + b, 0) / 26),
    );
    expect(raw.length).toBeGreaterThan(5);
  });
});

describe('on series that rise', () => {
  /** How many of 40 planted rises are found, among 100 series. */
  function found(mean: number, times: number): number {
    let hits = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const random = randoms(seed * 7919);
      const one = world({ means: [mean, ...MEANS.slice(0, 99)], season: summer, dispersion: 1.2, seed }, 160);
      one.series[0]![159] = random.count(mean * times * summer(159), 1.2);
      if (risesAt(one, 159).some(({ key }) => key === 0)) hits++;
    }
    return hits;
  }
  it.each([
    [2, 5, 16],
    [5, 3, 18],
    [10, 3, 32],
    [20, 2, 22],
    [40, 2, 36],
  ])('a series of %d a week that becomes %d times as many is found in at least %d of 40', (mean, times, least) => {
    expect(found(mean, times)).toBeGreaterThanOrEqual(least);
  });

  it('an outbreak of last month does not hide the next', () => {
    const calm = world({ means: [8, ...MEANS.slice(0, 40)], season: flat, dispersion: 1, seed: 5 }, 160);
    for (const week of [150, 151, 152]) calm.series[0]![week] = 45;
    calm.series[0]![159] = 32;
    expect(risesAt(calm, 159).map(({ key }) => key)).toContain(0);
  });

  it('a place that never called before and calls five times is a rise; four times is not', () => {
    const one = world({ means: [0, ...MEANS.slice(0, 40)], season: flat, dispersion: 1, seed: 9 }, 160);
    one.series[0]![159] = 5;
    expect(risesAt(one, 159).map(({ key }) => key)).toEqual([0]);
    one.series[0]![159] = 4;
    expect(risesAt(one, 159)).toEqual([]);
  });

  it('with fewer than eight weeks of data nothing is said, rather than nothing found', () => {
    expect(findRises([{ key: 1, counts: [90, 1, 1, 1], all: [90, 1, 1, 1], kind: 'town' }], 7).rises).toBeNull();
    expect(findRises([{ key: 1, counts: [90, ...Array(8).fill(1)], all: [], kind: 'town' }], 8).rises).toHaveLength(1);
  });
});

describe('the tail', () => {
  const exact = (count: number, mean: number): number => {
    let [term, below] = [Math.exp(-mean), 0];
    for (let k = 0; k < count; k++) {
      below += term;
      term *= mean / (k + 1);
    }
    return 1 - below;
  };
  it.each([
    [3, 1.2],
    [10, 4.5],
    [60, 40],
  ])('at dispersion 1 is that of Poisson: %d of %d', (count, mean) => {
    expect(upperTail(count, mean, 1)).toBeCloseTo(exact(count, mean), 10);
    expect(upperTail(count, mean, 1 + 1e-7)).toBeCloseTo(exact(count, mean), 5);
  });
  it('of a negative binomial: R’s pnbinom(11, size = 5, mu = 5, lower.tail = FALSE) and dnbinom', () => {
    // size 5, mean 5: dispersion 2, each count k has choose(k + 4, 4) / 2^(k + 5).
    const choose = (n: number) => (n * (n - 1) * (n - 2) * (n - 3)) / 24;
    let below = 0;
    for (let k = 0; k < 12; k++) below += choose(k + 4) / 2 ** (k + 5);
    expect(upperTail(12, 5, 2)).toBeCloseTo(1 - below, 12);
  });
  it('falls with the count, grows with mean and dispersion, and the bound is the first count beyond', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 80 }),
        fc.double({ min: 0.05, max: 60, noNaN: true }),
        fc.double({ min: 1, max: 5, noNaN: true }),
        (count, mean, dispersion) => {
          const chance = upperTail(count, mean, dispersion);
          expect(chance).toBeGreaterThanOrEqual(0);
          expect(chance).toBeLessThanOrEqual(1);
          expect(upperTail(count + 1, mean, dispersion)).toBeLessThanOrEqual(chance + 1e-12);
          expect(upperTail(count, mean * 1.1, dispersion)).toBeGreaterThanOrEqual(chance - 1e-9);
          const bound = upperBound(mean, dispersion);
          expect(upperTail(bound, mean, dispersion)).toBeLessThanOrEqual(0.05);
          if (bound > Math.max(1, Math.floor(mean)))
            expect(upperTail(bound - 1, mean, dispersion)).toBeGreaterThan(0.05);
        },
      ),
    );
  });
});

describe('of many tests', () => {
  it('the shares of false ones are those of Benjamini and Hochberg', () => {
    expect(falseShares([0.01, 0.04, 0.03, 0.5]).map((share) => Number(share.toFixed(4)))).toEqual([
      0.04, 0.0533, 0.0533, 0.5,
    ]);
    expect(falseShares([])).toEqual([]);
  });
  it('never fall below the chance itself, and keep its order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 }), (chances) => {
        const shares = falseShares(chances);
        for (const [a, chance] of chances.entries()) {
          expect(shares[a]!).toBeGreaterThanOrEqual(chance - 1e-12);
          for (const [b, other] of chances.entries())
            if (chance < other) expect(shares[a]!).toBeLessThanOrEqual(shares[b]!);
        }
      }),
    );
  });
});

describe('whether it helped', () => {
  it.each([
    [4, 2, 1, 'unclear'],
    [20, 5, 4, 'back'],
    [40, 18, 6, 'less'],
    [20, 17, 4, 'same'],
    [20, 25, 4, 'same'],
  ] as const)('%d orders, then %d where %d are expected: %s', (before, after, expected, effect) => {
    expect(effectOf(before, after, expected, 1.2)).toBe(effect);
  });
});
