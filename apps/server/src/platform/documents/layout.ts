import type { CleanBlock, CleanDocument, TableBlock } from './model.ts';

/** Lengths of GB/T 9704-2012 in points; the page is A4 (210 × 297 mm) with a text area 版心 of 156 × 225 mm. */
const mm = (n: number): number => (n * 72) / 25.4;

export const PAGE = {
  widthMm: 210,
  heightMm: 297,
  marginMm: { top: 37, right: 26, bottom: 35, left: 28 },
  textWidth: mm(156),
  charsPerLine: 28,
  linesPerPage: 22,
  /** 22 lines of 29 pt are higher than 225 mm, so the line is 28.9 pt. */
  lineHeight: 28.9,
  /** 3号. */
  bodySize: 16,
  /** 4号. */
  smallSize: 14,
  /** 2号. */
  titleSize: 22,
  titleLineHeight: 36,
  /** From the top of the text area to the top of 发文机关标志. */
  headDrop: mm(35),
} as const;

/** Width of a text in ems: a Chinese character is 1, a half-width one 1/2. */
export function textEms(text: string): number {
  let ems = 0;
  for (const ch of text) ems += ch <= '\u02ff' ? 0.5 : 1;
  return ems;
}

/** 发文机关标志 stands on one line: a long name is first condensed, as on printed red heads, then made smaller. */
export function issuerType(issuer: string): { size: number; scale: number } {
  const wanted = 44;
  const ems = Math.max(textEms(issuer), 1);
  const fit = (PAGE.textWidth * 0.98) / (ems * wanted);
  const scale = Math.floor(Math.min(1, Math.max(0.62, fit)) * 100) / 100;
  const size = Math.floor(Math.min(wanted, (PAGE.textWidth * 0.98) / (ems * scale)) * 2) / 2;
  return { size, scale };
}

/**
 * Distance of 署名 and 成文日期 from the right margin, in characters (GB/T 9704-2012, 7.3.5.2): the date begins two
 * characters to the right of the name, and the longer of the two ends two characters before the margin.
 */
export function signatureIndents(signature: CleanDocument['signature']): { unit: number; date: number } {
  const unit = textEms(signature.unit);
  const date = textEms(signature.date);
  return date + 2 > unit ? { unit: date + 4 - unit, date: 2 } : { unit: 2, date: unit - date };
}

/**
 * Whether a document's last block is held on the signature's page, lest the signature stand without a line of the text
 * it signs. A long paragraph is not: LibreOffice and typst would move all of it, and it seldom ends with its page.
 */
export function keepsWithSignature(block: CleanBlock | undefined): boolean {
  return block?.kind === 'paragraph' && textEms(block.runs.map((r) => r.text).join('')) <= 6 * PAGE.charsPerLine;
}

/** 抄送 and 印发 lines as they are printed. */
export function imprint(copies: CleanDocument['copies']): { cc?: string; printedBy: string; printedOn: string } | null {
  const cc = copies?.cc?.length ? `${copies.cc.join('，')}。` : undefined;
  const printedBy = copies?.printedBy ?? '';
  const printedOn = copies?.printedOn ? `${copies.printedOn}印发` : '';
  if (cc === undefined && printedBy === '' && printedOn === '') return null;
  return { ...(cc === undefined ? {} : { cc }), printedBy, printedOn };
}

/** Rows up to which a table is kept on one page; a longer one flows on and repeats its head. */
export const WHOLE_TABLE_ROWS = 18;

const CELL_PADDING = 3;
const LONGEST_UNWRAPPED = 22;

/** A long head goes on two lines, before its bracket or in the middle, so that its column need not be as wide. */
function headLines(header: string): string[] {
  if (textEms(header) <= 5) return [header];
  const bracket = header.search(/[（(]/);
  const at = bracket > 0 ? bracket : Math.ceil(header.length / 2);
  return [header.slice(0, at), header.slice(at)];
}

export interface TableLayout {
  /** Type size in points. */
  size: number;
  /** Each column's width in points; together they fill the text area. */
  widths: number[];
  /** Each column's head, by lines. */
  heads: string[][];
}

// Letters and the digits of some Chinese fonts are wider than half an em; a number broken in two is worse than a
// column a little too wide.
const cellEms = (text: string): number => textEms(text) + 0.1 * (text.match(/[\x21-\x7e]/g)?.length ?? 0);

export function tableLayout(table: TableBlock): TableLayout {
  const heads = table.columns.map((column) => headLines(column.header));
  const natural = heads.map((lines, i) => {
    let ems = Math.max(...lines.map(cellEms));
    for (const row of table.rows) ems = Math.max(ems, cellEms(row[i] ?? ''));
    return Math.min(ems, LONGEST_UNWRAPPED);
  });
  const padding = 2 * CELL_PADDING + 2;
  const room = PAGE.textWidth;
  const sum = (list: number[]) => list.reduce((a, b) => a + b, 0);
  const size = [12, 10.5].find((pt) => sum(natural) * pt + padding * natural.length <= room) ?? 10.5;
  const weights = table.columns.map((column) => column.width);
  if (weights.some((w) => w !== undefined)) {
    const given = weights.map((w) => w ?? 1);
    return { size, heads, widths: given.map((w) => (w / sum(given)) * room) };
  }
  const wanted = natural.map((ems) => ems * size + padding);
  if (sum(wanted) <= room) return { size, heads, widths: wanted.map((w) => w * (room / sum(wanted))) };
  // Too wide: only the widest columns give way, down to a common width.
  const ascending = [...wanted].sort((a, b) => a - b);
  let cap = 0;
  let rest = room;
  for (const [i, w] of ascending.entries()) {
    cap = rest / (ascending.length - i);
    if (w > cap) break;
    rest -= w;
  }
  return { size, heads, widths: wanted.map((w) => Math.min(w, cap)) };
}
