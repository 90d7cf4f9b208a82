import { hash } from 'node:crypto';
import { type IntakeRow, maskPersonal, normalisePhone, rowFingerprint } from '@bihuan/domain/intake';
import type { Keyring } from '../../platform/crypto/index.ts';

/** What a source says of an order, in the order of its digests. New fields go to the end. */
export const DIGEST_FIELDS = [
  'receivedAt',
  'title',
  'content',
  'address',
  'category',
  'kind',
  'urgency',
  'flags',
  'name',
  'phone',
  'extras',
] as const;
export type DigestField = (typeof DIGEST_FIELDS)[number];
/** One short text per field; empty where the source says nothing. */
export type Digests = Readonly<Record<DigestField, string>>;

const LENGTH = 16;

/**
 * Digest of a free text. One that holds a phone or identity number is digested with the key: its stars stand beside it in
 * the database, and an open digest would let the missing digits be found by trying.
 */
export function textDigest(
  keyring: Keyring,
  text: string | null,
  personal = text !== null && maskPersonal(text).found.length > 0,
): string {
  if (!text) return '';
  if (personal) return indexDigest(keyring.blindIndex(`text\0${text}`, 'name'));
  return hash('sha256', text, 'hex').slice(0, LENGTH);
}

/** Digest of a name or phone, from its blind index. */
export const indexDigest = (index: Buffer | null): string =>
  index === null ? '' : index.toString('hex', 0, LENGTH / 2);

export const nameIndex = (keyring: Keyring, name: string | null): Buffer | null =>
  name === null ? null : keyring.blindIndex(name, 'name');

export const phoneIndex = (keyring: Keyring, phone: string | null): Buffer | null =>
  phone === null ? null : keyring.blindIndex(normalisePhone(phone).text, 'phone');

export const flagsDigest = (anonymous: boolean, callbackWanted: boolean): string =>
  `${anonymous ? 'a' : '-'}${callbackWanted ? 'c' : '-'}`;

export const joinDigests = (digests: Digests): string => DIGEST_FIELDS.map((field) => digests[field]).join('|');

/** `null` for a field that was not digested yet when the record was made. */
export function splitDigests(joined: string): Readonly<Record<DigestField, string | null>> {
  const parts = joined.split('|');
  return Object.fromEntries(DIGEST_FIELDS.map((field, at) => [field, parts[at] ?? null])) as Record<
    DigestField,
    string | null
  >;
}

/** A stable number for a row that carries none. Keyed, since the fingerprint holds the complainant's name and phone. */
export const keyOfRow = (keyring: Keyring, row: IntakeRow): string =>
  `auto-${keyring
    .blindIndex(`row\0${rowFingerprint(row)}`, 'name')
    .toString('hex')
    .slice(0, 32)}`;
