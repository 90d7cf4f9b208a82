import { type Figure, rateOf, shownTenths } from '../indicator/index.ts';

/** 97.5th percentile of the normal distribution: a two-sided 95 % interval. */
const Z = 1.959963984540054;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Wilson's score interval for a proportion, 95 %. It stays within 0…1 and is honest for small numbers and rates near 0 or 1,
 * where the usual ±1.96·√(p(1−p)/n) claims certainty. `null` when there is nothing to judge.
 * Source: E. B. Wilson, JASA 22 (1927) 209–212.
 */
export function wilson({ numerator, denominator }: Figure): Interval | null {
  if (denominator === 0) return null;
  const p = numerator / denominator;
  const z2 = (Z * Z) / denominator;
  const middle = p + z2 / 2;
  const half = Z * Math.sqrt((p * (1 - p) + z2 / 4) / denominator);
  return {
    // At the ends the exact bound is 0 or 1; floating point would miss it by an ulp.
    low: numerator === 0 ? 0 : (middle - half) / (1 + z2),
    high: numerator === denominator ? 1 : (middle + half) / (1 + z2),
  };
}

/** Fewest orders a unit needs to be ranked against others, when nothing else is configured. */
export const DEFAULT_MINIMUM = 20;

export interface Ranked {
  readonly key: string;
  readonly figure: Figure;
  readonly rate: number | null;
  readonly interval: Interval | null;
  /** 1 = best. `null`: shown but not ranked, because there are too few orders. */
  readonly rank: number | null;
  readonly tied: boolean;
  /** The whole interval lies on the bad side of the reference: worse than it by more than chance. Only of ranked units. */
  readonly clearlyBehind: boolean;
}

export interface RankingRule {
  readonly better: 'higher' | 'lower';
  /** Fewest orders in the denominator to be ranked. */
  readonly minimum: number;
  /** The whole district's figure, against which `clearlyBehind` is judged. */
  readonly reference: Figure;
}

/**
 * Ranks by the rate as shown (one decimal of a per cent): equal as shown = same rank, and the next rank is skipped (1, 1, 3).
 * The result is in rank order, unranked ones last; within a tie the order is by key, which says nothing.
 */
export function rankByRate(entries: readonly { key: string; figure: Figure }[], rule: RankingRule): Ranked[] {
  const minimum = Math.max(1, rule.minimum);
  const sign = rule.better === 'higher' ? -1 : 1;
  const scored = entries.map(({ key, figure }) => ({
    key,
    figure,
    tenths: figure.denominator >= minimum ? shownTenths(figure) : null,
  }));
  const places = competitionRanks(scored.map(({ tenths }) => (tenths === null ? null : sign * tenths)));
  const reference = rateOf(rule.reference);
  return scored
    .map(({ key, figure }, index): Ranked => {
      const interval = wilson(figure);
      const { rank, tied } = places[index]!;
      const behind =
        rank !== null &&
        interval !== null &&
        reference !== null &&
        (rule.better === 'higher' ? interval.high < reference : interval.low > reference);
      return { key, figure, rate: rateOf(figure), interval, rank, tied, clearlyBehind: behind };
    })
    .sort(byRank);
}

/** Places for values where less is better; `null` gets none. Equal values share a place. */
export function competitionRanks(values: readonly (number | null)[]): { rank: number | null; tied: boolean }[] {
  const present = values.filter((value): value is number => value !== null).sort((a, b) => a - b);
  const first = new Map<number, number>();
  const times = new Map<number, number>();
  present.forEach((value, index) => {
    if (!first.has(value)) first.set(value, index + 1);
    times.set(value, (times.get(value) ?? 0) + 1);
  });
  return values.map((value) =>
    value === null ? { rank: null, tied: false } : { rank: first.get(value)!, tied: times.get(value)! > 1 },
  );
}

function byRank(a: { rank: number | null; key: string }, b: { rank: number | null; key: string }): number {
  const difference = (a.rank ?? Number.MAX_SAFE_INTEGER) - (b.rank ?? Number.MAX_SAFE_INTEGER);
  return difference !== 0 ? difference : a.key < b.key ? -1 : 1;
}
