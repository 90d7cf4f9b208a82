import { hash } from 'node:crypto';
import { type IntakeRow, type Masked, maskPersonal, TARGET_FIELDS } from '@bihuan/domain/intake';
import type { Keyring } from '../../platform/crypto/index.ts';
import {
  type Digests,
  flagsDigest,
  indexDigest,
  joinDigests,
  keyOfRow,
  nameIndex,
  phoneIndex,
  textDigest,
} from './digest.ts';

/** One order as a source gives it, whether by spreadsheet or by interface. */
export interface Incoming {
  /** Row of the spreadsheet, or place in the batch; 1-based. */
  readonly rowNo: number;
  readonly externalNo: string;
  /** The same number came before in the same file or batch. */
  readonly repeated: boolean;
  readonly row: IntakeRow;
  /** The row as it stood, as JSON; nothing of an order that came through an interface. */
  readonly cells: string;
  /** Masked, like the extras: both are read by everyone who may read the order. */
  readonly title: string;
  /** What no column of ours holds, by its Chinese name. */
  readonly extras: Readonly<Record<string, string>>;
  /** What the masking took from title and extras, as written, by its Chinese name. */
  readonly originals: Readonly<Record<string, string>> | null;
  readonly anonymous: boolean;
  readonly callbackWanted: boolean;
  readonly content: Masked;
  readonly address: Masked | null;
  readonly nameIndex: Buffer | null;
  readonly phoneIndex: Buffer | null;
  /** Its {@link Digests}, joined as they are kept. */
  readonly digests: string;
}

/** Fields of the row that are kept among the extras, under their usual names. */
const KEPT = [
  'district',
  'town',
  'sourceChannel',
  'customerType',
  'primaryUnit',
  'processingNote',
  'messageUser',
  'replyText',
] as const;

/** A running number of the export, which says nothing of the order and changes with every export. */
const RUNNING_NUMBER = /^(?:序号|行号|序列|no\.?|#|index|row)$/i;

function extrasDigest(
  keyring: Keyring,
  extras: Readonly<Record<string, string>>,
  originals: Readonly<Record<string, string>>,
): string {
  // Of a grouped heading the last part names the column.
  const said = Object.entries(extras).filter(([name]) => !RUNNING_NUMBER.test(name.split(' ').at(-1)!));
  return said.length === 0
    ? ''
    : textDigest(
        keyring,
        JSON.stringify(said),
        said.some(([name]) => name in originals),
      );
}

const instantText = (ms: number): string => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');

function extrasOf(row: IntakeRow): Record<string, string> {
  const extras: Record<string, string> = { ...row.extras };
  for (const field of KEPT) {
    const value = row[field];
    if (value) extras[TARGET_FIELDS[field].label] = value;
  }
  for (const [level, name] of row.categories.entries()) {
    if (name) extras[TARGET_FIELDS[`category${level + 1}` as 'category1'].label] = name;
  }
  if (row.dueAt !== null) extras[`来源${TARGET_FIELDS.dueAt.label}`] = instantText(row.dueAt);
  if (row.replyAt !== null) extras[TARGET_FIELDS.replyAt.label] = instantText(row.replyAt);
  return extras;
}

/**
 * The numbers a file or batch has shown so far, 52 bits of each: a million take some 40 MB. Two numbers of the same 52 bits
 * would at worst send a changed order back for a look.
 */
export class SeenNumbers {
  readonly #seen = new Set<number>();

  /** @returns whether it was there already */
  add(externalNo: string): boolean {
    const key = Number.parseInt(hash('sha256', externalNo, 'hex').slice(0, 13), 16);
    if (this.#seen.has(key)) return true;
    this.#seen.add(key);
    return false;
  }
}

export const numberOf = (keyring: Keyring, row: IntakeRow): string => row.externalNo ?? keyOfRow(keyring, row);

/** Reads what stays the same and what may change of an order, before anything is encrypted. */
export function incomingOf(keyring: Keyring, seen: SeenNumbers, rowNo: number, row: IntakeRow, cells = ''): Incoming {
  const externalNo = numberOf(keyring, row);
  const written = extrasOf(row);
  const originals: Record<string, string> = {};
  const mask = (name: string, text: string): string => {
    const { masked, found } = maskPersonal(text);
    if (found.length > 0) originals[name] = text;
    return masked;
  };
  const extras: Record<string, string> = {};
  for (const [name, text] of Object.entries(written)) extras[name] = mask(name, text);
  const titleName = TARGET_FIELDS.title.label;
  const title = mask(titleName, row.title);
  const anonymous = row.anonymous ?? !(row.complainantName || row.complainantPhone);
  const callbackWanted = row.callbackRequired ?? true;
  const text = (value: string | null) => textDigest(keyring, value);
  const content = maskPersonal(row.content);
  const address = row.address === null ? null : maskPersonal(row.address);
  const name = nameIndex(keyring, row.complainantName);
  const phone = phoneIndex(keyring, row.complainantPhone);
  const digests: Digests = {
    receivedAt: String(row.receivedAt),
    title: textDigest(keyring, row.title, titleName in originals),
    content: textDigest(keyring, row.content, content.found.length > 0),
    address: textDigest(keyring, row.address, (address?.found.length ?? 0) > 0),
    category: text(row.categories.join('\n')),
    kind: row.kind,
    urgency: row.urgency,
    flags: flagsDigest(anonymous, callbackWanted),
    name: indexDigest(name),
    phone: indexDigest(phone),
    extras: extrasDigest(keyring, written, originals),
  };
  return {
    rowNo,
    externalNo,
    repeated: seen.add(externalNo),
    row,
    cells,
    title,
    extras,
    originals: Object.keys(originals).length > 0 ? originals : null,
    anonymous,
    callbackWanted,
    content,
    address,
    nameIndex: name,
    phoneIndex: phone,
    digests: joinDigests(digests),
  };
}
