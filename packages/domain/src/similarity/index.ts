import { type Found, MatterFinder, settle } from './finder.ts';
import { type Message, profileOf } from './profile.ts';
import { Vocabulary } from './vocabulary.ts';
import { THRESHOLDS, WEIGHTS } from './weights.ts';

export { cleanText, hashOf, type PairCode, type PairSet, pairsOf } from './clean.ts';
export { type Likeness, likeness } from './compare.ts';
export {
  CANDIDATES,
  type Candidate,
  type Decision,
  type Found,
  keyWeight,
  LATEST,
  MatterFinder,
  mostLike,
  settle,
  type Thresholds,
} from './finder.ts';
export { type Message, type Profile, profileOf } from './profile.ts';
export { type Comparison, compare, FEATURE_NAMES, FEATURES, type ScoreWeights, scoreOf } from './score.ts';
export { siteKey } from './site.ts';
export { TOPICS, type Topic, topicsOf } from './topics.ts';
export { Vocabulary } from './vocabulary.ts';
export { THRESHOLDS, WEIGHTS } from './weights.ts';

/**
 * Matters among messages of which nothing else is known: once with a vocabulary that counts messages, and again with one that
 * counts the matters found.
 * @param messages in any order; they are taken by time, then by id
 */
export function findMatters(messages: readonly Message[], onProgress?: (share: number) => void): Found[] {
  const inOrder = [...messages].sort((a, b) => (a.at ?? 0) - (b.at ?? 0) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const profiles = inOrder.map(profileOf);
  const first = new Vocabulary();
  for (const { all } of profiles) first.add(all);
  const run = (vocabulary: Vocabulary, from: number): Found[] => {
    const finder = new MatterFinder(vocabulary, WEIGHTS, THRESHOLDS);
    return profiles.map((profile, at) => {
      if (at % 500 === 0) onProgress?.(from + at / profiles.length / 2);
      return finder.add(profile);
    });
  };
  const found = run(first, 0);
  const pairsOfMatter = new Map<string, Set<number>>();
  found.forEach(({ sure }, at) => {
    const pairs = pairsOfMatter.get(sure) ?? new Set();
    for (const pair of profiles[at]!.all) pairs.add(pair);
    pairsOfMatter.set(sure, pairs);
  });
  const second = new Vocabulary();
  for (const pairs of pairsOfMatter.values()) second.add(pairs);
  return settle(run(second, 0.5));
}
