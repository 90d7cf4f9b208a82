export {
  fieldsUpTo,
  keysOf,
  PERIOD_DAYS,
  pairsOf,
  periodOf,
  queryKeys,
  SEARCH_FIELDS,
  type SearchField,
  type SearchTexts,
} from './keys.ts';
export { fold, matches, type Range, rangesOf, snippetOf, spellings, wordsOf } from './text.ts';
