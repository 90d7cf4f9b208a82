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
/** Of a label in a heading of several lines. */
const MAX_LINE_LENGTH = 20;
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

/** Where several columns carry one group's name, as exports without merged cells write it, or stand in its gap. */
const inRun = (texts: readonly string[], i: number): boolean =>
  texts[i] !== '' && (texts[i] === texts[i - 1] || texts[i] === texts[i + 1]);

/**
 * Whether a row can be the next line of a heading: short labels that stand in a gap above, below a group's cells, or repeat
 * the name above. Labels below a name that spans no other column are believed only when they are known column names.
 */
function continuesBelow(upper: readonly string[], row: SheetRow): boolean {
  const texts = labels(row);
  let below = 0;
  let known = 0;
  let inGroups = 0;
  let outside = 0;
  for (const [i, text] of texts.entries()) {
    if (text === '') continue;
    if (looksLikeData(row.cells[i], text) || text.length > MAX_LINE_LENGTH) return false;
    below++;
    if (fieldByHeader(text)) known++;
    const above = upper[i] ?? '';
    const startsGroup = (upper[i + 1] ?? '') === '' && (texts[i + 1] ?? '') !== '';
    if (above === '' || above === text || startsGroup) continue;
    if (inRun(upper, i)) inGroups++;
    else if (fieldByHeader(text)) outside++;
    else return false;
  }
  // Two columns of one name may as well be namesakes with an order below.
  const believed = outside === 0 ? inGroups === 0 || known > 0 : known * 2 >= below;
  return below >= 2 && believed;
}

/** Heading lines have gaps only where the upper line already names the column. */
const complete = (upper: readonly string[], texts: readonly string[]): boolean =>
  upper.every((text, i) => text !== '' || (texts[i] ?? '') !== '' || i >= texts.length);

/** How many of the rows continue the heading whose first line is given. */
function linesBelow(first: readonly string[], rows: readonly SheetRow[]): number {
  let upper = first;
  let taken = 0;
  for (const [n, row] of rows.entries()) {
    const opens = upper.some((text, i) => text === '' || inRun(upper, i));
    const texts = labels(row);
    const sameGroups = texts.every((text, i) => text === '' || text === upper[i]);
    const knownOnly = texts.every((text) => text === '' || fieldByHeader(text) !== undefined);
    if (sameGroups || !(opens || knownOnly) || !continuesBelow(upper, row)) break;
    if (complete(upper, texts)) taken = n + 1;
    upper = Array.from({ length: Math.max(upper.length, texts.length) }, (_, i) => texts[i] || upper[i] || '');
  }
  return taken;
}

/**
 * Whether the row above names groups of the heading below, among them perhaps columns that are merged downwards: at least
 * two short labels, one of which stands over several columns.
 */
function isGroupRow(row: SheetRow, below: readonly string[]): boolean {
  const texts = labels(row);
  if (filled(texts) < 2) return false;
  const isLabel = (text: string, i: number) =>
    text === '' || (text.length <= MAX_LINE_LENGTH && !/[:：]/.test(text) && !looksLikeData(row.cells[i], text));
  if (!texts.every(isLabel)) return false;
  return texts.some((text, i) => {
    if (text === '' || (below[i + 1] ?? '') === '') return false;
    const next = texts[i + 1] ?? '';
    return next === '' || (next === text && below[i] !== below[i + 1]);
  });
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
      const named = group === '' || group === bottom || bottom.startsWith(`${group} `);
      out.push(named ? bottom : `${group} ${bottom}`);
    }
  }
  return out;
}

/**
 * Finds the heading among the first rows of a sheet (give 30–50): title rows above it are skipped, a heading of two or
 * three lines (merged groups over single names, beside names merged downwards) is joined. Merges are inferred from the gaps
 * they leave, since a sheet lists them only behind its last row and CSV not at all; groups written into each of their cells
 * are understood as well.
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

  const after: SheetRow[] = [];
  for (const row of firstRows.slice(best + 1, best + 1 + MAX_GROUP_ROWS)) {
    if (row.rowNumber !== main.rowNumber + after.length + 1) break;
    after.push(row);
  }
  for (const row of after.slice(0, linesBelow(names, after))) {
    const below = labels(row);
    leaves = Array.from({ length: Math.max(names.length, below.length) }, (_, i) => below[i] || leaves[i] || '');
    names = join(names, below);
    last++;
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
