import type { TaggerWeights } from './tagger.ts';
import { STATES } from './tags.ts';
import packed from './weights.json' with { type: 'json' };

let unpacked: TaggerWeights | undefined;

/** The weights made by `tools/train-address.ts`; unpacked at the first use. */
export function trainedWeights(): TaggerWeights {
  if (unpacked) return unpacked;
  const features = new Map<string, Float32Array>();
  for (const [name, pairs] of Object.entries(packed.features as unknown as Record<string, number[]>)) {
    const row = new Float32Array(STATES.length);
    for (let at = 0; at < pairs.length; at += 2) row[pairs[at]!] = pairs[at + 1]! / packed.precision;
    features.set(name, row);
  }
  unpacked = {
    features,
    transitions: (packed.transitions as number[][]).map((row) =>
      Float32Array.from(row, (value) => value / packed.precision),
    ),
  };
  return unpacked;
}
