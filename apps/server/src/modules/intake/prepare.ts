import type { CategoryGuesser, Suggestion } from '@bihuan/domain/category';
import { maskPersonal } from '@bihuan/domain/intake';
import type { Sql } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { uuidv7 } from '../../platform/uuid.ts';
import { type Dictionary, firstRound } from '../complaint/index.ts';
import type { Incoming } from './incoming.ts';
import type { StagedOrder } from './merge.repo.ts';
import { readNames } from './names.query.ts';

/** Places, towns and categories as they are while one chunk is taken in. */
export interface Lexicon {
  readonly categories: CategoryGuesser;
  suggestTown(text: {
    address: string | null;
    content: string;
  }): { townId: string | null; placeId: string | null } | null;
  townByName(name: string): string | null;
  categoryByName(name: string): string | null;
}

export async function loadLexicon(sql: Sql, dictionary: Dictionary): Promise<Lexicon> {
  const [{ dispatch, categories }, { towns, categoryNames }] = await Promise.all([dictionary.load(), readNames(sql)]);
  return {
    categories,
    suggestTown: (text) => dispatch.suggest(text),
    townByName: (name) => towns.get(name) ?? null,
    categoryByName: (name) => categoryNames.get(name) ?? null,
  };
}

/** The category named by the source, its finest level first. */
export function namedCategory(lexicon: Lexicon, { row }: Incoming): string | null {
  for (const name of row.categories.toReversed()) {
    const code = lexicon.categoryByName(name);
    if (code) return code;
  }
  return null;
}

/** Where the source names none: what the order itself says, if that is sure enough. */
const guessedCategory = (lexicon: Lexicon, { row }: Incoming): Suggestion | null =>
  lexicon.categories.sure(row.title, row.content);

/** The town named by the source; else the one the address or text lies in. */
export function townOf(lexicon: Lexicon, { row }: Incoming): { townId: string | null; placeId: string | null } {
  const named = row.town === null ? null : lexicon.townByName(row.town);
  const suggested = lexicon.suggestTown({ address: row.address ?? row.town, content: row.content });
  const placeFits = named === null || suggested?.townId === named;
  return { townId: named ?? suggested?.townId ?? null, placeId: placeFits ? (suggested?.placeId ?? null) : null };
}

export interface PrepareOptions {
  /** Epoch ms. */
  readonly now: number;
  /** Answered rows become closed orders, where it is known when they were answered. */
  readonly closeAnswered: boolean;
}

/** A new order as it will stand in the database: masked, encrypted, its clocks computed. */
export function stagedOrder(
  deps: Pick<Deps, 'keyring' | 'workingTime'>,
  lexicon: Lexicon,
  incoming: Incoming,
  { now, closeAnswered }: PrepareOptions,
): StagedOrder {
  const { row } = incoming;
  const id = uuidv7(now);
  // As `protectComplainant` does, with the masks and indexes that the comparison has made already.
  const seal = (field: string, value: string | null): Buffer | null =>
    value === null ? null : deps.keyring.encrypt(value, `complainant.${field}:${id}`);
  const { content, address, title, extras, originals } = incoming;
  const named = namedCategory(lexicon, incoming);
  const guessed = named === null ? guessedCategory(lexicon, incoming) : null;
  const clock = firstRound(deps, row.kind, row.urgency, row.receivedAt, now);
  const answeredAt =
    closeAnswered && row.replyAt !== null && row.replyAt >= row.receivedAt && row.replyAt <= now ? row.replyAt : null;
  return {
    rowNo: incoming.rowNo,
    id,
    externalNo: incoming.externalNo,
    kind: row.kind,
    urgency: row.urgency,
    categoryCode: named ?? guessed?.code ?? null,
    categoryConfidence: guessed?.confidence ?? null,
    categoryByWords: guessed?.byWords ?? null,
    title,
    content: content.masked,
    address: address?.masked ?? null,
    ...townOf(lexicon, incoming),
    callbackWanted: incoming.callbackWanted,
    anonymous: incoming.anonymous,
    extras: JSON.stringify(extras),
    receivedAt: row.receivedAt,
    firstContactDueAt: clock.firstContactDueAt,
    dueAt: clock.dueAt,
    nextCheckAt: answeredAt === null ? clock.nextCheckAt : null,
    answeredAt,
    // Masked, since a result is read by everyone who may read the order; the original stays among the encrypted ones.
    result: answeredAt === null || row.replyText === null ? null : maskPersonal(row.replyText).masked,
    personal: [
      seal('name', row.complainantName),
      incoming.nameIndex,
      seal('phone', row.complainantPhone),
      incoming.phoneIndex,
      content.found.length > 0 ? seal('content', row.content) : null,
      address !== null && address.found.length > 0 ? seal('address', row.address) : null,
    ],
    digests: incoming.digests,
    originals:
      originals === null ? null : deps.keyring.encrypt(JSON.stringify(originals), `intake_record.originals:${id}`),
  };
}
