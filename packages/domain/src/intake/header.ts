import { type Cell, cellText, type SheetRow } from './cell.ts';
import { parseDateTime } from './dates.ts';
import { fieldByHeader, fieldsWithinHeader, normaliseHeader } from './fields.ts';
import { cleanLine } from './text.ts';

export interface Column {
  /** 0-based position in the row's cells. */
  readonly index: number;
  /** The column's name, group heading first (`诉求人 电话`); `第3列` for a nameless one that holds data. */
  readonly header: string;
  /** The last line of a grouped heading alone (`电话`); equal to `header` without a group. */
  readonly leaf: string;
}

export interface Header {
  /** Row numbers of the heading, in order; empty when the data starts without one. */
  readonly rowNumbers: readonly number[];
  /** Data are the rows after this one; 0 when there is no heading. */
  readonly lastRowNumber: number;
  readonly columns: readonly Column[];
}

const MAX_HEADER_LENGTH = 40;
const MAX_GROUP_ROWS = 2;

const labels = (row: SheetRow): string[] => row.cells.map((cell) => cleanLine(cellText(cell)));

const filled = (texts: readonly string[]): number => texts.reduce((n, text) => n + (text === '' ? 0 : 1), 0);

function looksLikeData(cell: Cell | undefined, text: string): boolean {
  if (typeof cell === 'number' || typeof cell === 'boolean' || (typeof cell === 'object' && cell !== null)) return true;
  if (text.length > MAX_HEADER_LENGTH) return true;
  if (/\d{5,}/.test(text) || /^[\d.,%+-]+$/.test(text)) return true;
  return /\d/.test(text) && parseDateTime(text, { dateOrder: 'mdy' }).ok;
}

/** How much a row looks like the heading; 0 or less: not at all. */
function headingScore(row: SheetRow): number {
  const texts = labels(row);
  const count = filled(texts);
  if (count === 0) return 0;
  let known = 0;
  let partly = 0;
  let data = 0;
  const seen = new Set<string>();
  for (const [i, text] of texts.entries()) {
    if (text === '') continue;
    seen.add(text);
    if (looksLikeData(row.cells[i], text)) data++;
    else if (fieldByHeader(text)) known++;
    else if (fieldsWithinHeader(text).length > 0) partly++;
  }
  // A single filled cell is a title, unless the sheet really has one known column.
  if (count === 1 && known === 0) return 0;
  const repeated = count - seen.size;
  return known * 3 + partly + (count - data - repeated) * 0.5 - data * 3;
}

/** Whether every filled cell is a short heading that stands below a gap or below a group's first cell. */
function isSubHeading(upper: readonly string[], row: SheetRow): boolean {
  const texts = labels(row);
  let below = 0;
  for (const [i, text] of texts.entries()) {
    if (text === '') continue;
    if (looksLikeData(row.cells[i], text) || text.length > 20) return false;
    const startsGroup = (upper[i] ?? '') !== '' && (upper[i + 1] ?? '') === '' && (texts[i + 1] ?? '') !== '';
    if ((upper[i] ?? '') !== '' && !startsGroup) return false;
    below++;
  }
  // Heading lines have gaps only where the upper line already names the column.
  const complete = upper.every((text, i) => text !== '' || (texts[i] ?? '') !== '' || i >= texts.length);
  return below >= 2 && complete && upper.some((text) => text === '');
}

/** Whether the row above groups the heading below: at least two short labels, and fewer than the heading has. */
function isGroupRow(row: SheetRow, below: readonly string[]): boolean {
  const texts = labels(row);
  const count = filled(texts);
  if (count < 2 || texts.some((text, i) => text !== '' && looksLikeData(row.cells[i], text))) return false;
  if (texts.some((text) => /[:：]/.test(text))) return false;
  return count < below.length && texts.every((text, i) => text === '' || (below[i] ?? '') !== '' || i < below.length);
}

function join(upper: readonly string[], lower: readonly string[]): string[] {
  const out: string[] = [];
  let group = '';
  for (let i = 0; i < Math.max(upper.length, lower.length); i++) {
    const top = upper[i] ?? '';
    const bottom = lower[i] ?? '';
    if (top !== '') group = top;
    if (bottom === '') {
      out.push(top);
      if (top !== '') group = '';
    } else {
      out.push(group === '' || group === bottom ? bottom : `${group} ${bottom}`);
    }
  }
  return out;
}

