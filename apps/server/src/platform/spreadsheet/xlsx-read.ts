import { setImmediate as breathe } from 'node:timers/promises';
import type { Cell, SheetRow } from '@bihuan/domain/intake';
import type yauzl from 'yauzl';
import type { ByteSource } from '../byte-source.ts';
import { Problem } from '../errors.ts';
import { openZip } from '../open-zip.ts';
import { SheetError } from './errors.ts';
import { attribute, attributesOf, XmlScanner } from './xml.ts';

export interface XlsxLimits {
  /** All parts together, inflated. */
  readonly maxInflatedBytes: number;
  /** Characters of the shared-string table, the only part that is held in memory. */
  readonly maxSharedCharacters: number;
}

const MAX_ENTRIES = 10_000;
/** Workbook, styles and relations are small; a larger one is no spreadsheet. */
const MAX_SMALL_PART = 32 * 1024 * 1024;
const MAX_COLUMNS = 16_384;

interface SheetPart {
  readonly name: string;
  readonly part: string;
  readonly visible: boolean;
}

export interface XlsxBook {
  readonly sheets: readonly SheetPart[];
  readonly date1904: boolean;
  rows(sheet: SheetPart, onProgress?: (fraction: number) => void): AsyncGenerator<SheetRow>;
}

class Archive {
  readonly #zip: yauzl.ZipFile;
  readonly #entries: Map<string, yauzl.Entry>;

  constructor(zip: yauzl.ZipFile, entries: Map<string, yauzl.Entry>) {
    this.#zip = zip;
    this.#entries = entries;
  }

  static async open(source: ByteSource, limits: XlsxLimits): Promise<Archive> {
    const zip = await openZip(source);
    try {
      const entries = new Map<string, yauzl.Entry>();
      let inflated = 0;
      for await (const entry of zip.eachEntry()) {
        inflated += entry.uncompressedSize;
        if (entries.size > MAX_ENTRIES || inflated > limits.maxInflatedBytes) throw new SheetError('sheet_too_large');
        if (entry.isEncrypted()) throw new SheetError('sheet_encrypted');
        entries.set(entry.fileName.toLowerCase(), entry);
      }
      return new Archive(zip, entries);
    } catch (error) {
      zip.close();
      throw error;
    }
  }

  has(part: string): boolean {
    return this.#entries.has(part.toLowerCase());
  }

  close(): void {
    this.#zip.close();
  }

  /** The part's text, piece by piece. yauzl fails when it inflates to other than its declared size. */
  async *text(part: string, onProgress?: (fraction: number) => void): AsyncGenerator<string> {
    const entry = this.#entries.get(part.toLowerCase());
    if (!entry) throw new SheetError('sheet_damaged', { cause: `part missing: ${part}` });
    const stream = await this.#zip.openReadStreamPromise(entry);
    const decoder = new TextDecoder('utf-8', { fatal: true });
    let read = 0;
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        read += chunk.length;
        yield decoder.decode(chunk, { stream: true });
        onProgress?.(read / Math.max(1, entry.uncompressedSize));
      }
      yield decoder.decode();
    } finally {
      stream.destroy();
    }
  }

  async small(part: string): Promise<string> {
    let out = '';
    for await (const piece of this.text(part)) {
      out += piece;
      if (out.length > MAX_SMALL_PART) throw new SheetError('sheet_too_large');
    }
    return out;
  }
}

/** Damage of any kind, in the archive or in its XML, is one error for the user. */
const asSheetError = (error: unknown): unknown => {
  // Whatever else has a name of its own (a damaged store, say) keeps it.
  if (error instanceof Problem) return error;
  const code = (error as NodeJS.ErrnoException)?.code;
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return error;
  return new SheetError('sheet_damaged', { cause: error });
};

function eachTag(xml: string, handle: (name: string, attributes: string) => void): void {
  const scanner = new XmlScanner({ open: handle, close: () => {}, text: () => {} });
  scanner.push(xml);
  scanner.end();
}

/** A relation target as a part name: relative to the folder of the part that owns it, or absolute. */
function resolvePart(owner: string, target: string): string {
  if (target.startsWith('/')) return target.slice(1);
  const folders = owner.split('/').slice(0, -1);
  for (const step of target.split('/')) {
    if (step === '..') folders.pop();
    else if (step !== '.') folders.push(step);
  }
  return folders.join('/');
}

const relationsOf = (part: string): string => part.replace(/([^/]*)$/, '_rels/$1.rels');

interface Relation {
  readonly type: string;
  readonly target: string;
}

async function relations(archive: Archive, part: string): Promise<Map<string, Relation>> {
  const out = new Map<string, Relation>();
  const file = relationsOf(part);
  if (!archive.has(file)) return out;
  eachTag(await archive.small(file), (name, source) => {
    if (name !== 'Relationship') return;
    const attributes = attributesOf(source);
    const type = attributes.get('Type') ?? '';
    const target = resolvePart(part, attributes.get('Target') ?? '');
    out.set(attributes.get('Id') ?? '', { type: type.slice(type.lastIndexOf('/') + 1), target });
  });
  return out;
}

