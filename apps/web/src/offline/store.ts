import type { ComplaintCommand } from '@bihuan/contract/complaint';
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';

/** A file taken in the field. Hash, time and place are those of the moment it was taken, not of its sending. */
export interface FieldFile {
  key: string;
  /** The form it belongs to while being filled in, then the queued item. */
  owner: string;
  name: string;
  mime: string;
  size: number;
  blob: Blob;
  /** SHA-256 in hex; `null` where the browser offers no digest (neither https nor localhost). */
  sha256: string | null;
  capturedAt: string | null;
  lng: number | null;
  lat: number | null;
  /** The server's id once it has the file. */
  uploadedId: string | null;
}

export interface Trouble {
  /** `waiting`: will be tried again by itself. `refused`: the server said no; a person must change or discard it. */
  kind: 'waiting' | 'refused';
  status: number;
  code: string;
  detail: string;
  errors: readonly { field: string; message: string }[];
}

/** A command that has not reached the server for certain. Its id is the command's id: sent twice, it is carried out once. */
export interface QueuedCommand {
  id: string;
  personId: string;
  complaintId: string;
  /** The order's number and what is done to it, to show to the person. */
  number: string;
  label: string;
  command: ComplaintCommand;
  fileKeys: string[];
  createdAt: number;
  attempts: number;
  /** Epoch milliseconds before which it is not tried again. */
  nextAt: number;
  trouble: Trouble | null;
}

/** What was last seen of an order or of the work list, for reading without signal. Never unmasked data. */
export interface Remembered {
  key: string;
  personId: string;
  at: number;
  value: unknown;
}

interface Schema extends DBSchema {
  commands: { key: string; value: QueuedCommand };
  files: { key: string; value: FieldFile; indexes: { owner: string } };
  remembered: { key: string; value: Remembered };
}
export type Store = IDBPDatabase<Schema>;

export function openStore(name = 'bihuan'): Promise<Store> {
  return openDB<Schema>(name, 1, {
    upgrade(db) {
      db.createObjectStore('commands', { keyPath: 'id' });
      db.createObjectStore('files', { keyPath: 'key' }).createIndex('owner', 'owner');
      db.createObjectStore('remembered', { keyPath: 'key' });
    },
  });
}

let shared: Promise<Store> | undefined;
/** The device's store. */
export function deviceStore(): Promise<Store> {
  shared ??= openStore().catch((error: unknown) => {
    shared = undefined;
    throw error;
  });
  return shared;
}
