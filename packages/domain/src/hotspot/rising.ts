/**
 * Which weekly counts are higher than chance explains, each against its own level and its own season: the quasi-Poisson
 * surveillance of Farrington et al. (1996) and Noufaily et al. (2013), shortened for a bureau with a few years of data.
 * Why and how well: docs/adr/0014-hot-spots.md. What the words mean to readers: docs/indicators.md.
 */

/** Weeks that make the level. */
export const LEVEL_WEEKS = 26;
/** Fewer weeks of data before the week asked about say nothing. */
export const LEAST_WEEKS = 8;
export const YEAR_WEEKS = 52;
/** Years looked back for the season. */
export const SEASON_YEARS = 3;
/** Weeks of history that are ever looked at, the current one not counted. */
export const HISTORY_WEEKS = SEASON_YEARS * YEAR_WEEKS + LEVEL_WEEKS + 3;
/** Fewer orders are no hot spot, however unusual. */
export const LEAST_ORDERS = 5;
/** A rise that is certain but slight is no hot spot either. */
export const LEAST_RATIO = 1.5;
/** Of what is reported, at most this share is chance (Benjamini and Hochberg). */
export const FALSE_SHARE = 0.05;

/** However few series there are, a count that comes by chance more often than this is no hot spot. */
export const MOST_CHANCE = 0.001;

/** Weeks on either side that a week's season is taken from. */
const SEASON_REACH = 2;
/** The season of all is worth so many orders a year of one's own. */
const SEASON_PRIOR = 60;
/** The dispersion of all series of a kind is worth so many weeks of one's own. */
const DISPERSION_PRIOR = 13;
/**
 * Past weeks less likely than this are outbreaks and would hide the next: to the level they count as the most that is still
 * likely, so that a lasting change becomes the level in time; to the dispersion not at all.
 */
const OUTBREAK = 0.002;
/** Share of the weeks, the quietest, that the first guess at the level is made from. */
const QUIET = 0.8;
/** The median of a squared normal deviate: what the middle square is of a spread of 1. */
const MEDIAN_SQUARE = 0.455;

/** Orders a week, the newest first: `counts[0]` is the week asked about. */
export type Weekly = ArrayLike<number>;

/** What a week's level and season let one expect. */
export interface Expectation {
  /** Orders. */
  readonly expected: number;
  /** Variance of the count over its mean, that of the estimate included; at least 1. */
  readonly dispersion: number;
  /** Whether a year of data is there to tell the season from. */
  readonly seasonal: boolean;
}

/**
 * The season of `week` weeks ago in relation to an average week: 1 = average. Taken from the same weeks of earlier years,
 * two on either side; where the series itself has few orders, from all the series together.
 * @param weeks how many weeks of data there are, the current one not counted
 */
function seasonOf(own: Weekly, all: Weekly, week: number, weeks: number): number {
  let [near, nearAll, mean, meanAll, windows] = [0, 0, 0, 0, 0];
  for (let year = 1; year <= SEASON_YEARS; year++) {
    const middle = week + year * YEAR_WEEKS;
    if (middle + SEASON_REACH > weeks) break;
    windows++;
    for (let at = middle - SEASON_REACH; at <= middle + SEASON_REACH; at++) {
      near += own[at] ?? 0;
      nearAll += all[at] ?? 0;
    }
  }
  if (windows === 0) return 1;
  const years = windows;
  // The years that these windows lie in, for the average week; as many weeks as there are.
  const last = Math.min(weeks, week + years * YEAR_WEEKS + YEAR_WEEKS / 2);
  const first = Math.max(1, last - years * YEAR_WEEKS + 1);
  for (let at = first; at <= last; at++) {
    mean += own[at] ?? 0;
    meanAll += all[at] ?? 0;
  }
  const length = last - first + 1;
  const share = ((2 * SEASON_REACH + 1) * windows) / length;
  const pooled = meanAll > 0 ? nearAll / (meanAll * share) : 1;
  const prior = SEASON_PRIOR * years * share;
  return Math.max(0.1, (near + prior * pooled) / (mean * share + prior));
}

