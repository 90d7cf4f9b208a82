import { setImmediate as breathe } from 'node:timers/promises';
import type { Cell, SheetRow } from '@bihuan/domain/intake';
import type { ByteSource } from '../byte-source.ts';
import { Problem } from '../errors.ts';
import { CsvScanner } from './csv-scan.ts';

export type Encoding = 'utf-8' | 'gb18030' | 'utf-16le' | 'utf-16be';
export type Delimiter = ',' | '\t' | ';';

/** Parsing can outrun the event loop; timers and sockets get their turn this often. */
const BREATHE_ROWS = 5000;
const SNIFF_CHARACTERS = 64 * 1024;

/** So much text beyond ASCII settles the question; Chinese in GB18030 fails as UTF-8 within its first few characters. */
const ENOUGH = 200_000;

function countBeyondAscii(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) count++;
  return count;
}

/**
 * A byte-order mark decides; else the text either is UTF-8 or is taken for GB18030 (which contains GBK and GB2312). A UTF-8
 * file with a few broken characters, as byte-limited columns leave them, still counts as UTF-8: at most one in twenty. Reads
 * no further than it must, once or twice, keeping nothing.
 */
export async function detectEncoding(source: ByteSource, head: Buffer): Promise<Encoding> {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  const fatal = new TextDecoder('utf-8', { fatal: true });
  try {
    let good = 0;
    for await (const chunk of source.stream()) {
      good += countBeyondAscii(fatal.decode(chunk as Buffer, { stream: true }));
      if (good >= ENOUGH) return 'utf-8';
    }
    fatal.decode();
    return 'utf-8';
  } catch (error) {
    if (error instanceof Problem) throw error;
    const decoder = new TextDecoder('utf-8');
    let broken = 0;
    let beyond = 0;
    for await (const chunk of source.stream()) {
      const text = decoder.decode(chunk as Buffer, { stream: true });
      beyond += countBeyondAscii(text);
      broken += text.split('\ufffd').length - 1;
      if (beyond >= ENOUGH) break;
    }
    const good = beyond - broken;
    return good > 0 && broken * 20 <= good ? 'utf-8' : 'gb18030';
  }
}

async function* decode(
  source: ByteSource,
  encoding: Encoding,
  onBytes?: (read: number) => void,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  let read = 0;
  for await (const chunk of source.stream()) {
    read += (chunk as Buffer).length;
    const text = decoder.decode(chunk as Buffer, { stream: true });
    if (text !== '') yield text;
    onBytes?.(read);
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}

const SNIFF_RECORDS = 50;

/** Fields per non-empty record for one delimiter. */
function fieldCounts(sample: string, delimiter: string): number[] {
  return new CsvScanner(delimiter)
    .push(sample.endsWith('\n') ? sample : `${sample}\n`)
    .filter((record) => record.length > 1 || record[0] !== '')
    .slice(0, SNIFF_RECORDS)
    .map((record) => record.length);
}

/** The delimiter on which most records agree; of equals, the one that makes more columns. A comma when none divides. */
export function sniffDelimiter(sample: string): Delimiter {
  let best: Delimiter = ',';
  let bestScore = 0;
  for (const delimiter of [',', '\t', ';'] as const) {
    const counts = fieldCounts(sample, delimiter);
    const times = new Map<number, number>();
    for (const count of counts) if (count > 1) times.set(count, (times.get(count) ?? 0) + 1);
    let score = 0;
    for (const [count, n] of times) score = Math.max(score, n / counts.length + Math.min(count, 50) / 1000);
    if (score > bestScore) {
      best = delimiter;
      bestScore = score;
    }
  }
  return best;
}

/** Platforms protect long numbers from Excel by writing them as a formula: ="310113…". */
const AS_FORMULA = /^="([^"]*)"$/;

function toCells(record: readonly string[]): Cell[] {
  const cells: Cell[] = [];
  for (const [i, value] of record.entries()) {
    if (value === '') continue;
    while (cells.length < i) cells.push(null);
    cells.push(value.charCodeAt(0) === 61 ? (AS_FORMULA.exec(value)?.[1] ?? value) : value);
  }
  return cells;
}

const SEPARATOR_LINE = /^sep=(.)\r?\n/;

export interface CsvFile {
  readonly encoding: Encoding;
  readonly delimiter: Delimiter;
  rows(onProgress?: (fraction: number) => void): AsyncGenerator<SheetRow>;
}

export async function openCsv(source: ByteSource, encoding: Encoding): Promise<CsvFile> {
  let sample = '';
  for await (const piece of decode(source, encoding)) {
    sample += piece;
    if (sample.length >= SNIFF_CHARACTERS) break;
  }
  const declared = SEPARATOR_LINE.exec(sample)?.[1];
  const delimiter: Delimiter =
    declared === ',' || declared === '\t' || declared === ';'
      ? declared
      : sniffDelimiter(sample.slice(0, SNIFF_CHARACTERS));
  const { size } = source;

  return {
    encoding,
    delimiter,
    async *rows(onProgress) {
      const scanner = new CsvScanner(delimiter);
      let rowNumber = 0;
      let nextBreath = 0;
      const report = onProgress && ((read: number) => onProgress(read / Math.max(1, size)));
      const toRows = (records: readonly string[][]): SheetRow[] => {
        const rows: SheetRow[] = [];
        for (const record of records) {
          rowNumber++;
          if (rowNumber === 1 && declared !== undefined) continue;
          const cells = toCells(record);
          if (cells.length > 0) rows.push({ rowNumber, cells });
        }
        return rows;
      };
      for await (const piece of decode(source, encoding, report)) {
        yield* toRows(scanner.push(piece));
        if (rowNumber >= nextBreath) {
          await breathe();
          nextBreath = rowNumber + BREATHE_ROWS;
        }
      }
      yield* toRows(scanner.end());
    },
  };
}
