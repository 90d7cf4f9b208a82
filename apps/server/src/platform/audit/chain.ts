import { hash } from 'node:crypto';

/**
 * The audit chain: hash(n) = SM3(hash(n-1) ‖ canonical(event n)), hash(0) = 32 zero bytes.
 *
 * Free text (`note`) and facts (`data`) enter the canonical form by digest, so that a copy without them can still be
 * verified by somebody who may not read complaints.
 */
export const GENESIS: Buffer = Buffer.alloc(32);

/** An `audit_event` with every value as exact text. Instants in UTC with microseconds, JSON as PostgreSQL prints it. */
export interface LedgerEvent {
  readonly id: string;
  readonly at: string;
  readonly actor_id: string | null;
  readonly actor_unit_id: string | null;
  readonly actor_role: string | null;
  readonly action: string;
  readonly object_type: string;
  readonly object_id: string | null;
  readonly from_status: string | null;
  readonly to_status: string | null;
  readonly ip: string | null;
  readonly command_id: string | null;
  readonly tx: string;
  readonly note: string | null;
  readonly data: string;
}

export type DigestedEvent = Omit<LedgerEvent, 'note' | 'data'> & {
  readonly note_sm3: string | null;
  readonly data_sm3: string;
};

const FIELDS = [
  'id',
  'at',
  'actor_id',
  'actor_unit_id',
  'actor_role',
  'action',
  'object_type',
  'object_id',
  'from_status',
  'to_status',
  'ip',
  'command_id',
  'tx',
  'note_sm3',
  'data_sm3',
] as const satisfies readonly (keyof DigestedEvent)[];

/** The digest of a text belongs to its event: equal texts of different events do not show as equal. */
export const textDigest = (eventId: string, text: string): string => hash('sm3', `${eventId}\n${text}`, 'hex');

export function digested({ note, data, ...event }: LedgerEvent): DigestedEvent {
  return {
    ...event,
    note_sm3: note === null ? null : textDigest(event.id, note),
    data_sm3: textDigest(event.id, data),
  };
}

/** @param previous hash of the link before, 32 bytes */
export function linkHash(previous: Buffer, event: DigestedEvent): Buffer {
  const canonical = Buffer.from(JSON.stringify(FIELDS.map((field) => event[field])));
  return hash('sm3', Buffer.concat([previous, canonical]), 'buffer');
}
