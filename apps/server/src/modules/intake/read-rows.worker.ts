import { parentPort, workerData } from 'node:worker_threads';
import { parseRow, rowKind } from '@bihuan/domain/intake';
import { keyringFrom } from '../../platform/crypto/index.ts';
import { Problem } from '../../platform/errors.ts';
import { openSheet } from '../../platform/spreadsheet/index.ts';
import { incomingOf, numberOf, SeenNumbers } from './incoming.ts';
import { READ_AHEAD, type ReaderMessage, type Reading, type ReadRow } from './read-rows.ts';

/** Rows of one transaction: what a kill can cost, and what is held in memory. */
const CHUNK_ROWS = 2_000;
/** Rows of a chunk are few when its cells are large. */
const CHUNK_CHARACTERS = 8_000_000;

const { reading, key } = workerData as { reading: Reading; key: Uint8Array };
const port = parentPort!;
const send = (message: ReaderMessage): void => port.postMessage(message);

let allowed = READ_AHEAD;
let resume = (): void => {};
port.on('message', () => {
  allowed++;
  resume();
});

async function hand(rows: readonly ReadRow[], progress: number): Promise<void> {
  while (allowed === 0)
    await new Promise<void>((resolve) => {
      resume = resolve;
    });
  allowed--;
  send({ chunk: { rows, progress } });
}

async function read(): Promise<void> {
  const { header, mapping, dateOrder, defaultReceivedAt, after } = reading;
  const keyring = keyringFrom(Buffer.from(key));
  const sheet = await openSheet(reading.path, { filename: reading.fileName });
  const options = {
    date1904: sheet.date1904,
    ...(dateOrder === null ? {} : { dateOrder }),
    ...(defaultReceivedAt === null ? {} : { defaultReceivedAt }),
  };
  const seen = new SeenNumbers();
  let progress = 0;
  let rows: ReadRow[] = [];
  let characters = 0;
  for await (const { rowNumber, cells } of sheet.rows(reading.sheet ?? undefined, (fraction) => {
    progress = fraction;
  })) {
    if (rowNumber <= header.lastRowNumber || rowKind(cells, header.columns) !== 'data') continue;
    const result = parseRow(cells, mapping, options);
    if (rowNumber <= after) {
      // Taken before the interruption; its number is remembered for repetitions further down.
      if (result.ok) seen.add(numberOf(keyring, result.value));
      continue;
    }
    const asRead = JSON.stringify(cells);
    rows.push(
      result.ok
        ? { rowNumber, cells: asRead, incoming: incomingOf(keyring, seen, rowNumber, result.value) }
        : { rowNumber, cells: asRead, reasons: result.reasons.map(({ message }) => message) },
    );
    characters += asRead.length;
    if (rows.length < CHUNK_ROWS && characters < CHUNK_CHARACTERS) continue;
    await hand(rows, progress);
    rows = [];
    characters = 0;
  }
  if (rows.length > 0) await hand(rows, progress);
}

try {
  await read();
  send('end');
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  send({ problem: { status: error.status, code: error.code, detail: error.detail } });
}
port.close();
