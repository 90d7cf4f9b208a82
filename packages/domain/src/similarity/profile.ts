import { cleanText, type Pair, type PairSet, pairSet, pairsOf } from './clean.ts';
import { namesIn } from './names.ts';
import { type Topic, topicsOf } from './topics.ts';

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
  readonly titleTopics: ReadonlyMap<Topic, number>;
  readonly topics: ReadonlyMap<Topic, number>;
}

/** Characters of the text in which the place is looked for, beside title and address. */
const LEAD = 120;
const NAMES_WITHIN = 300;
const LONGEST = 1500;

const codeOf = ({ code }: Pair): number => code;

export function profileOf(message: Message): Profile {
  const title = cleanText(message.title);
  const text = cleanText(message.text).slice(0, LONGEST);
  const address = message.address ? cleanText(message.address) : '';
  const titlePairs = pairsOf(title);
  const lead = [...pairsOf(address), ...titlePairs, ...pairsOf(text.slice(0, LEAD))];
  const starts = new Set<number>();
  let at = 0;
  for (const clause of lead) {
    starts.add(at);
    at += clause.length;
  }
  const flat = lead.flat();
  return {
    id: message.id,
    at: message.at,
    person: message.person || null,
    lead: flat,
    leadStarts: starts,
    leadSet: pairSet(flat.map(codeOf)),
    titleSet: pairSet(titlePairs.flat().map(codeOf)),
    all: pairSet([...flat, ...pairsOf(text).flat()].map(codeOf)),
    titleNames: namesIn(title),
    names: namesIn(`${address} ${title} ${text.slice(0, NAMES_WITHIN)}`),
    titleTopics: topicsOf(title, true),
    topics: topicsOf(`${title} ${text}`),
  };
}