const LAST_SEASONS = new WeakMap<object, { all: Weekly; weeks: number; seasons: readonly number[] }>();
/** Seasons of the current and the weeks of the level. Kept: many series take theirs from the same earlier years. */
function seasonsOf(own: Weekly, all: Weekly, weeks: number): readonly number[] {
  const known = LAST_SEASONS.get(own);
  if (known?.all === all && known.weeks === weeks) return known.seasons;
  const seasons = Array.from({ length: LEVEL_WEEKS + 1 }, (_, week) => seasonOf(own, all, week, weeks));
  LAST_SEASONS.set(own, { all, weeks, seasons });
  return seasons;
}

/** Whether so many weeks of data tell a season. */
export const isSeasonal = (weeks: number): boolean => weeks >= YEAR_WEEKS + SEASON_REACH;

interface Fit {
  readonly rate: number;
  readonly season: number;
  /** How many average weeks the level rests on. */
  readonly weight: number;
  /** Squares of the residuals, in units of the mean. */
  readonly squares: number;
  readonly freedom: number;
  readonly seasonal: boolean;
}

/** Squared distance in units of the mean. */
const square = (count: number, mean: number): number => (count - mean) ** 2 / mean;
const medianOf = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** @param season whose earlier years tell the season, beside those of all */
function fit(own: Weekly, season: Weekly, all: Weekly, weeks: number): Fit | null {
  const length = Math.min(LEVEL_WEEKS, weeks, own.length - 1);
  if (length < LEAST_WEEKS) return null;
  const seasons = seasonsOf(season, all, weeks);
  const weight = seasons.slice(1, length + 1).reduce((sum, season) => sum + season, 0);
  const counts = Array.from({ length }, (_, at) => own[at + 1] ?? 0);
  // Half an order is added: of a place that never called, one call is not infinitely many.
  // From the quiet weeks, then anew with outbreaks cut down to what chance still allows.
  const quiet = counts
    .map((count, at) => ({ count, season: seasons[at + 1]! }))
    .sort((x, y) => x.count / x.season - y.count / y.season)
    .slice(0, Math.ceil(length * QUIET));
  let rate = quiet.reduce((sum, { count }) => sum + count, 0.5) / quiet.reduce((sum, { season }) => sum + season, 0);
  let kept = counts;
  for (let round = 0; round < 2; round++) {
    const spread = Math.max(
      1,
      medianOf(counts.map((count, at) => square(count, rate * seasons[at + 1]!))) / MEDIAN_SQUARE,
    );
    kept = counts.map((count, at) => {
      const mean = rate * seasons[at + 1]!;
      if (count <= mean + 2 * Math.sqrt(mean * spread)) return count;
      return Math.min(count, upperBound(mean, spread, OUTBREAK));
    });
    rate = kept.reduce((sum, count) => sum + count, 0.5) / weight;
  }
  const usual = counts.flatMap((count, at) => (kept[at] === count ? [square(count, rate * seasons[at + 1]!)] : []));
  return {
    rate,
    season: seasons[0]!,
    weight,
    squares: usual.reduce((sum, one) => sum + one, 0),
    freedom: Math.max(0, usual.length - 1),
    seasonal: isSeasonal(weeks),
  };
}

const expectationOf = (fitted: Fit, common: number): Expectation => {
  const own = (fitted.squares + DISPERSION_PRIOR * common) / (fitted.freedom + DISPERSION_PRIOR);
  return {
    expected: fitted.rate * fitted.season,
    // A level that rests on few weeks is itself uncertain.
    dispersion: Math.max(1, own) * (1 + fitted.season / fitted.weight),
    seasonal: fitted.seasonal,
  };
};

/**
 * P(Y ≥ count) where Y has this mean and variance mean × dispersion: negative binomial, Poisson at dispersion 1. Summed from
 * the tail's own first term upwards, so that small ones are exact.
 */
export function upperTail(count: number, mean: number, dispersion: number): number {
  if (count <= 0) return 1;
  if (mean <= 0) return 0;
  const over = dispersion - 1;
  // Log of the odds of k + 1 to k.
  const step =
    over < 1e-9
      ? (k: number) => Math.log(mean / (k + 1))
      : (k: number) => Math.log(((k + mean / over) / (k + 1)) * (over / dispersion));
  let log = over < 1e-9 ? -mean : (-mean / over) * Math.log(dispersion);
  for (let k = 0; k < count; k++) log += step(k);
  let term = Math.exp(log);
  let sum = term;
  for (let k = count; term > sum * 1e-12 || k < mean; k++) {
    term *= Math.exp(step(k));
    sum += term;
    if (k > count + 1_000_000) break;
  }
  return Math.min(1, sum);
}

