import { inBoth, type Pair, phraseOf } from './clean.ts';
import { shareName } from './names.ts';
import type { Profile } from './profile.ts';
import { maybeOtherSite, sameSite } from './site.ts';
import { COMMON_PAIRS, type Topic } from './topics.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What two complaints have in common. All from 0 to 1 but where said. */
export interface Likeness {
  /** How rare the rarest phrase is that both have where the place is named. */
  readonly place: number;
  /** That phrase. */
  readonly phrase: string;
  /** 1 when both name a place by the same name; 1 when both titles name places and neither's is named by the other. */
  readonly named: number;
  readonly elsewhere: number;
  /** 1 when both say exactly where, in words that cannot be compared. */
  readonly vague: number;
  readonly title: number;
  readonly text: number;
  /** What the shorter one says that the longer one says too. */
  readonly contained: number;
  /** Of what is left without the place's phrase. */
  readonly trouble: number;
  readonly topics: number;
  /** 1 when both titles say what it is about and it is not the same. */
  readonly clash: number;
  readonly person: number;
  /** 1 on the same day, falling with the days between. */
  readonly near: number;
}

/** A phrase as rare as this names a place beyond doubt. */
const PLACE_ENOUGH = 14;
const DAY = 86_400_000;

const ratio = (part: number, whole: number): number => (whole <= 0 ? 0 : Math.min(1, part / whole));

/** The rarest run of neighbouring pairs of `a` that `b` has too. */
function rarestRun(a: Profile, b: Profile, vocabulary: Vocabulary): Pair[] {
  const both = new Set(inBoth(a.leadSet, b.leadSet));
  if (both.size === 0) return [];
  let best: Pair[] = [];
  let bestWeight = 0;
  let run: Pair[] = [];
  let weight = 0;
  a.lead.forEach((pair, at) => {
    // A new clause begins where this pair does not go on from the one before.
    if (!both.has(pair.code) || a.leadStarts.has(at)) {
      run = [];
      weight = 0;
    }
    if (!both.has(pair.code)) return;
    run.push(pair);
    if (!COMMON_PAIRS.has(pair.code)) weight += vocabulary.rarity(pair.code);
    if (weight > bestWeight) {
      best = run.slice();
      bestWeight = weight;
    }
  });
  return best;
}

function topicLikeness(a: ReadonlyMap<Topic, number>, b: ReadonlyMap<Topic, number>): number {
  let dot = 0;
  let left = 0;
  let right = 0;
  for (const [topic, count] of a) {
    left += count * count;
    dot += count * (b.get(topic) ?? 0);
  }
  for (const count of b.values()) right += count * count;
  return left === 0 || right === 0 ? 0 : dot / Math.sqrt(left * right);
}

export function likeness(a: Profile, b: Profile, vocabulary: Vocabulary): Likeness {
  const run = rarestRun(a, b, vocabulary);
  let placeWeight = 0;
  let gone = 0;
  for (const code of new Set(run.map((pair) => pair.code))) {
    const rarity = vocabulary.rarity(code);
    gone += rarity ** 2;
    if (!COMMON_PAIRS.has(code)) placeWeight += rarity;
  }
  const all = vocabulary.shared(a.all, b.all);
  const left = vocabulary.norm(a.all);
  const right = vocabulary.norm(b.all);
  const days = a.at === null || b.at === null ? 30 : Math.abs(a.at - b.at) / DAY;
  const titles = topicLikeness(a.titleTopics, b.titleTopics);
  const named = sameSite(a.site, b.site) || shareName(a.names, b.names);
  return {
    place: Math.min(1, placeWeight / PLACE_ENOUGH),
    phrase: phraseOf(run),
    named: named ? 1 : 0,
    elsewhere:
      !sameSite(a.site, b.site) &&
      a.titleNames.size > 0 &&
      b.titleNames.size > 0 &&
      !shareName(a.titleNames, b.names) &&
      !shareName(b.titleNames, a.names)
        ? 1
        : 0,
    vague: maybeOtherSite(a.site, b.site) ? 1 : 0,
    title: ratio(
      vocabulary.shared(a.titleSet, b.titleSet),
      Math.sqrt(vocabulary.norm(a.titleSet) * vocabulary.norm(b.titleSet)),
    ),
    text: ratio(all, Math.sqrt(left * right)),
    contained: ratio(all, Math.min(left, right)),
    trouble: ratio(all - gone, Math.sqrt(Math.max(0, left - gone) * Math.max(0, right - gone))),
    topics: Math.max(titles, topicLikeness(a.topics, b.topics)),
    clash: a.titleTopics.size > 0 && b.titleTopics.size > 0 && titles === 0 ? 1 : 0,
    person: a.person !== null && a.person === b.person ? 1 : 0,
    near: Math.exp(-days / 60),
  };
}
