import type { PairCode, PairSet } from './clean.ts';
import { COMMON_PAIRS } from './topics.ts';

const RAREST = 6;
const PRIOR_MATTERS = 500;
const PRIOR_COMMON = 50;

/**
 * How many matters speak each pair of symbols. Matters, not complaints: a place about which a hundred people complain once
 * each is no commoner for it. Once compared with, it no longer changes.
 */
export class Vocabulary {
  readonly #matters: Map<PairCode, number>;
  #count: number;
  readonly #weights = new WeakMap<PairSet, { squares: Float32Array; norm: number }>();

  constructor(matters: Map<PairCode, number> = new Map(), count = 0) {
    this.#matters = matters;
    this.#count = count;
  }

  /**
   * Before a bureau has matters of its own: any pair is rare but those that any complaint may say. On the labelled set it
   * joins as well as one learnt from the set itself.
   */
  static prior(): Vocabulary {
    return new Vocabulary(new Map([...COMMON_PAIRS].map((pair) => [pair, PRIOR_COMMON])), PRIOR_MATTERS);
  }

  get size(): number {
    return this.#count;
  }

  /** @param pairs each once */
  add(pairs: Iterable<PairCode>): void {
    this.#count++;
    for (const pair of pairs) this.#matters.set(pair, (this.#matters.get(pair) ?? 0) + 1);
  }

  /** 0 for what every matter says; more, the fewer say it: about {@link RAREST} for what one in the whole stock says, however large it is. */
  rarity(pair: PairCode): number {
    const size = Math.log(this.#count + 1);
    const share = Math.log((this.#count + 1) / ((this.#matters.get(pair) ?? 0) + 0.5));
    return size === 0 ? 0 : Math.max(0, (share / size) * RAREST);
  }

  /** Squared rarities, in the order of the set, and their sum; worked out once for each set. */
  weightsOf(pairs: PairSet): { readonly squares: Float32Array; readonly norm: number } {
    let weights = this.#weights.get(pairs);
    if (!weights) {
      const squares = new Float32Array(pairs.length);
      let norm = 0;
      for (let at = 0; at < pairs.length; at++) {
        const square = this.rarity(pairs[at]!) ** 2;
        squares[at] = square;
        norm += square;
      }
      weights = { squares, norm };
      this.#weights.set(pairs, weights);
    }
    return weights;
  }

  norm(pairs: PairSet): number {
    return this.weightsOf(pairs).norm;
  }

  /** Sum of the squared rarities of what both have. */
  shared(a: PairSet, b: PairSet): number {
    const { squares } = this.weightsOf(a);
    let total = 0;
    for (let i = 0, j = 0; i < a.length && j < b.length; ) {
      const left = a[i]!;
      const right = b[j]!;
      if (left === right) {
        total += squares[i]!;
        i++;
        j++;
      } else if (left < right) i++;
      else j++;
    }
    return total;
  }

  /**
   * As two columns, sorted by pair: what fewer than `least` matters say is left out, for it is as good as unknown.
   * Read back by `new Vocabulary(map, count)`.
   */
  columns(least = 2): { pairs: Int32Array; counts: Int32Array } {
    const kept = [...this.#matters].filter(([, count]) => count >= least).sort(([a], [b]) => a - b);
    return {
      pairs: Int32Array.from(kept, ([pair]) => pair),
      counts: Int32Array.from(kept, ([, count]) => count),
    };
  }
}
