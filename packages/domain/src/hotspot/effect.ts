import { upperTail } from './rising.ts';

/** Whether what was done about a rise helped, as far as the numbers can say. */
export const EFFECTS = {
  unclear: '件数太少，不能下结论',
  back: '已回到常年水平',
  less: '有所下降，仍高于常年',
  same: '没有明显下降',
} as const;
export type Effect = keyof typeof EFFECTS;

/** Orders of both weeks together below which nothing is said. */
export const LEAST_FOR_EFFECT = 10;

/**
 * @param before orders in the week of the rise
 * @param after orders in the week looked at
 * @param expected orders to be expected in the week looked at, were there no rise
 * @param dispersion of that expectation
 */
export function effectOf(before: number, after: number, expected: number, dispersion: number): Effect {
  if (before + after < LEAST_FOR_EFFECT) return 'unclear';
  if (upperTail(after, expected, dispersion) > 0.05) return 'back';
  return after < before && fewerByChance(before, after) <= 0.05 ? 'less' : 'same';
}

/** P of so few after, or fewer, were every order as likely to fall in one week as in the other. */
function fewerByChance(before: number, after: number): number {
  const all = before + after;
  let term = 0.5 ** all;
  let sum = term;
  for (let k = 0; k < after; k++) {
    term *= (all - k) / (k + 1);
    sum += term;
  }
  return sum;
}
