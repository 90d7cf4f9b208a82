import { featuresOf } from './features.ts';
import { BEFORE, MAY_END, STATES } from './tags.ts';

/**
 * Weights of a linear-chain model: what each feature says for each state, and each state for the one after it.
 * Features not named say nothing.
 */
export interface TaggerWeights {
  readonly features: ReadonlyMap<string, Float32Array>;
  /** `[state before + 1][state]`; row 0 is the beginning. */
  readonly transitions: readonly Float32Array[];
}

export const emptyTransitions = (): Float32Array[] =>
  Array.from({ length: STATES.length + 1 }, () => new Float32Array(STATES.length));

/** What is known beforehand of some characters: `bonus[at][state]` is added to what the features say. */
export type Hints = readonly (Float64Array | undefined)[];

/** The likeliest states of the characters (Viterbi) and how far ahead of the next best reading they are, 0 to 1. */
export function tag(text: string, weights: TaggerWeights, hints: Hints = []): { states: number[]; confidence: number } {
  const length = text.length;
  if (length === 0) return { states: [], confidence: 1 };
  const scores = featuresOf(text).map((features, at) => {
    const sum = new Float64Array(STATES.length);
    for (const feature of features) {
      const row = weights.features.get(feature);
      if (row) for (let state = 0; state < sum.length; state++) sum[state]! += row[state]!;
    }
    const hint = hints[at];
    if (hint) for (let state = 0; state < sum.length; state++) sum[state]! += hint[state]!;
    return sum;
  });
  const best: Float64Array[] = [];
  const from: Int16Array[] = [];
  for (let at = 0; at < length; at++) {
    const here = new Float64Array(STATES.length).fill(Number.NEGATIVE_INFINITY);
    const back = new Int16Array(STATES.length).fill(-1);
    for (let state = 0; state < STATES.length; state++) {
      if (at === length - 1 && !MAY_END[state]) continue;
      for (const before of BEFORE[state]!) {
        if (before < 0 !== (at === 0)) continue;
        const value = (at === 0 ? 0 : best[at - 1]![before]!) + weights.transitions[before + 1]![state]!;
        if (value > here[state]!) {
          here[state] = value;
          back[state] = before;
        }
      }
      here[state]! += scores[at]![state]!;
    }
    best.push(here);
    from.push(back);
  }
  let state = 0;
  const last = best[length - 1]!;
  for (let other = 1; other < STATES.length; other++) if (last[other]! > last[state]!) state = other;
  const states = new Array<number>(length);
  for (let at = length - 1; at >= 0; at--) {
    states[at] = state;
    state = from[at]![state]!;
  }
  return { states, confidence: confidenceOf(states, scores, best, weights.transitions) };
}

/** A lead of this many points is sure for practical purposes: fitted by eye on held-back addresses. */
const SURE = 40;

/**
 * For each character: the best whole reading in which it is something else. The smallest lead over those says how sure the
 * whole is: one doubtful character makes it doubtful.
 */
function confidenceOf(
  states: readonly number[],
  scores: readonly Float64Array[],
  best: readonly Float64Array[],
  transitions: readonly Float32Array[],
): number {
  const length = states.length;
  const top = best[length - 1]![states[length - 1]!]!;
  let after = new Float64Array(STATES.length).map((_, state) => (MAY_END[state] ? 0 : Number.NEGATIVE_INFINITY));
  let least = Number.POSITIVE_INFINITY;
  for (let at = length - 1; at >= 0; at--) {
    for (let state = 0; state < STATES.length; state++) {
      if (state !== states[at]) least = Math.min(least, top - (best[at]![state]! + after[state]!));
    }
    if (at === 0) break;
    const before = new Float64Array(STATES.length).fill(Number.NEGATIVE_INFINITY);
    for (let state = 0; state < STATES.length; state++) {
      const value = scores[at]![state]! + after[state]!;
      for (const previous of BEFORE[state]!) {
        if (previous >= 0) before[previous] = Math.max(before[previous]!, transitions[previous + 1]![state]! + value);
      }
    }
    after = before;
  }
  return Math.min(1, Math.max(0, least / SURE));
}
