import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type Cell, cellText, clip } from '@bihuan/domain/intake';
import { ZipWriter } from './zip-write.ts';

export interface SheetColumn {
  readonly header: string;
  /** In characters; 16 by default. */
  readonly width?: number;
}

export interface SheetContent {
  readonly columns: readonly SheetColumn[];
  readonly rows: AsyncIterable<readonly Cell[]> | Iterable<readonly Cell[]>;
  /** A line above the heading, across all columns. */
  readonly title?: string;
  /** Name of the worksheet; 数据 by default. */
  readonly sheetName?: string;
}

/** Excel's own limits. */
const MAX_ROWS = 1_048_576;
const MAX_CELL = 32_767;
const FLUSH_CHARACTERS = 64 * 1024;
/** Excel shows longer numbers in scientific notation and keeps only 15 digits. */
const MAX_NUMBER = 1e11;

const STYLE = { plain: 0, heading: 1, title: 2, date: 3, text: 4 } as const;

const NOT_XML =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 cannot hold
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};

const escapeXml = (text: string): string =>
  text
    .replace(NOT_XML, '')
    // A literal _x0041_ would be read back as "A".
    .replace(/_(?=x[0-9a-fA-F]{4}_)/g, '_x005F_')
    .replace(/[&<>"\r]/g, (char) => ESCAPES[char]!);

/** Starts like a formula in a spreadsheet program. */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/;

function columnName(index: number): string {
  let name = '';
  for (let n = index + 1; n > 0; n = Math.floor((n - 1) / 26)) name = String.fromCharCode(65 + ((n - 1) % 26)) + name;
  return name;
}

const textCell = (reference: string, text: string, style: number): string =>
  `<c r="${reference}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escapeXml(clip(text, MAX_CELL))}</t></is></c>`;

function cellXml(reference: string, cell: Cell | undefined): string {
  if (cell === null || cell === undefined || cell === '') return '';
  if (typeof cell === 'object') return `<c r="${reference}" s="${STYLE.date}"><v>${cell.serial}</v></c>`;
  if (typeof cell === 'number' && Number.isFinite(cell) && Math.abs(cell) < MAX_NUMBER) {
    return `<c r="${reference}"><v>${cell}</v></c>`;
  }
  const text = cellText(cell);
  // Text cells are never evaluated; the quote prefix keeps it so when somebody edits the cell.
  return textCell(reference, text, FORMULA.test(text) ? STYLE.text : STYLE.plain);
}

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const DOCUMENT = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';

const STYLES = `${HEAD}<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="3"><font><sz val="11"/><name val="宋体"/></font><font><b/><sz val="11"/><name val="宋体"/></font><font><b/><sz val="16"/><name val="宋体"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE8EDF3"/></patternFill></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"/><xf numFmtId="49" fontId="2" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyAlignment="1"><alignment horizontal="center" vertical="center"/></xf><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" quotePrefix="1"/></cellXfs></styleSheet>`;

function sheetStart({ columns, title }: SheetContent): { xml: string; rows: number } {
  const headingRow = title === undefined ? 1 : 2;
  const widths = columns
    .map(({ width = 16 }, i) => `<col min="${i + 1}" max="${i + 1}" width="${width}" customWidth="1"/>`)
    .join('');
  let xml = `${HEAD}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="${headingRow}" topLeftCell="A${headingRow + 1}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>${widths === '' ? '' : `<cols>${widths}</cols>`}<sheetData>`;
  if (title !== undefined) xml += `<row r="1" ht="28" customHeight="1">${textCell('A1', title, STYLE.title)}</row>`;
  const heading = columns.map(({ header }, i) => textCell(`${columnName(i)}${headingRow}`, header, STYLE.heading));
  xml += `<row r="${headingRow}">${heading.join('')}</row>`;
  return { xml, rows: headingRow };
}

function sheetEnd({ columns, title }: SheetContent): string {
  const merged =
    title !== undefined && columns.length > 1
      ? `<mergeCells count="1"><mergeCell ref="A1:${columnName(columns.length - 1)}1"/></mergeCells>`
      : '';
  return `</sheetData>${merged}</worksheet>`;
}

async function toTarget(target: string | Writable, write: (out: Writable) => Promise<number>): Promise<number> {
  if (typeof target !== 'string') {
    try {
      return await write(target);
    } catch (error) {
      target.destroy(error as Error);
      throw error;
    }
  }
  // Nobody ever sees half a file under its final name.
  const part = `${target}.part`;
  const out = createWriteStream(part);
  try {
    const rows = await write(out);
    await rename(part, target);
    return rows;
  } catch (error) {
    out.destroy();
    await rm(part, { force: true });
    throw error;
  }
}

/**
 * Writes an xlsx file row by row, in constant memory, to a path (put in place when complete) or a stream (which it
 * ends). Numbers of twelve digits and more become text; text is never a formula; what exceeds Excel's rows goes on in a
 * further sheet. Returns the number of data rows.
 */
export async function writeSheet(target: string | Writable, content: SheetContent): Promise<number> {
  return toTarget(target, async (out) => {
    const zip = new ZipWriter(out);
    const source = rowIterator(content.rows);
    let written = 0;
    let sheets = 0;
    let next = await source.next();
    do {
      const page = async function* (): AsyncGenerator<string> {
        const start = sheetStart(content);
        let number = start.rows;
        let buffer = start.xml;
        for (; !next.done && number < MAX_ROWS; next = await source.next()) {
          number++;
          written++;
          buffer += `<row r="${number}">`;
          for (const [i, cell] of next.value.entries()) buffer += cellXml(`${columnName(i)}${number}`, cell);
          buffer += '</row>';
          if (buffer.length >= FLUSH_CHARACTERS) {
            yield buffer;
            buffer = '';
          }
        }
        yield buffer + sheetEnd(content);
      };
      sheets++;
      await zip.add(`xl/worksheets/sheet${sheets}.xml`, page());
    } while (!next.done);

    const numbers = Array.from({ length: sheets }, (_, i) => i + 1);
    const name = (content.sheetName ?? '数据').replace(/[\\/?*[\]:]/g, '').slice(0, 25) || '数据';
    const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
    await zip.add('xl/workbook.xml', [
      `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${DOCUMENT}"><sheets>${numbers.map((n) => `<sheet name="${escapeXml(n === 1 ? name : `${name}${n}`)}" sheetId="${n}" r:id="rId${n}"/>`).join('')}</sheets></workbook>`,
    ]);
    await zip.add('xl/_rels/workbook.xml.rels', [
      `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${numbers.map((n) => `<Relationship Id="rId${n}" Type="${DOCUMENT}/worksheet" Target="worksheets/sheet${n}.xml"/>`).join('')}<Relationship Id="rId${sheets + 1}" Type="${DOCUMENT}/styles" Target="styles.xml"/></Relationships>`,
    ]);
    await zip.add('xl/styles.xml', [STYLES]);
    await zip.add('_rels/.rels', [
      `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ]);
    await zip.add('[Content_Types].xml', [
      `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${type}.sheet.main+xml"/>${numbers.map((n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${type}.worksheet+xml"/>`).join('')}<Override PartName="/xl/styles.xml" ContentType="${type}.styles+xml"/></Types>`,
    ]);
    await zip.finish();
    return written;
  });
}

async function* rowIterator(rows: SheetContent['rows']): AsyncGenerator<readonly Cell[], void> {
  yield* rows;
}

const QUOTED = /[",\r\n]/;

function csvField(cell: Cell | undefined): string {
  let text = cellText(cell);
  // A CSV cell has no type: an apostrophe is what keeps a spreadsheet program from running it.
  if (typeof cell === 'string' && (FORMULA.test(text) || /^[\t\r]/.test(text))) text = `'${text}`;
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Writes CSV in UTF-8 with a byte-order mark (Excel needs it) and CRLF; otherwise as {@link writeSheet}. */
export async function writeCsv(target: string | Writable, content: Omit<SheetContent, 'sheetName'>): Promise<number> {
  return toTarget(target, async (out) => {
    const send = (text: string): Promise<void> =>
      new Promise((resolve, reject) => {
        out.write(text, (error) => (error ? reject(error) : resolve()));
      });
    let buffer = '\ufeff';
    if (content.title !== undefined) buffer += `${csvField(content.title)}\r\n`;
    buffer += `${content.columns.map(({ header }) => csvField(header)).join(',')}\r\n`;
    let written = 0;
    for await (const row of content.rows) {
      written++;
      buffer += `${row.map(csvField).join(',')}\r\n`;
      if (buffer.length >= FLUSH_CHARACTERS) {
        await send(buffer);
        buffer = '';
      }
    }
    await send(buffer);
    out.end();
    await finished(out, { readable: false });
    return written;
  });
}
