import { parentPort, workerData } from 'node:worker_threads';
import { parseRow, rowKind } from '@bihuan/domain/intake';
import { keyringFrom } from '../../platform/crypto/index.ts';
import { Problem } from '../../platform/errors.ts';
import { openBlob } from '../../platform/files/index.ts';
import { openSheet } from '../../platform/spreadsheet/index.ts';
import { type Incoming, incomingOf, numberOf, SeenNumbers } from './incoming.ts';
import { pack, READ_AHEAD, type ReaderMessage, type Reading, type ReturnedRow } from './read-rows.ts';

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

/** One chunk in the making. */
interface Taken {
  readonly orders: Incoming[];
  readonly returned: ReturnedRow[];
  characters: number;
  lastRowNumber: number;
}
const nothing = (): Taken => ({ orders: [], returned: [], characters: 0, lastRowNumber: 0 });

async function hand({ orders, returned, lastRowNumber }: Taken, progress: number): Promise<void> {
  while (allowed === 0)
    await new Promise<void>((resolve) => {
      resume = resolve;
    });
  allowed--;
  const rows = pack(orders.map(({ row }) => row));
  send({
    chunk: { orders: pack(orders.map(({ row: _, ...order }) => order)), rows, returned, lastRowNumber, progress },
  });
}

async function read(): Promise<void> {
  const { header, mapping, dateOrder, defaultReceivedAt, after } = reading;
  const keyring = keyringFrom(Buffer.from(key));
  const sheet = await openSheet(await openBlob(reading.dataDir, keyring, reading.file), { filename: reading.fileName });
  const options = {
    date1904: sheet.date1904,
    ...(dateOrder === null ? {} : { dateOrder }),
    ...(defaultReceivedAt === null ? {} : { defaultReceivedAt }),
  };
  const seen = new SeenNumbers();
  let progress = 0;
  let taken = nothing();
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
    if (result.ok) taken.orders.push(incomingOf(keyring, seen, rowNumber, result.value, asRead));
    else
      taken.returned.push({ rowNo: rowNumber, cells: asRead, reasons: result.reasons.map(({ message }) => message) });
    taken.characters += asRead.length;
    taken.lastRowNumber = rowNumber;
    if (taken.orders.length + taken.returned.length < CHUNK_ROWS && taken.characters < CHUNK_CHARACTERS) continue;
    await hand(taken, progress);
    taken = nothing();
  }
  if (taken.lastRowNumber > 0) await hand(taken, progress);
}

try {
  await read();
  send('end');
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  send({ problem: { status: error.status, code: error.code, detail: error.detail } });
}
port.close();
