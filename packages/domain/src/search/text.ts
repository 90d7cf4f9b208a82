/** From, to (exclusive), in UTF-16 units. */
export type Range = [start: number, end: number];

const FULL_WIDTH = 0xfee0;
const VARIANTS = /[A-Z\u3000\uff01-\uff5e]/g;

/**
 * What search compares: small Latin letters, half-width signs. One character becomes one character, so a position in the
 * folded text is the same position in the original, and a part of a text folds to the same part of the folded text.
 */
export function fold(text: string): string {
  return text.replace(VARIANTS, (char) => {
    if (char === '\u3000') return ' ';
    const code = char.charCodeAt(0);
    return String.fromCharCode(code > 0xff00 ? code - FULL_WIDTH : code).toLowerCase();
  });
}

/** Every character that folds to this one, itself included. */
export function spellings(char: string): string {
  const code = char.charCodeAt(0);
  if (char.length !== 1 || code < 0x21 || code > 0x7e) return char;
  const upper = char >= 'a' && char <= 'z' ? char.toUpperCase() : '';
  const full = (one: string): string => (one === '' ? '' : String.fromCharCode(one.charCodeAt(0) + FULL_WIDTH));
  return char + upper + full(char) + full(upper);
}

/** The words of a search, folded, each once; they may stand anywhere, all of them must occur. */
export function wordsOf(query: string): string[] {
  return [...new Set(fold(query).split(/\s+/))].filter((word) => word !== '');
}

/** Whether a text holds every word. The definition that the index and its SQL are held to. */
export function matches(texts: readonly (string | null)[], words: readonly string[]): boolean {
  const folded = texts.filter((text) => text !== null).map(fold);
  return words.every((word) => folded.some((text) => text.includes(word)));
}

/** Where the words stand in a text: in order, without overlap. */
export function rangesOf(text: string, words: readonly string[]): Range[] {
  const folded = fold(text);
  const found: [number, number][] = [];
  for (const word of words)
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + word.length))
      found.push([at, at + word.length]);
  found.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  const merged: [number, number][] = [];
  for (const range of found) {
    const last = merged.at(-1);
    if (last && range[0] <= last[1]) last[1] = Math.max(last[1], range[1]);
    else merged.push(range);
  }
  return merged;
}

const BEFORE = 16;
const LENGTH = 72;

/** A line of the text around the first hit, with the hits in it; `null` when no word occurs. */
export function snippetOf(text: string, words: readonly string[]): { text: string; ranges: Range[] } | null {
  const first = rangesOf(text, words)[0];
  if (!first) return null;
  const isInsidePair = (at: number): boolean => /[\udc00-\udfff]/.test(text[at] ?? '');
  let start = Math.max(0, first[0] - BEFORE);
  if (isInsidePair(start)) start -= 1;
  let end = Math.min(text.length, Math.max(first[1], start + LENGTH));
  if (isInsidePair(end)) end += 1;
  const line = text.slice(start, end).replace(/\s/g, ' ');
  const shown = `${start > 0 ? '…' : ''}${line}${end < text.length ? '…' : ''}`;
  return { text: shown, ranges: rangesOf(shown, words) };
}