/**
 * Finds the heading among the first rows of a sheet (give 30–50): title rows above it are skipped, a heading of two or
 * three lines (merged groups over single names) is joined. Merges are inferred from the gaps they leave.
 */
export function detectHeader(firstRows: readonly SheetRow[]): Header {
  let best = -1;
  let bestScore = 0;
  for (const [i, row] of firstRows.slice(0, 30).entries()) {
    const score = headingScore(row);
    if (score > bestScore) {
      best = i;
      bestScore = score;
    }
  }
  const widthOf = (from: number): number =>
    firstRows.slice(from).reduce((width, row) => Math.max(width, row.cells.length), 0);

  if (best < 0 || bestScore < 1) {
    const columns = Array.from({ length: widthOf(0) }, (_, index) => {
      const name = `第${index + 1}列`;
      return { index, header: name, leaf: name };
    });
    return { rowNumbers: [], lastRowNumber: 0, columns };
  }

  const main = firstRows[best]!;
  let names = labels(main);
  let leaves = [...names];
  const used = [best];
  let last = best;

  const next = firstRows[best + 1];
  if (next && next.rowNumber === main.rowNumber + 1 && isSubHeading(names, next)) {
    const below = labels(next);
    leaves = Array.from({ length: Math.max(names.length, below.length) }, (_, i) => below[i] || names[i] || '');
    names = join(names, below);
    last = best + 1;
    used.push(last);
  }
  for (let up = best - 1; up >= 0 && up >= best - MAX_GROUP_ROWS; up--) {
    const above = firstRows[up]!;
    if (above.rowNumber !== firstRows[up + 1]!.rowNumber - 1 || !isGroupRow(above, names)) break;
    const group = labels(above);
    leaves = Array.from({ length: Math.max(group.length, leaves.length) }, (_, i) => leaves[i] || group[i] || '');
    names = join(group, names);
    used.unshift(up);
  }

  const width = Math.max(names.length, widthOf(last + 1));
  const hasData = new Set<number>();
  for (const row of firstRows.slice(last + 1)) {
    for (const [i, cell] of row.cells.entries()) if (cleanLine(cellText(cell)) !== '') hasData.add(i);
  }
  const columns: Column[] = [];
  const taken = new Map<string, number>();
  for (let index = 0; index < width; index++) {
    let header = names[index] ?? '';
    if (header === '') {
      if (!hasData.has(index)) continue;
      header = `第${index + 1}列`;
    }
    // A second column of the same name must stay tellable apart, in the mapping and in the extras.
    const times = (taken.get(header) ?? 0) + 1;
    taken.set(header, times);
    const leaf = leaves[index] || header;
    columns.push({ index, header: times === 1 ? header : `${header}（${times}）`, leaf });
  }
  return {
    rowNumbers: used.map((i) => firstRows[i]!.rowNumber),
    lastRowNumber: firstRows[last]!.rowNumber,
    columns,
  };
}

/**
 * Whether a row says nothing (`blank`) or repeats the heading, as page-by-page exports do. Neither is an order nor a
 * reject.
 */
export function rowKind(cells: readonly Cell[], columns: readonly Column[]): 'data' | 'blank' | 'heading' {
  let any = false;
  let same = 0;
  let count = 0;
  for (const column of columns) {
    const cell = cells[column.index];
    if (cell === null || cell === undefined || cell === '') continue;
    const text = typeof cell === 'string' ? cleanLine(cell) : 'x';
    if (text === '') continue;
    any = true;
    count++;
    if (typeof cell === 'string' && (text === column.leaf || text === column.header)) same++;
    else if (count > 2 && same === 0) return 'data';
  }
  if (!any) {
    return cells.some((cell) => cell !== null && (typeof cell !== 'string' || cleanLine(cell) !== ''))
      ? 'data'
      : 'blank';
  }
  return same >= 2 && same * 2 > count ? 'heading' : 'data';
}

/** A stable signature of a source's columns, so that a corrected mapping can be remembered for it. */
export const headerSignature = (columns: readonly Column[]): string =>
  columns
    .map((column) => normaliseHeader(column.header))
    .sort()
    .join('|');
