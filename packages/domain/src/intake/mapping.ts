import { type Cell, cellText, type SheetRow } from './cell.ts';
import { parseDateTime } from './dates.ts';
import { FIELD_KEYS, type FieldKey, fieldByHeader, fieldsWithinHeader, TARGET_FIELDS } from './fields.ts';
import type { Column, Header } from './header.ts';
import { normalisePhone } from './phone.ts';
import { cleanLine } from './text.ts';

/** What a column is taken for; `field: null` keeps it among the order's extras. */
export interface ColumnMapping {
  readonly index: number;
  readonly header: string;
  readonly field: FieldKey | null;
}

export interface ProposedColumn extends ColumnMapping {
  /** 0–1. Below 0.6 a person should look. */
  readonly confidence: number;
  /** One Chinese sentence: why this field. */
  readonly why: string;
}

export interface ProposedMapping {
  readonly columns: readonly ProposedColumn[];
  /** Labels of what every order needs and no column gives. */
  readonly missing: readonly string[];
}

interface Profile {
  readonly filled: number;
  /** Share of the cells that hold anything. */
  readonly fill: number;
  readonly dates: number;
  readonly mobiles: number;
  readonly phones: number;
  readonly addresses: number;
  readonly codes: number;
  readonly distinct: number;
  /** Share of cells that are mostly letters or Chinese characters. */
  readonly prose: number;
  readonly meanLength: number;
}

const ADDRESS = /(?:路|街|弄|巷|村|小区|大道|花园|广场|公寓|新村)(?:.{0,12}(?:\d|号|幢|室|弄))?/;
const CODE = /^[A-Za-z]{0,6}[-\d]{6,32}$/;
const SENTENCE = /[，。！？；]/;
const LETTER = /\p{L}/gu;
const SAMPLE = 200;

function profile(cells: readonly (Cell | undefined)[]): Profile {
  let [filled, dates, mobiles, phones, addresses, codes, prose, length] = [0, 0, 0, 0, 0, 0, 0, 0];
  const values = new Set<string>();
  for (const cell of cells) {
    const text = cleanLine(cellText(cell));
    if (text === '') continue;
    filled++;
    length += text.length;
    values.add(text);
    if (text.length <= 40 && parseDateTime(cell ?? null, { dateOrder: 'ymd' }).ok) dates++;
    if (text.length <= 24) {
      const phone = normalisePhone(text);
      if (phone.regular && /^1[3-9]\d{9}$/.test(phone.text)) mobiles++;
      if (phone.regular) phones++;
    }
    if (text.length <= 60 && ADDRESS.test(text) && !SENTENCE.test(text)) addresses++;
    if (CODE.test(text)) codes++;
    if (text.length >= 20 && (text.match(LETTER)?.length ?? 0) >= text.length * 0.6) prose++;
  }
  const share = (n: number): number => (filled === 0 ? 0 : n / filled);
  return {
    filled,
    fill: cells.length === 0 ? 0 : filled / cells.length,
    dates: share(dates),
    mobiles: share(mobiles),
    phones: share(phones),
    addresses: share(addresses),
    codes: share(codes),
    prose: share(prose),
    distinct: share(values.size),
    meanLength: share(length),
  };
}

interface Candidate {
  readonly column: number;
  readonly field: FieldKey;
  readonly confidence: number;
  readonly why: string;
}

/** A name that promises what the cells do not hold is believed less. */
function doubt(field: FieldKey, seen: Profile): { factor: number; note: string } {
  if (seen.filled === 0) return { factor: 0.9, note: '，但前面的行都是空的' };
  const { type } = TARGET_FIELDS[field];
  if (type === 'instant' && seen.dates < 0.5) return { factor: 0.4, note: '，但内容大多不是日期' };
  if (type === 'phone' && seen.phones < 0.2) return { factor: 0.6, note: '，但内容大多不像电话' };
  if (field === 'content' && seen.meanLength < 4) return { factor: 0.6, note: '，但内容很短' };
  if (field === 'externalNo' && seen.filled >= 20 && seen.distinct < 0.2) {
    return { factor: 0.4, note: '，但内容大量重复，不像编号' };
  }
  if (field === 'title' && seen.meanLength > 150) return { factor: 0.6, note: '，但内容很长' };
  return { factor: 1, note: '' };
}