const DATE_FORMATS = new Set([
  ...[14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 46, 47],
  // East Asian built-ins.
  ...[27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 50, 51, 52, 53, 54, 55, 56, 57, 58],
]);

/** Whether a number format shows a date or time: a date letter outside quotes, escapes and [brackets]. */
export function isDateFormat(code: string): boolean {
  const bare = code
    .split(';')[0]!
    .replace(/"[^"]*"|\\.|_.|\*./g, '')
    .replace(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '');
  return !/general/i.test(bare) && /[ymdhs]|上午|下午/i.test(bare);
}

/** For each cell style, whether it shows numbers as dates. */
function dateStyles(xml: string): boolean[] {
  const custom = new Map<number, boolean>();
  const styles: boolean[] = [];
  let inCellXfs = false;
  const scanner = new XmlScanner({
    open(name, source) {
      if (name === 'numFmt') {
        const attributes = attributesOf(source);
        custom.set(Number(attributes.get('numFmtId')), isDateFormat(attributes.get('formatCode') ?? ''));
      } else if (name === 'cellXfs') inCellXfs = true;
      else if (name === 'xf' && inCellXfs) {
        const id = Number(attribute(source, 'numFmtId') ?? 0);
        styles.push(custom.get(id) ?? DATE_FORMATS.has(id));
      }
    },
    close(name) {
      if (name === 'cellXfs') inCellXfs = false;
    },
    text() {},
  });
  scanner.push(xml);
  scanner.end();
  return styles;
}

const ESCAPED = /_x([0-9a-fA-F]{4})_/g;

/** OOXML writes characters that XML cannot hold as `_x000D_`. */
const unescapeText = (text: string): string =>
  text.includes('_x') ? text.replace(ESCAPED, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) : text;

async function sharedStrings(archive: Archive, part: string, limit: number): Promise<string[]> {
  const strings: string[] = [];
  let current = '';
  let inText = false;
  let phonetic = 0;
  let total = 0;
  const scanner = new XmlScanner({
    open(name) {
      if (name === 'si') current = '';
      else if (name === 't') inText = phonetic === 0;
      else if (name === 'rPh') phonetic++;
    },
    close(name) {
      if (name === 't') inText = false;
      else if (name === 'rPh') phonetic--;
      else if (name === 'si') {
        strings.push(unescapeText(current));
        total += current.length;
        if (total > limit) throw new SheetError('sheet_too_large');
      }
    },
    text(text) {
      if (inText) current += text;
    },
  });
  for await (const piece of archive.text(part)) scanner.push(piece);
  scanner.end();
  return strings;
}

/** `AB12` → 27; -1 without letters. */
function columnOf(reference: string): number {
  let column = 0;
  for (let i = 0; i < reference.length; i++) {
    const code = reference.charCodeAt(i) & ~32;
    if (code < 65 || code > 90) break;
    column = column * 26 + code - 64;
  }
  return column - 1;
}

const LONG_INTEGER = /^-?\d{16,}$/;

/**
 * A long integer whose digits say more than a double can: written by a program that had them exactly (Excel itself
 * never writes such), so they are kept as text. What prints like a double stays a number and is judged by its size.
 */
function exactDigits(raw: string, value: number): boolean {
  if (!LONG_INTEGER.test(raw)) return false;
  const [mantissa = '', exponent = '0'] = value.toPrecision(17).split('e');
  const digits = mantissa.replace('.', '');
  const expanded = digits.padEnd(Math.max(digits.length, Number(exponent) + (raw.startsWith('-') ? 2 : 1)), '0');
  return raw !== String(value) && raw !== expanded && raw !== BigInt(value).toString();
}

class SheetHandler {
  rows: SheetRow[] = [];
  finished = false;
  readonly #strings: readonly string[];
  readonly #dates: readonly boolean[];
  readonly #shift: number;
  #rowNumber = 0;
  #cells: Cell[] = [];
  #column = -1;
  #type = '';
  #style = 0;
  #value = '';
  #collecting = false;
  #phonetic = 0;
  #inRow = false;

  constructor(strings: readonly string[], dates: readonly boolean[], date1904: boolean) {
    this.#strings = strings;
    this.#dates = dates;
    this.#shift = date1904 ? 1462 : 0;
  }

