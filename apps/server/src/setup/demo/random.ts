/** Seeded random numbers: the same seed gives the same world on every machine. Not for secrets. */
export interface Random {
  /** 0 ≤ x < 1. */
  next(): number;
  /** Whole number, both ends included. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** The index drawn in proportion to the weights. */
  weighted(weights: readonly number[]): number;
  /** Long-tailed positive number with the given median; `spread` 0.5 is moderate, 1 is wide. */
  long(median: number, spread: number): number;
}

/** Mulberry32 on a hash of the seeds: each order draws from a stream of its own, so that orders do not depend on one another. */
export function random(...seeds: readonly number[]): Random {
  let state = 0x9e3779b9;
  for (const seed of seeds) {
    state = Math.imul(state ^ (seed | 0), 0x85ebca6b);
    state ^= state >>> 13;
    state = Math.imul(state, 0xc2b2ae35);
    state ^= state >>> 16;
  }
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (probability) => next() < probability,
    pick: (items) => items[Math.floor(next() * items.length)]!,
    weighted(weights) {
      let rest = next() * weights.reduce((sum, weight) => sum + weight, 0);
      for (let i = 0; i < weights.length; i++) {
        rest -= weights[i]!;
        if (rest < 0) return i;
      }
      return weights.length - 1;
    },
    long(median, spread) {
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
      return median * Math.exp(spread * normal);
    },
  };
}

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

/** A version 7 UUID whose random part comes from the stream. */
export function drawnUuid(draw: Random, at: number): string {
  const time = Math.floor(at).toString(16).padStart(12, '0');
  let rest = '';
  for (let i = 0; i < 10; i++) {
    let byte = Math.floor(draw.next() * 256);
    if (i === 0) byte = 0x70 | (byte & 0x0f);
    if (i === 2) byte = 0x80 | (byte & 0x3f);
    rest += HEX[byte];
    if (i === 1 || i === 3) rest += '-';
  }
  return `${time.slice(0, 8)}-${time.slice(8)}-${rest}`;
}
