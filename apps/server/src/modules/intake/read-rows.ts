import { Worker } from 'node:worker_threads';
import type { ColumnMapping, DateOrder, Header } from '@bihuan/domain/intake';
import type { Keyring } from '../../platform/crypto/index.ts';
import type { StoredFile } from '../../platform/deps.ts';
import { Problem } from '../../platform/errors.ts';
import type { Incoming } from './incoming.ts';

/** What is read, and how. */
export interface Reading {
  readonly dataDir: string;
  readonly file: Pick<StoredFile, 'sha256' | 'size'>;
  readonly fileName: string;
  readonly sheet: string | null;
  readonly header: Header;
  readonly mapping: readonly ColumnMapping[];
  readonly dateOrder: DateOrder | null;
  /** Epoch ms, for rows without a receiving time. */
  readonly defaultReceivedAt: number | null;
  /** Rows up to this number were taken before; their order numbers still count as seen. */
  readonly after: number;
}

/** A row that is no order, and why; `cells` is the row as it stood, as JSON. */
export interface ReturnedRow {
  readonly rowNo: number;
  readonly cells: string;
  readonly reasons: readonly string[];
}

/** What one transaction takes: data rows up to a place in the file, never none. */
export interface ReadChunk {
  readonly orders: readonly Incoming[];
  readonly returned: readonly ReturnedRow[];
  readonly lastRowNumber: number;
  /** Share of the file read, 0 to 1. */
  readonly progress: number;
}

/**
 * Objects of one shape with their field names said once: copying thousands of objects between threads costs mostly their
 * names.
 */
export interface Packed<T extends object> {
  readonly fields: readonly (keyof T & string)[];
  readonly rows: readonly (readonly unknown[])[];
}

export function pack<T extends object>(objects: readonly T[]): Packed<T> {
  const fields = Object.keys(objects[0] ?? {}) as (keyof T & string)[];
  return { fields, rows: objects.map((object) => fields.map((field) => object[field])) };
}

function unpack<T extends object>({ fields, rows }: Packed<T>): T[] {
  return rows.map((values) => {
    const object: Record<string, unknown> = {};
    for (let at = 0; at < fields.length; at++) object[fields[at]!] = values[at];
    return object as T;
  });
}

/** A chunk on its way between the threads; what the orders' rows say is beside them, in their order. */
export type PackedChunk = Omit<ReadChunk, 'orders'> & {
  readonly orders: Packed<Omit<Incoming, 'row'>>;
  readonly rows: Packed<Incoming['row']>;
};

/** From the thread: a chunk; that the file cannot be read, in the words of a {@link Problem}; or the end. */
export type ReaderMessage =
  | { readonly chunk: PackedChunk }
  | { readonly problem: { readonly status: number; readonly code: string; readonly detail: string } }
  | 'end';

/** Chunks read ahead: the reader rests when the database is slower. */
export const READ_AHEAD = 2;

/**
 * Reads a spreadsheet in a thread of its own: whoever uses the system while a year of orders is taken in does not wait
 * for the reading, and the import uses two processors.
 *
 * @throws Problem when the file cannot be read
 */
export async function* readRows(keyring: Keyring, reading: Reading): AsyncGenerator<ReadChunk> {
  const worker = new Worker(new URL('./read-rows.worker.ts', import.meta.url), {
    workerData: { reading, key: keyring.forThread() },
  });
  const arrived: ReaderMessage[] = [];
  let failure: Error | null = null;
  let wake = (): void => {};
  worker.on('message', (message: ReaderMessage) => {
    arrived.push(message);
    wake();
  });
  worker.on('error', (error) => {
    failure = error as Error;
    wake();
  });
  try {
    for (;;) {
      const message = arrived.shift();
      if (message === undefined) {
        if (failure) throw failure;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else if (message === 'end') return;
      else if ('problem' in message) {
        const { status, code, detail } = message.problem;
        throw new Problem(status, code, detail);
      } else {
        yield open(message.chunk);
        worker.postMessage('next');
      }
    }
  } finally {
    await worker.terminate();
  }
}

function open({ orders, rows, ...chunk }: PackedChunk): ReadChunk {
  const read = unpack(rows);
  return {
    ...chunk,
    orders: unpack(orders).map((order, at) => ({
      ...order,
      row: read[at]!,
      nameIndex: order.nameIndex && asBuffer(order.nameIndex),
      phoneIndex: order.phoneIndex && asBuffer(order.phoneIndex),
    })),
  };
}

/** Between threads a buffer loses its class. */
const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
