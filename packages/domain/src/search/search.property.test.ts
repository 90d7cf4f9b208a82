import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fieldsUpTo,
  fold,
  keysOf,
  matches,
  PERIOD_DAYS,
  pairsOf,
  periodOf,
  queryKeys,
  rangesOf,
  SEARCH_FIELDS,
  snippetOf,
  spellings,
  wordsOf,
} from './index.ts';

const text = fc.string({
  unit: fc.constantFrom(...'友谊路牡丹江aAbBzＡｂ１２12- ，。　[]^\\%_𠮷😀\n'),
  maxLength: 40,
});

describe('folding', () => {
  it('keeps every position, and a part of a text folds to the part of the folded text', () => {
    fc.assert(
      fc.property(text, fc.nat(40), fc.nat(40), (whole, a, b) => {
        expect(fold(whole)).toHaveLength(whole.length);
        expect(fold(whole.slice(a, a + b))).toBe(fold(whole).slice(a, a + b));
        expect(fold(fold(whole))).toBe(fold(whole));
      }),
    );
  });

  it('the spellings of a character are exactly those that fold to it', () => {
    const all = Array.from({ length: 0xffff }, (_, code) => String.fromCharCode(code));
    for (const char of all.filter((one) => fold(one) === one && one !== ' '))
      expect([...spellings(char)].sort().join('')).toBe(
        char >= '!' && char <= '~'
          ? all
              .filter((one) => fold(one) === char)
              .sort()
              .join('')
          : char,
      );
  });
});

describe('keys', () => {
  it('an order that holds the words has, in its period, a key of every pair looked up', () => {
    fc.assert(
      fc.property(
        text,
        fc.nat(35),
        fc.integer({ min: 2, max: 12 }),
        fc.nat(1200),
        fc.constantFrom(...SEARCH_FIELDS),
        (whole, at, length, period, field) => {
          const words = wordsOf(whole.slice(at, at + length)).filter((word) => word.length >= 2);
          if (words.length === 0) return;
          const texts = { title: [], address: [], content: [], reply: [], [field]: [null, whole] };
          expect(matches([whole], words)).toBe(true);
          const keys = new Set(keysOf(texts, period));
          for (const pair of pairsOf(words)) {
            const asked = queryKeys(pair, fieldsUpTo(field), period + 1, Math.max(0, period - 1));
            expect(asked.some((key) => keys.has(key))).toBe(true);
          }
        },
      ),
    );
  });

  it('different pairs of one field and period never share a key', () => {
    const chars = [...new Set('友谊路牡丹江居民反映夜间施工噪声扰民abcdefgh0123456789')];
    const pairs = chars.flatMap((a) => chars.map((b) => a + b));
    for (const field of SEARCH_FIELDS)
      expect(new Set(pairs.flatMap((pair) => queryKeys(pair, [field], 7, 7))).size).toBe(pairs.length);
  });

  it('periods follow time, and strange years share one', () => {
    const day = 86_400_000;
    const at = Date.parse('2023-06-05T10:00:00+08:00');
    expect(periodOf(at + PERIOD_DAYS * day)).toBe(periodOf(at) + 1);
    expect(periodOf(Date.parse('0001-01-01'))).toBe(0);
    expect(periodOf(Date.parse('9999-01-01'))).toBe(periodOf(Date.parse('2100-01-01')));
  });
});

describe('what is shown', () => {
  it('ranges are the words, in order and apart; a snippet shows one of them', () => {
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 3 }), (whole, more) => {
        const words = wordsOf(more.join(' '));
        const ranges = rangesOf(whole, words);
        for (const [index, [start, end]] of ranges.entries()) {
          expect(start).toBeLessThan(end);
          if (index > 0) expect(start).toBeGreaterThan(ranges[index - 1]![1]);
          expect(words.some((word) => fold(whole.slice(start, end)).startsWith(word))).toBe(true);
        }
        const snippet = snippetOf(whole, words);
        expect(snippet === null).toBe(ranges.length === 0);
        if (snippet) expect(snippet.ranges.length).toBeGreaterThan(0);
      }),
    );
  });

  it('a long text is cut around the first hit', () => {
    const line = snippetOf(`${'前'.repeat(100)}夜间施工${'后'.repeat(100)}`, ['施工'])!;
    expect(line.text.startsWith('…前')).toBe(true);
    expect(line.text.endsWith('后…')).toBe(true);
    expect(line.ranges.map(([start, end]) => line.text.slice(start, end))).toEqual(['施工']);
    expect(line.text.length).toBeLessThan(80);
  });
});