/** The smallest count that is reached by chance in at most so many cases of 1. */
export function upperBound(mean: number, dispersion: number, chance = 0.05): number {
  let count = Math.max(1, Math.floor(mean));
  while (upperTail(count, mean, dispersion) > chance) count++;
  return count;
}

/** Of each test the smallest share of false ones at which it would be reported. Benjamini and Hochberg (1995). */
export function falseShares(chances: readonly number[]): number[] {
  const order = chances.map((_, at) => at).sort((a, b) => chances[b]! - chances[a]!);
  const shares = new Array<number>(chances.length).fill(1);
  let least = 1;
  for (const [done, at] of order.entries()) {
    least = Math.min(least, (chances[at]! * chances.length) / (chances.length - done));
    shares[at] = least;
  }
  return shares;
}

export interface Series<K> {
  readonly key: K;
  readonly counts: Weekly;
  /** What it belongs to, whose season it shares where its own orders are few. */
  readonly all: Weekly;
  /** `counts` reach back `LEVEL_WEEKS` only: the season is that of all. */
  readonly brief?: boolean;
  /** Series that are counted alike: their dispersion is told together. */
  readonly kind: string;
}

export interface Rise<K> extends Expectation {
  readonly key: K;
  readonly observed: number;
  readonly ratio: number;
  /** From this count on, chance alone is unlikely (5 %). */
  readonly bound: number;
  readonly chance: number;
  readonly falseShare: number;
}

export interface Rises<K> {
  /** Series that were tested. */
  readonly tested: number;
  /** Weeks of data before the week asked about. */
  readonly weeks: number;
  /** Surest first. `null`: too little history to tell. */
  readonly rises: readonly Rise<K>[] | null;
}

/**
 * @param weeks weeks of data there are before the current one
 * @param silent series that might have risen too but have no order in the week, so that they need not be given
 */
export function findRises<K>(series: readonly Series<K>[], weeks: number, silent = 0): Rises<K> {
  if (weeks < LEAST_WEEKS) return { tested: 0, weeks, rises: null };
  const fits = series.map((one) => fit(one.counts, one.brief ? one.all : one.counts, one.all, weeks)!);
  const common = new Map<string, { squares: number; freedom: number }>();
  for (const [at, { kind }] of series.entries()) {
    const sum = common.get(kind) ?? { squares: 0, freedom: 0 };
    sum.squares += fits[at]!.squares;
    sum.freedom += fits[at]!.freedom;
    common.set(kind, sum);
  }
  const expectations = series.map(({ kind }, at) => {
    const { squares, freedom } = common.get(kind)!;
    return expectationOf(fits[at]!, Math.max(1, squares / Math.max(1, freedom)));
  });
  const chances = series.map(({ counts }, at) =>
    upperTail(counts[0] ?? 0, expectations[at]!.expected, expectations[at]!.dispersion),
  );
  const shares = falseShares([...chances, ...new Array<number>(silent).fill(1)]);
  const rises: Rise<K>[] = [];
  for (const [at, { key, counts }] of series.entries()) {
    const observed = counts[0] ?? 0;
    const expectation = expectations[at]!;
    const ratio = observed / expectation.expected;
    if (observed < LEAST_ORDERS || ratio < LEAST_RATIO || chances[at]! > MOST_CHANCE || shares[at]! > FALSE_SHARE)
      continue;
    rises.push({
      key,
      observed,
      ratio,
      ...expectation,
      bound: upperBound(expectation.expected, expectation.dispersion),
      chance: chances[at]!,
      falseShare: shares[at]!,
    });
  }
  rises.sort((a, b) => a.chance - b.chance || b.observed - a.observed);
  return { tested: series.length + silent, weeks, rises };
}

/** What to expect of the current week of one series by itself. `null`: history is too short. */
export function expectationFor(
  { counts, all, brief }: Pick<Series<unknown>, 'counts' | 'all' | 'brief'>,
  weeks: number,
): Expectation | null {
  const fitted = fit(counts, brief ? all : counts, all, weeks);
  return fitted && expectationOf(fitted, 1);
}
