import type { AddressDictionary } from './dictionary.ts';
import { type AddressParts, normalForm, partsOf, plainAddress } from './normal.ts';
import { tag } from './tagger.ts';
import { type Span, spansOf } from './tags.ts';
import { trainedWeights } from './weights.ts';

export { AddressDictionary } from './dictionary.ts';
export { type AddressParts, chineseNumber, plainAddress } from './normal.ts';
export { type Span, TAG_NAMES, TAGS, type Tag } from './tags.ts';

export interface Address {
  /** As read: half-width, without spaces. Offsets of the spans count in it. */
  readonly text: string;
  readonly spans: readonly Span[];
  readonly parts: AddressParts;
  /** One spelling for one place. */
  readonly normal: string;
  /** 0 to 1: how sure the least sure character is. */
  readonly confidence: number;
}

const LONGEST = 200;
const ROOM = /^[A-Z]?\d+[A-Z]?室$/;

/**
 * A Chinese urban address in free text, taken apart. Text beyond 200 characters is not looked at.
 * @param dictionary the district's own names
 */
export function parseAddress(text: string, dictionary?: AddressDictionary): Address {
  const plain = plainAddress(text).slice(0, LONGEST);
  const { states, confidence } = tag(plain, trainedWeights(), dictionary?.hints(plain));
  // Addresses of the corpus have no room numbers: the tagger takes them for a place.
  const spans = spansOf(plain, states).map((span) =>
    ROOM.test(span.text) ? { ...span, tag: 'roomno' as const } : span,
  );
  const parts = partsOf(plain, spans);
  return { text: plain, spans, parts, normal: normalForm(parts), confidence };
}
