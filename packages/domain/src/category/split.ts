/** How orders are parted for learning and for telling how well it went. */
export interface Dated {
  /** Epoch ms. */
  readonly at: number;
  readonly matter: string;
}

/**
 * The last fifth by time is held back: half of it to set confidence and threshold, half to report. An order of a matter
 * that was learnt from, or that stands in the other half, is left out: repeats would flatter the figures.
 */
export function splitOrders<T extends Dated>(orders: readonly T[]): { learn: T[]; tune: T[]; report: T[] } {
  const sorted = [...orders].sort((a, b) => a.at - b.at);
  const [first, second] = [Math.floor(sorted.length * 0.8), Math.floor(sorted.length * 0.9)];
  const learn = sorted.slice(0, first);
  const known = new Set(learn.map(({ matter }) => matter));
  const tune = sorted.slice(first, second).filter(({ matter }) => !known.has(matter));
  for (const { matter } of tune) known.add(matter);
  return { learn, tune, report: sorted.slice(second).filter(({ matter }) => !known.has(matter)) };
}

/** Fewer confirmed orders, or fewer than two categories with ten each, teach nothing. */
export const LEAST_CONFIRMED = 300;
export const LEAST_OF_CATEGORY = 10;
/** A version that is right less often than the one in use by more than this is not put to use. */
export const MOST_WORSE = 0.03;
/** With fewer orders that the version in use cannot have learnt, the two are compared by their own figures instead. */
export const LEAST_UNSEEN = 50;
