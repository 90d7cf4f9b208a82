import type { PairCode } from './clean.ts';
import type { Profile } from './profile.ts';
import { type Comparison, compare, type ScoreWeights } from './score.ts';
import { COMMON_PAIRS } from './topics.ts';
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
const CANDIDATES = 60;
/** What so many say leads to no candidate. */
const TOO_MANY = 400;

/**
 * Puts messages together that are of one matter, one after another in the order in which they are given: the same order
 * gives the same matters.
 */
export class MatterFinder {
  readonly #vocabulary: Vocabulary;
  readonly #weights: ScoreWeights;
  readonly #thresholds: Thresholds;
  readonly #profiles: Profile[] = [];
  readonly #sureOf: string[] = [];
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
    const index = this.#profiles.push(profile) - 1;
    this.#sureOf.push(found.sure);
    if (!this.#widerOf.has(found.sure)) this.#widerOf.set(found.sure, found.matter);
    for (const pair of profile.leadSet) {
      if (COMMON_PAIRS.has(pair)) continue;
      const posting = this.#postings.get(pair);
      if (posting) posting.push(index);
      else this.#postings.set(pair, [index]);
    }
    return found;
  }

  #decide(profile: Profile): Found {
    let best: { index: number; comparison: Comparison } | null = null;
    for (const index of this.#candidates(profile)) {
      const comparison = compare(profile, this.#profiles[index]!, this.#vocabulary, this.#weights);
      if (!best || comparison.score > best.comparison.score) best = { index, comparison };
    }
    const own = { id: profile.id, matter: profile.id, sure: profile.id } as const;
    if (!best || best.comparison.score < this.#thresholds.suggested)
      return { ...own, decision: 'separate', score: best?.comparison.score ?? 0, reasons: [], like: null };
    const { score, reasons } = best.comparison;
    const sure = this.#sureOf[best.index]!;
    const matter = this.#widerOf.get(sure)!;
    const like = this.#profiles[best.index]!.id;
    if (score < this.#thresholds.joined) return { ...own, matter, decision: 'suggested', score, reasons, like };
    return { id: profile.id, matter, sure, decision: sure === matter ? 'joined' : 'suggested', score, reasons, like };
  }

  /** Earlier messages that share the rarest of what this one says where the place is named. */
  #candidates(profile: Profile): number[] {
    const weights = new Map<number, number>();
    for (const pair of profile.leadSet) {
      const posting = this.#postings.get(pair);
      if (!posting) continue;
      const weight = this.#vocabulary.rarity(pair);
      // Of what very many say, only the latest are looked at.
      for (const index of posting.length > TOO_MANY ? posting.slice(-TOO_MANY) : posting)
        weights.set(index, (weights.get(index) ?? 0) + weight);
    }
    return [...weights]
      .sort((a, b) => b[1] - a[1] || b[0] - a[0])
      .slice(0, CANDIDATES)
      .map(([index]) => index);
  }
}
