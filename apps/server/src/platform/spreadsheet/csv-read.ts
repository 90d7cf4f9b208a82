import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Cell, SheetRow } from '@bihuan/domain/intake';
import { CsvError, parse } from 'csv-parse';
import { SheetError } from './errors.ts';

export type Encoding = 'utf-8' | 'gb18030' | 'utf-16le' | 'utf-16be';
export type Delimiter = ',' | '\t' | ';';

/** One record's limit: an order's text has at most 20,000 characters; more means a quote that never closes. */
const MAX_RECORD = 1024 * 1024;
const SNIFF_CHARACTERS = 64 * 1024;

/**
 * A byte-order mark decides; else the whole file either is UTF-8 or is taken for GB18030 (which contains GBK and
 * GB2312). A UTF-8 file with a few broken characters, as byte-limited columns leave them, still counts as UTF-8: at
 * most one in twenty. Reads the file once or twice, keeping nothing.
 */
export async function detectEncoding(path: string, head: Buffer): Promise<Encoding> {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  const fatal = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of createReadStream(path)) fatal.decode(chunk as Buffer, { stream: true });
    fatal.decode();
    return 'utf-8';
  } catch {
    const decoder = new TextDecoder('utf-8');
    let broken = 0;
    let good = 0;
    for await (const chunk of createReadStream(path)) {
      const text = decoder.decode(chunk as Buffer, { stream: true });
      for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i);
        if (code === 0xfffd) broken++;
        else if (code > 0x7f) good++;
      }
    }
    return good > 0 && broken * 20 <= good ? 'utf-8' : 'gb18030';
  }
}

async function* decode(path: string, encoding: Encoding, onBytes?: (read: number) => void): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  let read = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
    read += (chunk as Buffer).length;
    const text = decoder.decode(chunk as Buffer, { stream: true });
    if (text !== '') yield text;
    onBytes?.(read);
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}

/** Fields per record for one delimiter, over the records that end within the text. */
function fieldCounts(text: string, delimiter: string): number[] {
  const counts: number[] = [];
  let fields = 1;
  let quoted = false;
  let atStart = true;
  let empty = true;
  for (const char of text) {
    if (char === '"') {
      if (quoted) quoted = false;
      else if (atStart) quoted = true;
    } else if (!quoted && char === delimiter) {
      fields++;
      atStart = true;
      continue;
    } else if (!quoted && char === '\n') {
      if (!empty) counts.push(fields);
      if (counts.length >= 50) break;
      fields = 1;
      atStart = true;
      empty = true;
      continue;
    }
    if (char !== '\r') empty = false;
    atStart = false;
  }
  if (!quoted && !empty) counts.push(fields);
  return counts;
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

export async function openCsv(path: string, encoding: Encoding): Promise<CsvFile> {
  let sample = '';
  for await (const piece of decode(path, encoding)) {
    sample += piece;
    if (sample.length >= SNIFF_CHARACTERS) break;
  }
  const declared = SEPARATOR_LINE.exec(sample)?.[1];
  const delimiter: Delimiter =
    declared === ',' || declared === '\t' || declared === ';'
      ? declared
      : sniffDelimiter(sample.slice(0, SNIFF_CHARACTERS));
  const { size } = await stat(path);

  return {
    encoding,
    delimiter,
    async *rows(onProgress) {
      const parser = parse({
        delimiter,
        relax_quotes: true,
        relax_column_count: true,
        skip_empty_lines: false,
        record_delimiter: ['\r\n', '\n', '\r'],
        max_record_size: MAX_RECORD,
      });
      // A failure on either side reaches the loop below by destroying the parser.
      const feeding = pipeline(
        decode(path, encoding, onProgress && ((read) => onProgress(read / Math.max(1, size)))),
        parser,
      ).catch(() => {});
      let rowNumber = 0;
      try {
        for await (const record of parser as AsyncIterable<string[]>) {
          rowNumber++;
          if (rowNumber === 1 && declared !== undefined) continue;
          const cells = toCells(record);
          if (cells.length > 0) yield { rowNumber, cells };
        }
      } catch (error) {
        if (error instanceof CsvError) {
          throw new SheetError('sheet_quote_open', { cause: error, note: `第${rowNumber + 1}行起` });
        }
        throw error;
      } finally {
        parser.destroy();
        await feeding;
      }
    },
  };
}
