const RAREST = 6;

/**
 * How many matters speak each pair of symbols. Matters, not complaints: a place about which a hundred people complain once
 * each is no commoner for it. Once compared with, it no longer changes.
 */
export class Vocabulary {
  readonly #matters = new Map<string, number>();
  #count = 0;
  readonly #norms = new WeakMap<ReadonlySet<string>, number>();

  get size(): number {
    return this.#count;
  }

  add(pairs: Iterable<string>): void {
    this.#count++;
    for (const pair of pairs) this.#matters.set(pair, (this.#matters.get(pair) ?? 0) + 1);
  }

  /** 0 for what every matter says; more, the fewer say it: about {@link RAREST} for what one in the whole stock says, however large it is. */
  rarity(pair: string): number {
    const size = Math.log(this.#count + 1);
    const share = Math.log((this.#count + 1) / ((this.#matters.get(pair) ?? 0) + 0.5));
    return size === 0 ? 0 : Math.max(0, (share / size) * RAREST);
  }

  /** Sum of squared rarities. */
  norm(pairs: ReadonlySet<string>): number {
    let norm = this.#norms.get(pairs);
    if (norm === undefined) {
      norm = 0;
      for (const pair of pairs) norm += this.rarity(pair) ** 2;
      this.#norms.set(pairs, norm);
    }
    return norm;
  }
}
