/** The two functions a draw is built on; whoever runs one passes them in. Both over UTF-8. */
export interface DrawHash {
  /** @returns 64 hex digits */
  sha256(text: string): string;
  /** @param key 64 hex digits, used as 32 bytes @returns 32 bytes */
  hmacSha256(key: string, message: string): Uint8Array;
}

const RANGE = 2 ** 32;

/**
 * Uniform whole numbers below any bound, fixed by seed and label: block k is HMAC-SHA256(seed, label ‖ LF ‖ k), read as eight
 * big-endian 32-bit numbers; a number in the last, incomplete stretch of the range is thrown away, so none is favoured.
 */
export function uniformStream({ hmacSha256 }: DrawHash, seed: string, label: string): (below: number) => number {
  let block: DataView = new DataView(new ArrayBuffer(0));
  let blocks = 0;
  let offset = 0;
  const next = (): number => {
    if (offset >= block.byteLength) {
      const bytes = hmacSha256(seed, `${label}\n${blocks}`);
      block = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      blocks += 1;
      offset = 0;
    }
    const value = block.getUint32(offset);
    offset += 4;
    return value;
  };
  return (below) => {
    const fair = RANGE - (RANGE % below);
    for (;;) {
      const value = next();
      if (value < fair) return value % below;
    }
  };
}

/** `count` of the list, each set and order equally likely: the first `count` steps of a Fisher–Yates shuffle. */
export function pickFrom<T>(list: readonly T[], count: number, below: (bound: number) => number): T[] {
  const left = [...list];
  for (let i = 0; i < count; i += 1) {
    const j = i + below(left.length - i);
    const taken = left[j]!;
    left[j] = left[i]!;
    left[i] = taken;
  }
  return left.slice(0, count);
}
