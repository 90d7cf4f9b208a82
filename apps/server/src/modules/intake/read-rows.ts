import { Worker } from 'node:worker_threads';
import type { ColumnMapping, DateOrder, Header } from '@bihuan/domain/intake';
import type { Keyring } from '../../platform/crypto/index.ts';
import { Problem } from '../../platform/errors.ts';
import type { Incoming } from './incoming.ts';

/** What is read, and how. */
export interface Reading {
  readonly path: string;
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

/** A data row: an order, or the reasons why it is none. `cells` is the row as it stood, as JSON. */
export type ReadRow = { readonly rowNumber: number; readonly cells: string } & (
  | { readonly incoming: Incoming }
  | { readonly reasons: readonly string[] }
);

/** Rows of one transaction, never none. `progress` is the share of the file read, 0 to 1. */
export interface ReadChunk {
  readonly rows: readonly ReadRow[];
  readonly progress: number;
}

/** From the thread: a chunk; that the file cannot be read, in the words of a {@link Problem}; or the end. */
export type ReaderMessage =
  | { readonly chunk: ReadChunk }
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
        yield reviveIndexes(message.chunk);
        worker.postMessage('next');
      }
    }
  } finally {
    await worker.terminate();
  }
}

/** Messages between threads are structured clones: only buffers need their class back. */
function reviveIndexes(chunk: ReadChunk): ReadChunk {
  for (const row of chunk.rows) {
    if (!('incoming' in row)) continue;
    const incoming = row.incoming as { nameIndex: Uint8Array | null; phoneIndex: Uint8Array | null };
    incoming.nameIndex &&= asBuffer(incoming.nameIndex);
    incoming.phoneIndex &&= asBuffer(incoming.phoneIndex);
  }
  return chunk;
}

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