function byContent(column: number, seen: Profile): Candidate[] {
  const out: Candidate[] = [];
  const add = (field: FieldKey, confidence: number, why: string) => out.push({ column, field, confidence, why });
  // What few rows fill in is a special circumstance, not what the order is about.
  if (seen.fill < 0.3) return out;
  if (seen.mobiles >= 0.6) add('complainantPhone', 0.55, '内容大多是11位手机号');
  else if (seen.dates >= 0.8 && seen.codes < 0.8) add('receivedAt', 0.5, '内容大多是日期时间');
  else if (seen.meanLength >= 25 && seen.prose >= 0.6) add('content', 0.5, '内容是较长的文字');
  else if (seen.addresses >= 0.6) add('address', 0.45, '内容大多像地址');
  else if (seen.codes >= 0.9 && seen.distinct >= 0.9 && seen.filled >= 3) add('externalNo', 0.45, '内容是不重复的编号');
  return out;
}

function candidates(position: number, column: Column, seen: Profile): Candidate[] {
  const out: Candidate[] = [];
  const add = (field: FieldKey, base: number, why: string) => {
    const { factor, note } = doubt(field, seen);
    out.push({ column: position, field, confidence: Math.round(base * factor * 100) / 100, why: why + note });
  };
  const whole = fieldByHeader(column.header);
  if (whole) {
    add(whole, 0.98 - vagueness(whole, column.header) * 0.1, `列名“${column.header}”即${TARGET_FIELDS[whole].label}`);
  } else {
    const last = lastLine(column);
    const leaf = last === column.header ? undefined : fieldByHeader(last);
    if (leaf) add(leaf, 0.85, `列名末级“${last}”即${TARGET_FIELDS[leaf].label}`);
    for (const { key, share, synonym } of fieldsWithinHeader(column.header)) {
      if (share >= 0.4) add(key, 0.45 + share * 0.35, `列名“${column.header}”含“${synonym}”`);
    }
  }
  return whole ? out : [...out, ...byContent(position, seen)];
}

/** The last line of a grouped heading, also where the lines were joined into one before, as in our sheet of returned rows. */
function lastLine({ header, leaf }: Column): string {
  const joined = /[\u4e00-\u9fff].* (\S*[\u4e00-\u9fff]\S*)$/.exec(header)?.[1];
  return leaf === header && joined ? joined : leaf;
}

/** 0 for the field's own label, towards 1 for its vaguest synonym. */
function vagueness(field: FieldKey, header: string): number {
  const { synonyms } = TARGET_FIELDS[field];
  const at = synonyms.findIndex((synonym) => synonym.toLowerCase() === header.trim().toLowerCase());
  return at < 0 ? 0.5 : at / synonyms.length;
}

/**
 * Proposes what each column is, from its name and up to 200 sample rows. Every field is given to at most one column,
 * the surest first; columns left over keep `field: null`.
 */
export function proposeMapping(header: Header, sampleRows: readonly SheetRow[]): ProposedMapping {
  const samples = sampleRows.slice(0, SAMPLE);
  const all = header.columns.flatMap((column, position) =>
    candidates(position, column, profile(samples.map((row) => row.cells[column.index]))),
  );
  all.sort((a, b) => b.confidence - a.confidence || a.column - b.column);
  const byColumn = new Map<number, Candidate>();
  const taken = new Set<FieldKey>();
  for (const candidate of all) {
    if (candidate.confidence < 0.3 || byColumn.has(candidate.column) || taken.has(candidate.field)) continue;
    byColumn.set(candidate.column, candidate);
    taken.add(candidate.field);
  }
  const columns = header.columns.map(({ index, header: name }, position): ProposedColumn => {
    const chosen = byColumn.get(position);
    if (chosen) return { index, header: name, field: chosen.field, confidence: chosen.confidence, why: chosen.why };
    const rival = all.find((candidate) => candidate.column === position);
    const why = rival
      ? `${TARGET_FIELDS[rival.field].label}已由更合适的列提供，本列作为附加信息保留`
      : '未识别，作为附加信息保留';
    return { index, header: name, field: null, confidence: 0, why };
  });
  return { columns, missing: missingFields(columns) };
}

/** Labels of what every order needs and the mapping does not give. `receivedAt` may come from a default instead. */
export function missingFields(mapping: readonly ColumnMapping[]): string[] {
  const mapped = new Set(mapping.map((column) => column.field));
  const missing = FIELD_KEYS.filter((key) => TARGET_FIELDS[key].required === 'yes' && !mapped.has(key)).map(
    (key) => TARGET_FIELDS[key].label,
  );
  const alternatives = FIELD_KEYS.filter((key) => TARGET_FIELDS[key].required === 'one_of');
  if (!alternatives.some((key) => mapped.has(key))) {
    missing.push(alternatives.map((key) => TARGET_FIELDS[key].label).join('或'));
  }
  return missing;
}
