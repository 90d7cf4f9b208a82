import { type Likeness, likeness } from './compare.ts';
import type { Profile } from './profile.ts';
import { otherSite } from './site.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Fitted by `tools/fit-similarity.ts`; what each stands for is told in docs/matters.md. */
export interface ScoreWeights {
  readonly bias: number;
  readonly of: Readonly<Record<FeatureName, number>>;
}

export const FEATURES = {
  place: (l: Likeness) => l.place,
  named: (l: Likeness) => l.named,
  elsewhere: (l: Likeness) => l.elsewhere,
  title: (l: Likeness) => l.title,
  text: (l: Likeness) => l.text,
  contained: (l: Likeness) => l.contained,
  trouble: (l: Likeness) => l.trouble,
  topics: (l: Likeness) => l.topics,
  clash: (l: Likeness) => l.clash,
  person: (l: Likeness) => l.person,
  near: (l: Likeness) => l.near,
  placeTrouble: (l: Likeness) => l.place * l.trouble,
  placeTopics: (l: Likeness) => l.place * l.topics,
  namedTopics: (l: Likeness) => l.named * l.topics,
  placePerson: (l: Likeness) => l.place * l.person,
  placeTitle: (l: Likeness) => l.place * l.title,
} as const;
export type FeatureName = keyof typeof FEATURES;
export const FEATURE_NAMES = Object.keys(FEATURES) as FeatureName[];

/** Nothing is a matter of two places: not said to be elsewhere, and something of the place shared. */
export const mayBeOne = (l: Likeness): boolean =>
  l.elsewhere === 1 ? l.text > 0.5 && l.person === 1 : l.named === 1 || l.place >= 0.25 || l.text > 0.4;

/**
 * One says a house number, the other a crossing: never sure, a person looks at the map. And not even worth a look unless
 * the titles say the same: along one road there is always something.
 */
const MOST_WHEN_VAGUE = 0.6;
const SAME_TITLE = 0.8;
const MOST_WHEN_VAGUE_AND_OTHER = 0.3;

/** 0 to 1: how surely two complaints are of one matter. */
export function scoreOf(l: Likeness, weights: ScoreWeights): number {
  if (!mayBeOne(l)) return 0;
  let sum = weights.bias;
  for (const name of FEATURE_NAMES) sum += weights.of[name] * FEATURES[name](l);
  const score = 1 / (1 + Math.exp(-sum));
  if (l.vague !== 1) return score;
  return Math.min(score, l.title >= SAME_TITLE || l.person === 1 ? MOST_WHEN_VAGUE : MOST_WHEN_VAGUE_AND_OTHER);
}

/** Why, in words that a clerk checks at a glance; the strongest first. */
export function reasonsOf(l: Likeness, days: number | null): string[] {
  const reasons: string[] = [];
  if (l.place >= 0.25 && l.phrase.length >= 2) reasons.push(`都提到“${l.phrase}”`);
  else if (l.named === 1) reasons.push('同一地点');
  if (l.title >= 0.8) reasons.push('标题基本相同');
  if (l.text >= 0.5) reasons.push('内容大段相同');
  else if (l.topics >= 0.5) reasons.push('同类问题');
  else if (l.trouble >= 0.15) reasons.push('问题表述相近');
  if (l.person === 1) reasons.push('同一来电人');
  if (days !== null) reasons.push(days < 1 ? '同一天' : `相隔 ${Math.round(days)} 天`);
  return reasons;
}

export interface Comparison {
  readonly score: number;
  readonly reasons: readonly string[];
}

const DAY = 86_400_000;
const NOT: Comparison = { score: 0, reasons: [] };
/** Below, nobody asks why. */
const WORTH_REASONS = 0.2;

export function compare(a: Profile, b: Profile, vocabulary: Vocabulary, weights: ScoreWeights): Comparison {
  if (otherSite(a.site, b.site)) return NOT;
  const l = likeness(a, b, vocabulary);
  const score = scoreOf(l, weights);
  if (score < WORTH_REASONS) return { score, reasons: [] };
  const days = a.at === null || b.at === null ? null : Math.abs(a.at - b.at) / DAY;
  return { score, reasons: reasonsOf(l, days) };
}