  open(name: string, attributes: string): void {
    if (name === 'c') {
      const reference = attribute(attributes, 'r');
      const column = reference === undefined ? -1 : columnOf(reference);
      this.#column = column < 0 ? this.#column + 1 : column;
      if (this.#column >= MAX_COLUMNS) throw new SheetError('sheet_damaged', { cause: 'column beyond XFD' });
      this.#type = attribute(attributes, 't') ?? 'n';
      this.#style = Number(attribute(attributes, 's') ?? 0);
      this.#value = '';
    } else if (name === 'v' || name === 't') {
      this.#collecting = this.#inRow && this.#phonetic === 0;
    } else if (name === 'rPh') {
      this.#phonetic++;
    } else if (name === 'row') {
      const number = Number(attribute(attributes, 'r'));
      this.#rowNumber = Number.isInteger(number) && number > 0 ? number : this.#rowNumber + 1;
      this.#cells = [];
      this.#column = -1;
      this.#inRow = true;
    }
  }

  text(text: string): void {
    if (this.#collecting) this.#value += text;
  }

  close(name: string): void {
    if (name === 'v' || name === 't') this.#collecting = false;
    else if (name === 'rPh') this.#phonetic--;
    else if (name === 'c') {
      if (this.#value === '') return;
      const cell = this.#cell(this.#value);
      if (cell === null) return;
      while (this.#cells.length < this.#column) this.#cells.push(null);
      this.#cells[this.#column] = cell;
    } else if (name === 'row') {
      this.#inRow = false;
      // Sheets declare and style far more rows than they fill.
      if (this.#cells.length > 0) this.rows.push({ rowNumber: this.#rowNumber, cells: this.#cells });
    } else if (name === 'sheetData') this.finished = true;
  }

  #cell(raw: string): Cell {
    switch (this.#type) {
      case 's': {
        const text = this.#strings[Number(raw)];
        if (text === undefined) throw new SheetError('sheet_damaged', { cause: `no shared string ${raw}` });
        return text === '' ? null : text;
      }
      case 'b':
        return raw.trim() === '1' || raw.trim() === 'true';
      case 'n': {
        const value = Number(raw);
        if (Number.isNaN(value)) return raw;
        if (this.#dates[this.#style] && value >= 0 && value < 2_958_466) return { serial: value + this.#shift };
        return exactDigits(raw.trim(), value) ? raw.trim() : value;
      }
      default:
        // str, inlineStr, d (an ISO date), e (an error such as #N/A): all say what they show.
        return unescapeText(raw);
    }
  }
}

async function withArchive<T>(
  source: ByteSource,
  limits: XlsxLimits,
  use: (archive: Archive) => Promise<T>,
): Promise<T> {
  try {
    const archive = await Archive.open(source, limits);
    try {
      return await use(archive);
    } finally {
      archive.close();
    }
  } catch (error) {
    throw asSheetError(error);
  }
}

/** Reads the workbook's table of contents; rows come from {@link XlsxBook.rows}, which opens the file for itself. */
export async function openXlsx(source: ByteSource, limits: XlsxLimits): Promise<XlsxBook> {
  return withArchive(source, limits, async (archive) => {
    const root = [...(await relations(archive, '')).values()].find((relation) => relation.type === 'officeDocument');
    const workbook = root?.target ?? 'xl/workbook.xml';
    if (!archive.has(workbook) || workbook.endsWith('.bin')) throw new SheetError('sheet_unsupported');
    const related = await relations(archive, workbook);
    const partOf = (type: string): string | undefined =>
      [...related.values()].find((relation) => relation.type === type && archive.has(relation.target))?.target;

    const sheets: SheetPart[] = [];
    let date1904 = false;
    eachTag(await archive.small(workbook), (name, source) => {
      if (name === 'workbookPr') date1904 = /^(?:1|true)$/.test(attribute(source, 'date1904') ?? '');
      if (name !== 'sheet') return;
      const attributes = attributesOf(source);
      const relation = related.get(attributes.get('id') ?? '');
      if (relation?.type !== 'worksheet') return;
      const visible = (attributes.get('state') ?? 'visible') === 'visible';
      sheets.push({ name: attributes.get('name') ?? `Sheet${sheets.length + 1}`, part: relation.target, visible });
    });
    if (sheets.length === 0) throw new SheetError('sheet_unsupported');
    const stringsPart = partOf('sharedStrings');
    const stylesPart = partOf('styles');

    return {
      sheets,
      date1904,
      async *rows(sheet, onProgress) {
        let reading: Archive | undefined;
        try {
          reading = await Archive.open(source, limits);
          const strings = stringsPart ? await sharedStrings(reading, stringsPart, limits.maxSharedCharacters) : [];
          const dates = stylesPart ? dateStyles(await reading.small(stylesPart)) : [];
          const handler = new SheetHandler(strings, dates, date1904);
          const scanner = new XmlScanner(handler);
          let pieces = 0;
          for await (const piece of reading.text(sheet.part, onProgress)) {
            scanner.push(piece);
            const { rows } = handler;
            handler.rows = [];
            yield* rows;
            // Inflating and scanning can outrun the event loop; let timers and sockets have their turn.
            if (++pieces % 64 === 0) await breathe();
          }
          scanner.end();
          if (!handler.finished) throw new SheetError('sheet_damaged', { cause: 'sheetData is not closed' });
        } catch (error) {
          throw asSheetError(error);
        } finally {
          reading?.close();
        }
      },
    };
  });
}
