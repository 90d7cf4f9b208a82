import { fold } from './text.ts';

/** Where a word may stand, most telling first; the order is that of relevance. */
export const SEARCH_FIELDS = ['title', 'address', 'content', 'reply'] as const;
export type SearchField = (typeof SEARCH_FIELDS)[number];

/** What of an order is searched. Numbers count as title: who types a number means that order. */
export type SearchTexts = Readonly<Record<SearchField, readonly (string | null)[]>>;

/**
 * Orders are indexed by periods of so many days: a common word is then read for the newest days only, a rare one asks
 * every period of all years in one go. Measured in docs/adr/0012-search.md. Changing it means indexing anew.
 */
export const PERIOD_DAYS = 28;
const PERIOD_MS = PERIOD_DAYS * 86_400_000;
/** Instants before 2000 and after 2099 share a period each: a mistyped year must not make thousands of them. */
const FIRST_MS = Date.UTC(2000, 0, 1);
const LAST = Math.floor((Date.UTC(2100, 0, 1) - FIRST_MS) / PERIOD_MS);

/** @param at epoch milliseconds */
export function periodOf(at: number): number {
  return Math.min(LAST, Math.max(0, Math.floor((at - FIRST_MS) / PERIOD_MS)));
}

export function fieldsUpTo(field: SearchField): readonly SearchField[] {
  return SEARCH_FIELDS.slice(0, SEARCH_FIELDS.indexOf(field) + 1);
}

/**
 * A number for a pair of neighbouring UTF-16 units in a field and a period. Within one field and period different pairs
 * never share one; otherwise they may, so what the index finds is compared with the text itself.
 */
function keyOf(first: number, second: number, salt: number): number {
  let hash = Math.imul(((first << 16) | second) ^ salt, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

const saltOf = (field: SearchField, period: number): number =>
  Math.imul(period * SEARCH_FIELDS.length + SEARCH_FIELDS.indexOf(field) + 1, 0x9e3779b1);

/** The keys of an order: one for each distinct pair of neighbouring characters in each field. */
export function keysOf(texts: SearchTexts, period: number): number[] {
  const keys = new Set<number>();
  for (const field of SEARCH_FIELDS) {
    const salt = saltOf(field, period);
    for (const text of texts[field]) {
      if (text === null) continue;
      const folded = fold(text);
      for (let at = 1; at < folded.length; at++)
        keys.add(keyOf(folded.charCodeAt(at - 1), folded.charCodeAt(at), salt));
    }
  }
  return [...keys];
}

/** More pairs than these narrow a search no further: what is found is compared with the text anyway. */
const PAIRS_AT_MOST = 6;

/** Pairs to look words up by: first those that cover every character, then those between. */
export function pairsOf(words: readonly string[]): string[] {
  const pairs = (offset: number) =>
    words.flatMap((word) => {
      const found: string[] = [];
      for (let at = offset; at + 1 < word.length; at += 2) found.push(word.slice(at, at + 2));
      return found;
    });
  return [...new Set([...pairs(0), ...pairs(1)])].slice(0, PAIRS_AT_MOST);
}

/** The keys under which a pair may stand, period after period from the newest: `fields.length` for each period. */
export function queryKeys(pair: string, fields: readonly SearchField[], newest: number, oldest: number): number[] {
  const keys: number[] = [];
  for (let period = newest; period >= oldest; period--)
    for (const field of fields) keys.push(keyOf(pair.charCodeAt(0), pair.charCodeAt(1), saltOf(field, period)));
  return keys;
}
