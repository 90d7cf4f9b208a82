import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Figure, RATE_IDS, type RateId } from '../indicator/index.ts';
import { DEFAULT_WEIGHTS, rankByScore, scoreOf, type Weights, weightsProblem } from './index.ts';

const figure = fc
  .tuple(fc.nat(200), fc.nat(200))
  .map(([a, b]): Figure => ({ numerator: Math.min(a, b), denominator: Math.max(a, b) }));
const figures = fc.record({
  first_contact: figure,
  on_time: figure,
  resolution: figure,
  satisfaction: figure,
  reopen: figure,
}) as fc.Arbitrary<Record<RateId, Figure>>;
const weights = fc.array(fc.nat(100), { minLength: 4, maxLength: 4 }).map((cuts): Weights => {
  const at = [0, ...cuts.sort((a, b) => a - b), 100];
  return Object.fromEntries(RATE_IDS.map((id, i) => [id, at[i + 1]! - at[i]!])) as unknown as Weights;
});

describe('composite score', () => {
  test('lies between 0 and 100 and is the sum of its explained points', () => {
    fc.assert(
      fc.property(figures, weights, (f, w) => {
        expect(weightsProblem(w)).toBeNull();
        const score = scoreOf(f, w);
        if (score.total === null) {
          expect(score.parts.every((part) => part.figure.denominator === 0)).toBe(true);
          return;
        }
        expect(score.total).toBeGreaterThanOrEqual(0);
        expect(score.total).toBeLessThanOrEqual(100);
        expect(score.total).toBeCloseTo(
          score.parts.reduce((sum, part) => sum + part.points, 0),
          2,
        );
        expect(score.parts.reduce((sum, part) => sum + part.effectiveWeight, 0)).toBeCloseTo(100, 6);
      }),
    );
  });

  test('a better rate never lowers the score, a higher reopen rate never raises it', () => {
    fc.assert(
      fc.property(figures, weights, fc.constantFrom(...RATE_IDS), (f, w, id) => {
        if (f[id].numerator === f[id].denominator) return;
        const changed = { ...f, [id]: { ...f[id], numerator: f[id].numerator + 1 } };
        const difference = scoreOf(changed, w).total! - scoreOf(f, w).total!;
        if (Number.isNaN(difference)) return;
        if (id === 'reopen') expect(difference).toBeLessThanOrEqual(0);
        else expect(difference).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('worked by hand: 90, 80, 95, 100 % and 5 % reopened make 90.75 points', () => {
    const score = scoreOf(
      {
        resolution: { numerator: 90, denominator: 100 },
        satisfaction: { numerator: 80, denominator: 100 },
        on_time: { numerator: 95, denominator: 100 },
        first_contact: { numerator: 100, denominator: 100 },
        reopen: { numerator: 5, denominator: 100 },
      },
      DEFAULT_WEIGHTS,
    );
    // 31.5 + 16 + 23.75 + 10 + 9.5
    expect(score.total).toBe(90.75);
    expect(score.note).toBeNull();
    expect(score.parts.find((part) => part.indicator === 'resolution')!.explanation).toBe(
      '解决率 90.0% × 35 = 31.5 分',
    );
    expect(score.parts.find((part) => part.indicator === 'reopen')!.explanation).toBe(
      '重办率 （1 − 5.0%） × 10 = 9.5 分',
    );
  });

  test('an indicator without orders gives its weight to the others, and the score says so', () => {
    const none = { numerator: 0, denominator: 0 };
    const full = { numerator: 10, denominator: 10 };
    const score = scoreOf(
      {
        resolution: full,
        satisfaction: none,
        on_time: full,
        first_contact: full,
        reopen: { numerator: 0, denominator: 10 },
      },
      DEFAULT_WEIGHTS,
    );
    expect(score.total).toBe(100);
    expect(score.parts.find((part) => part.indicator === 'resolution')!.effectiveWeight).toBeCloseTo(43.75, 6);
    expect(score.note).toBe('满意率时段内无件，其权重按比例分给其余指标');
    expect(score.smallest).toBe(0);
  });

  test('a score on too few orders is shown but not ranked; equal scores share a place', () => {
    const of = (numerator: number, denominator: number) =>
      scoreOf(
        Object.fromEntries(
          RATE_IDS.map((id) => [id, { numerator: id === 'reopen' ? denominator - numerator : numerator, denominator }]),
        ) as Record<RateId, Figure>,
        DEFAULT_WEIGHTS,
      );
    const places = rankByScore(
      [
        { key: 'a', score: of(30, 40) },
        { key: 'b', score: of(60, 80) },
        { key: 'c', score: of(10, 40) },
        { key: 'few', score: of(5, 5) },
      ],
      20,
    );
    expect(Object.fromEntries(places)).toEqual({
      a: { rank: 1, tied: true },
      b: { rank: 1, tied: true },
      c: { rank: 3, tied: false },
      few: { rank: null, tied: false },
    });
  });

  test('weights that do not sum to 100 are refused', () => {
    expect(weightsProblem({ ...DEFAULT_WEIGHTS, reopen: 11 })).toContain('101');
    expect(weightsProblem({ ...DEFAULT_WEIGHTS, reopen: -10, on_time: 45 })).toContain('0 至 100');
  });
});
