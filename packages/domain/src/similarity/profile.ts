import { cleanText, hashOf, type Pair, type PairCode, type PairSet, pairSet, pairsOf } from './clean.ts';
import { namesIn } from './names.ts';
import { type Site, siteOf } from './site.ts';
import { COMMON_PAIRS, type Topic, topicsOf } from './topics.ts';

/** What is known of a complaint when it is compared. */
export interface Message {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  /** Epoch milliseconds. */
  readonly at: number | null;
  /** The same value for the same person, never a name. */
  readonly person?: string | null;
  readonly address?: string | null;
}

/** A complaint made ready for comparing: read once, compared many times. */
export interface Profile {
  readonly id: string;
  readonly at: number | null;
  readonly person: string | null;
  /** Pairs of symbols, in order, of address, title and first sentences: where the place is named. */
  readonly lead: readonly Pair[];
  /** Positions in `lead` at which a clause begins. */
  readonly leadStarts: ReadonlySet<number>;
  readonly leadSet: PairSet;
  readonly titleSet: PairSet;
  readonly all: PairSet;
  /** Names of places in the title, and in the whole. */
  readonly titleNames: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
  /** Under which it is looked up: see {@link keysOf}. */
  readonly keys: readonly PairCode[];
  readonly site: Site;
  readonly titleTopics: ReadonlyMap<Topic, number>;
  readonly topics: ReadonlyMap<Topic, number>;
}

/** Characters of the text in which the place is looked for, beside title and address. */
const LEAD = 120;
const NAMES_WITHIN = 300;
const LONGEST = 1500;

const codeOf = ({ code }: Pair): number => code;

const MOST_KEYS = 20;

/**
 * What two complaints of one matter share at least one of: the caller, the exact site, the last two characters of a place's
 * name, a house number with what stands beside it, a pair of characters of the title that is not everyone's. Found by
 * measuring: with these 17 keys on average, as many pairs are found as with all 75 of the first sentences.
 */
function keysOf(
  person: string | null,
  site: Site,
  names: Iterable<string>,
  address: readonly Pair[],
  title: readonly Pair[],
): PairCode[] {
  const keys = new Set<PairCode>();
  if (person) keys.add(hashOf(`person:${person}`));
  for (const exact of [...site.lanes, ...site.houses, ...site.crossings, ...site.groups]) {
    keys.add(hashOf(`site:${exact}`));
    for (const room of site.rooms) keys.add(hashOf(`site:${exact}:${room}`));
  }
  for (const name of names) for (const { code } of pairsOf(name.slice(-2)).flat()) keys.add(code);
  for (const { code, first, second } of address) if (/\d/.test(first + second)) keys.add(code);
  for (const { code } of title) keys.add(code);
  return [...keys].filter((code) => !COMMON_PAIRS.has(code)).slice(0, MOST_KEYS);
}

export function profileOf(message: Message): Profile {
  const title = cleanText(message.title);
  const text = cleanText(message.text).slice(0, LONGEST);
  const address = message.address ? cleanText(message.address) : '';
  const titlePairs = pairsOf(title);
  const addressPairs = pairsOf(address);
  const lead = [...addressPairs, ...titlePairs, ...pairsOf(text.slice(0, LEAD))];
  const starts = new Set<number>();
  let at = 0;
  for (const clause of lead) {
    starts.add(at);
    at += clause.length;
  }
  const flat = lead.flat();
  const person = message.person || null;
  const site = siteOf(address, `${title} ${text.slice(0, LEAD)}`);
  const names = namesIn(`${address} ${title} ${text.slice(0, NAMES_WITHIN)}`);
  return {
    id: message.id,
    at: message.at,
    person,
    lead: flat,
    leadStarts: starts,
    leadSet: pairSet(flat.map(codeOf)),
    titleSet: pairSet(titlePairs.flat().map(codeOf)),
    all: pairSet([...flat, ...pairsOf(text).flat()].map(codeOf)),
    titleNames: namesIn(title),
    names,
    site,
    keys: keysOf(person, site, names, addressPairs.flat(), titlePairs.flat()),
    titleTopics: topicsOf(title, true),
    topics: topicsOf(`${title} ${text}`),
  };
}
