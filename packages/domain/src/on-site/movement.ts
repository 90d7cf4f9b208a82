import { type Figure, rateOf } from '../indicator/index.ts';
import { wilson } from '../ranking/index.ts';
import type { Movement } from './vocabulary.ts';

export interface Difference {
  /** After less before, −1…1. */
  readonly change: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The difference of two proportions with its 95 % interval, built from the two Wilson intervals; `null` when either month has
 * nothing to count. Source: R. G. Newcombe, Statistics in Medicine 17 (1998) 873–890, method 10.
 */
export function differenceOf(before: Figure, after: Figure): Difference | null {
  const [from, to] = [wilson(before), wilson(after)];
  const [first, second] = [rateOf(before), rateOf(after)];
  if (!from || !to || first === null || second === null) return null;
  const change = second - first;
  return {
    change,
    low: change - Math.hypot(second - to.low, from.high - first),
    high: change + Math.hypot(to.high - second, first - from.low),
  };
}

/** Whether the indicator moved by more than chance. @param complete the later month is over */
export function movementOf(before: Figure, after: Figure, complete: boolean): Movement {
  if (!complete) return 'waiting';
  const difference = differenceOf(before, after);
  if (difference === null) return 'none';
  if (difference.low > 0) return 'better';
  return difference.high < 0 ? 'worse' : 'unclear';
}
