import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CategoryDictionary, type CategoryEntry } from './index.ts';

/** Few characters, so that words are often found. */
const text = fc.array(fc.constantFrom(...'占道设摊油烟'), { maxLength: 12 }).map((all) => all.join(''));
const categories = fc
  .array(fc.array(text, { maxLength: 4 }), { maxLength: 4 })
  .map((all) => all.map((keywords, at): CategoryEntry => ({ code: `c${at}`, keywords: [...new Set(keywords)] })));

/** The rule word by word: every keyword of two characters or more is looked for in both texts. */
function slowly(title: string, content: string, entries: readonly CategoryEntry[]) {
  const scores = entries.map(({ keywords }) =>
    keywords
      .filter((word) => word.length >= 2)
      .reduce(
        (sum, word) => sum + (title.includes(word) ? 2 * word.length : 0) + (content.includes(word) ? word.length : 0),
        0,
      ),
  );
  const highest = Math.max(0, ...scores);
  if (highest === 0) return null;
  const sum = scores.reduce((total, score) => total + score, 0);
  return { code: entries[scores.indexOf(highest)]!.code, confidence: Math.round((highest / sum) * 100) / 100 };
}

describe('the category a text suggests', () => {
  test('is the one whose keywords it names most, title double, long words more, of equals the first', () => {
    fc.assert(
      fc.property(text, text, categories, (title, content, entries) => {
        expect(new CategoryDictionary(entries).suggest(title, content)).toEqual(slowly(title, content, entries));
      }),
    );
  });

  test('is none where nothing is named', () => {
    const dictionary = new CategoryDictionary([{ code: 'stall', keywords: ['设摊'] }]);
    expect(dictionary.suggest('噪音扰民', '夜间施工')).toBeNull();
    expect(dictionary.suggest('设摊', '')).toEqual({ code: 'stall', confidence: 1 });
  });
});
