import type { PairCode } from './clean.ts';
import type { Profile } from './profile.ts';
import { type Comparison, compare, type ScoreWeights } from './score.ts';
import type { Vocabulary } from './vocabulary.ts';

/** `joined`: sure. `suggested`: a person decides. `separate`: a matter of its own. */
export type Decision = 'joined' | 'suggested' | 'separate';

export interface Thresholds {
  readonly joined: number;
  readonly suggested: number;
}

export interface Found {
  readonly id: string;
  /** The matter, suggestions taken: named by its first message. */
  readonly matter: string;
  /** The matter without suggestions. */
  readonly sure: string;
  readonly decision: Decision;
  /** Of the comparison that decided; 0 where there was none to compare with. */
  readonly score: number;
  readonly reasons: readonly string[];
  /** The message that it is most like. */
  readonly like: string | null;
}

/**
 * Which messages of a matter are its sure ones, once all are known: those of its largest sure part, whatever came first. The
 * others are suggested to it.
 */
export function settle(found: readonly Found[]): Found[] {
  const sizes = new Map<string, number>();
  for (const { sure } of found) sizes.set(sure, (sizes.get(sure) ?? 0) + 1);
  const core = new Map<string, string>();
  for (const { matter, sure } of found) {
    const known = core.get(matter);
    if (known === undefined || sizes.get(sure)! > sizes.get(known)!) core.set(matter, sure);
  }
  const begun = new Set<string>();
  return found.map((one) => {
    if (one.sure !== core.get(one.matter)) return { ...one, decision: 'suggested' };
    const first = !begun.has(one.sure);
    begun.add(one.sure);
    return { ...one, decision: first ? 'separate' : 'joined' };
  });
}

/** So many earlier messages at most are compared with one. */
export const CANDIDATES = 16;
/** Under each key, only the latest so many are looked at. */
export const LATEST = 16;
/** Of a key that is no pair of the vocabulary's: the caller's. */
const PERSON_WEIGHT = 4;

/** How much having a key in common says. */
export const keyWeight = (key: PairCode, vocabulary: Vocabulary): number =>
  Math.min(vocabulary.rarity(key), PERSON_WEIGHT);

/** An earlier message that a new one is compared with. */
export interface Candidate {
  readonly profile: Profile;
}

/** The candidate that a message is most like; the earlier in the list where two are equally like. */
export function mostLike<C extends Candidate>(
  profile: Profile,
  candidates: Iterable<C>,
  vocabulary: Vocabulary,
  weights: ScoreWeights,
): { readonly candidate: C; readonly comparison: Comparison } | null {
  let best: { candidate: C; comparison: Comparison } | null = null;
  for (const candidate of candidates) {
    const comparison = compare(profile, candidate.profile, vocabulary, weights);
    if (!best || comparison.score > best.comparison.score) best = { candidate, comparison };
  }
  return best;
}

interface Taken extends Candidate {
  readonly sure: string;
}

/**
 * Puts messages together that are of one matter, one after another in the order in which they are given: the same order
 * gives the same matters.
 */
export class MatterFinder {
  readonly #vocabulary: Vocabulary;
  readonly #weights: ScoreWeights;
  readonly #thresholds: Thresholds;
  readonly #taken: Taken[] = [];
  /** The matter, suggestions taken, of each sure one. */
  readonly #widerOf = new Map<string, string>();
  readonly #postings = new Map<PairCode, number[]>();

  constructor(vocabulary: Vocabulary, weights: ScoreWeights, thresholds: Thresholds) {
    this.#vocabulary = vocabulary;
    this.#weights = weights;
    this.#thresholds = thresholds;
  }

  add(profile: Profile): Found {
    const found = this.#decide(profile);
    const index = this.#taken.push({ profile, sure: found.sure }) - 1;
    if (!this.#widerOf.has(found.sure)) this.#widerOf.set(found.sure, found.matter);
    for (const key of profile.keys) {
      const posting = this.#postings.get(key);
      if (!posting) this.#postings.set(key, [index]);
      else if (posting.push(index) > LATEST) posting.shift();
    }
    return found;
  }

  #decide(profile: Profile): Found {
    const best = mostLike(profile, this.#candidates(profile), this.#vocabulary, this.#weights);
    const own = { id: profile.id, matter: profile.id, sure: profile.id } as const;
    if (!best || best.comparison.score < this.#thresholds.suggested)
      return { ...own, decision: 'separate', score: best?.comparison.score ?? 0, reasons: [], like: null };
    const { score, reasons } = best.comparison;
    const { sure } = best.candidate;
    const matter = this.#widerOf.get(sure)!;
    const like = best.candidate.profile.id;
    if (score < this.#thresholds.joined) return { ...own, matter, decision: 'suggested', score, reasons, like };
    return { id: profile.id, matter, sure, decision: sure === matter ? 'joined' : 'suggested', score, reasons, like };
  }

  /** Earlier messages that have the most telling keys in common with it. */
  #candidates(profile: Profile): Taken[] {
    const weights = new Map<number, number>();
    for (const key of profile.keys) {
      const weight = keyWeight(key, this.#vocabulary);
      for (const index of this.#postings.get(key) ?? []) weights.set(index, (weights.get(index) ?? 0) + weight);
    }
    return [...weights]
      .sort((a, b) => b[1] - a[1] || b[0] - a[0])
      .slice(0, CANDIDATES)
      .map(([index]) => this.#taken[index]!);
  }
}
