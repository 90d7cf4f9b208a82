import { buffer } from 'node:stream/consumers';
import type { SheetRow } from '@bihuan/domain/intake';
import { type ByteSource, fileSource } from '../byte-source.ts';
import { type Delimiter, detectEncoding, type Encoding, openCsv } from './csv-read.ts';
import { SheetError } from './errors.ts';
import { openXlsx, type XlsxLimits } from './xlsx-read.ts';

export interface OpenOptions extends Partial<XlsxLimits> {
  /** Names the only sheet of a CSV file. The type is decided by content, never by this name. */
  readonly filename?: string;
}

export interface OpenedSheet {
  readonly kind: 'xlsx' | 'csv';
  /** CSV only. */
  readonly encoding?: Encoding;
  /** CSV only. */
  readonly delimiter?: Delimiter;
  /** Visible worksheets in order (all of them when none is visible). */
  readonly sheets: readonly string[];
  /** Pass on to the row parser: plain numbers in a date column count from 1904. */
  readonly date1904: boolean;
  /**
   * The rows that hold anything, in order, of the first or the named sheet; may be called again. Errors of the content
   * are thrown while iterating, as {@link SheetError}.
   */
  rows(sheet?: string, onProgress?: (fraction: number) => void): AsyncIterable<SheetRow>;
}

const DEFAULT_LIMITS: XlsxLimits = { maxInflatedBytes: 2 * 1024 ** 3, maxSharedCharacters: 100_000_000 };
const HEAD_BYTES = 8192;
const OLE = Buffer.from('d0cf11e0a1b11ae1', 'hex');
const ENCRYPTED_STREAM = Buffer.from('EncryptedPackage', 'utf16le');

/** An OLE container is an old .xls, or the wrapper of an encrypted .xlsx, told by a stream name in its directory. */
async function isEncryptedPackage(source: ByteSource): Promise<boolean> {
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of source.stream()) {
    const window = Buffer.concat([tail, chunk as Buffer]);
    if (window.includes(ENCRYPTED_STREAM)) return true;
    tail = window.subarray(-ENCRYPTED_STREAM.length);
  }
  return false;
}

const HTML = /^\s*(?:<!--[\s\S]*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|style|div|script)[\s>]/i;

async function refuseWhatIsNoTable(source: ByteSource, head: Buffer): Promise<void> {
  if (head.subarray(0, 8).equals(OLE)) {
    throw new SheetError((await isEncryptedPackage(source)) ? 'sheet_encrypted' : 'sheet_old_xls');
  }
  const start = head.toString('latin1').replace(/^ï»¿/, '');
  if (HTML.test(start) || /^MIME-Version:/i.test(start)) throw new SheetError('sheet_html');
  if (/^\s*<\?xml/i.test(start)) {
    if (/<html/i.test(start)) throw new SheetError('sheet_html');
    throw new SheetError(
      /urn:schemas-microsoft-com:office:spreadsheet/.test(start) ? 'sheet_xml_2003' : 'sheet_unsupported',
    );
  }
  const utf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  if (!utf16 && (head.includes(0) || start.startsWith('%PDF-'))) throw new SheetError('sheet_unsupported');
}

/** Whether there is any row, reading no further than the first. */
async function hasContent(rows: AsyncIterable<SheetRow>): Promise<boolean> {
  for await (const _ of rows) return true;
  return false;
}

/**
 * Opens a spreadsheet by what it contains. Throws {@link SheetError}; memory does not grow with the number of rows.
 * @param file a path, or a content kept otherwise
 */
export async function openSheet(file: string | ByteSource, options: OpenOptions = {}): Promise<OpenedSheet> {
  const source = typeof file === 'string' ? await fileSource(file) : file;
  if (source.size === 0) throw new SheetError('sheet_empty');
  const head = await buffer(source.stream(0, Math.min(HEAD_BYTES, source.size)));
  if (head.length >= 4 && head.readUInt32LE(0) === 0x04034b50) {
    const book = await openXlsx(source, { ...DEFAULT_LIMITS, ...options });
    const visible = book.sheets.filter((sheet) => sheet.visible);
    const listed = visible.length > 0 ? visible : book.sheets;
    return {
      kind: 'xlsx',
      sheets: listed.map((sheet) => sheet.name),
      date1904: book.date1904,
      rows(name, onProgress) {
        const sheet = name === undefined ? listed[0] : book.sheets.find((one) => one.name === name);
        if (!sheet) throw new SheetError('sheet_no_such_sheet');
        return book.rows(sheet, onProgress);
      },
    };
  }
  await refuseWhatIsNoTable(source, head);
  const csv = await openCsv(source, await detectEncoding(source, head));
  if (!(await hasContent(csv.rows()))) throw new SheetError('sheet_empty');
  const only = options.filename?.replace(/^.*[\\/]/, '').replace(/\.[^.]*$/, '') || 'CSV';
  return {
    kind: 'csv',
    encoding: csv.encoding,
    delimiter: csv.delimiter,
    sheets: [only],
    date1904: false,
    rows(name, onProgress) {
      if (name !== undefined && name !== only) throw new SheetError('sheet_no_such_sheet');
      return csv.rows(onProgress);
    },
  };
}
