import type { Kind, Urgency } from '../complaint/vocabulary.ts';
import { type Cell, cellText } from './cell.ts';
import { DATE_MESSAGES, type DateOptions, parseDateTime } from './dates.ts';
import { type FieldKey, TARGET_FIELDS } from './fields.ts';
import type { ColumnMapping } from './mapping.ts';
import { normalisePhone } from './phone.ts';
import { cleanBlock, cleanLine, clip, toHalfWidth } from './text.ts';

export const TITLE_LIMIT = 200;
export const CONTENT_LIMIT = 20_000;
const LINE_LIMIT = 500;
const ID_LIMIT = 100;
const EXTRA_LIMIT = 2_000;

/** One order as a spreadsheet row gives it. Instants are epoch milliseconds; an empty cell is null. */
export interface IntakeRow {
  readonly externalNo: string | null;
  readonly receivedAt: number;
  /** Never empty: the content's first sentence when the sheet has no title. */
  readonly title: string;
  /** Never empty: the title when the sheet has no content. */
  readonly content: string;
  readonly address: string | null;
  readonly district: string | null;
  readonly town: string | null;
  /** First to fourth level, without gaps at the end; empty when unclassified. */
  readonly categories: readonly string[];
  readonly kind: Kind;
  readonly urgency: Urgency;
  readonly complainantName: string | null;
  readonly complainantPhone: string | null;
  readonly anonymous: boolean | null;
  readonly callbackRequired: boolean | null;
  readonly sourceChannel: string | null;
  readonly customerType: string | null;
  readonly primaryUnit: string | null;
  readonly processingNote: string | null;
  readonly dueAt: number | null;
  readonly messageUser: string | null;
  readonly replyText: string | null;
  readonly replyAt: number | null;
  /** Unmapped columns that say something, by column name. */
  readonly extras: Readonly<Record<string, string>>;
}

export interface RowIssue {
  readonly field: FieldKey;
  readonly label: string;
  readonly code: string;
  /** Chinese, for the returned spreadsheet. */
  readonly message: string;
  /** What the cell said, at most 100 characters. */
  readonly value: string;
}

export interface RowOptions extends DateOptions {
  /** Used when the row gives no receiving time, epoch ms; without it such a row is rejected. */
  readonly defaultReceivedAt?: number;
}

export type RowResult =
  | { readonly ok: true; readonly value: IntakeRow; readonly warnings: readonly RowIssue[] }
  | { readonly ok: false; readonly reasons: readonly RowIssue[] };

const issue = (field: FieldKey, code: string, message: string, value = ''): RowIssue => ({
  field,
  label: TARGET_FIELDS[field].label,
  code,
  message,
  value: clip(value, 100),
});

/** Cells that mean "nothing" in exports. */
const NOTHING = new Set([
  '',
  '-',
  '--',
  '—',
  '/',
  '\\',
  '无',
  '空',
  'null',
  'NULL',
  'None',
  'N/A',
  'n/a',
  '#N/A',
  'NaN',
  'undefined',
  '(null)',
]);

const EXPONENT = /^[+-]?\d(?:\.\d+)?[eE]\+?\d+$/;
const LOST_DIGITS = '编号超过15位且按数值保存，末位已失真，请将该列设为文本后重新导出';

/** An identifier as exact text, or why it cannot be trusted. */
function readId(cell: Cell): { text: string } | { code: string; message: string } {
  if (typeof cell === 'number') {
    // Excel keeps 15 significant digits of a number: longer ones end in made-up zeros.
    if (!Number.isInteger(cell)) return { text: String(cell) };
    if (Math.abs(cell) >= 1e15) return { code: 'id_digits_lost', message: LOST_DIGITS };
    return { text: String(cell) };
  }
  let text = cleanLine(toHalfWidth(cellText(cell)));
  if (text.startsWith("'") || text.startsWith('`')) text = text.slice(1).trim();
  if (EXPONENT.test(text)) {
    return { code: 'id_scientific', message: '编号是科学计数法，末位已丢失，请将该列设为文本后重新导出' };
  }
  // "360114.0" is what a number becomes on its way through a data-frame program.
  if (/^\d+\.0+$/.test(text)) text = text.slice(0, text.indexOf('.'));
  if (text.length > ID_LIMIT) return { code: 'too_long', message: `编号超过${ID_LIMIT}个字符` };
  return { text };
}

const YES = new Set(['是', '匿名', '需要', '要', '有', '保密', '1', 'y', 'yes', 'true', 't', '√', '✓']);
const NO = new Set([
  '否',
  '不匿名',
  '实名',
  '不需要',
  '不要',
  '不',
  '不保密',
  '公开',
  '0',
  'n',
  'no',
  'false',
  'f',
  '×',
]);

function readUrgency(text: string): Urgency | null {
  if (/^(?:特急|特别紧急|紧急|非常紧急|重大紧急|critical|emergency|high)/i.test(text)) return 'critical';
  if (/^(?:次紧急|较急|较紧急|加急|急|urgent|medium)/i.test(text)) return 'urgent';
  if (/^(?:一般|普通|正常|平急|不紧急|非紧急|常规|normal|low)/i.test(text)) return 'normal';
  return null;
}

const SENTENCE_END = /[。！？!?；;\n]/;
const OPENING =
  /^(?:(?:尊敬的)?[^，。！：:,\s]{0,12}(?:您好|你好)[！!，,。：:\s]*|市民来电(?:反映|咨询|表示|投诉|求助)?[：:，,]?\s*|来电人?(?:反映|咨询|表示)[：:，,]?\s*)+/;
const DERIVED_TITLE = 60;

/** The content's first sentence that says something, without the greeting, at most 60 characters. */
export function deriveTitle(content: string): string {
  const head = content.slice(0, 400);
  const body = head.replace(OPENING, '').trim() || head;
  for (const part of body.split(SENTENCE_END)) {
    const sentence = cleanLine(part).replace(/^[，,、：:\s]+/, '');
    if (sentence.length >= 4) return clip(sentence, DERIVED_TITLE);
  }
  return clip(cleanLine(body), DERIVED_TITLE);
}

/**
 * Reads one row. It is either an order or rejected with every reason at once; nothing is dropped without a word.
 * Text longer than its limit in a minor field is cut with a warning; title and content over the limit reject.
 */
export function parseRow(
  cells: readonly Cell[],
  mapping: readonly ColumnMapping[],
  options: RowOptions = {},
): RowResult {
  const reasons: RowIssue[] = [];
  const warnings: RowIssue[] = [];
  const extras: Record<string, string> = {};
  const text: Partial<Record<FieldKey, string>> = {};
  const instants: Partial<Record<FieldKey, number>> = {};
  const flags: Partial<Record<FieldKey, boolean>> = {};
  let kind: Kind = 'ordinary';
  let urgency: Urgency = 'normal';

  for (const { index, header, field } of mapping) {
    const cell = cells[index];
    if (cell === null || cell === undefined || cell === '') continue;
    if (field === null) {
      const extra = cleanBlock(cellText(cell));
      if (extra !== '') extras[header] = clip(extra, EXTRA_LIMIT);
      continue;
    }
    const { type, label } = TARGET_FIELDS[field];
    if (typeof cell === 'string' && (cell.length <= 9 || cell.trim().length <= 9) && NOTHING.has(cleanLine(cell)))
      continue;
    switch (type) {
      case 'id': {
        const id = readId(cell);
        if ('text' in id) text[field] = id.text;
        else if (field === 'externalNo') reasons.push(issue(field, id.code, id.message, cellText(cell)));
        else warnings.push(issue(field, id.code, id.message.replace(/^编号/, label), cellText(cell)));
        break;
      }
      case 'instant': {
        const date = parseDateTime(typeof cell === 'string' ? cleanLine(cell) : cell, options);
        if (date.ok) instants[field] = date.ms;
        else {
          const found = issue(field, date.code, `${label}：${DATE_MESSAGES[date.code]}`, cellText(cell));
          if (field === 'receivedAt') reasons.push(found);
          else warnings.push(found);
        }
        break;
      }
      case 'phone': {
        const phone = normalisePhone(cellText(cell));
        text[field] = clip(phone.text, ID_LIMIT);
        if (!phone.regular) {
          warnings.push(issue(field, 'phone_irregular', `${label}不是常见的电话号码，已按原样保留`, phone.text));
        }
        break;
      }
      case 'flag': {
        const word = cleanLine(cellText(cell)).toLowerCase();
        if (YES.has(word)) flags[field] = true;
        else if (NO.has(word)) flags[field] = false;
        else warnings.push(issue(field, 'flag_unrecognised', `${label}应为“是”或“否”，未采用`, word));
        break;
      }
      case 'kind': {
        const word = cleanLine(cellText(cell));
        text[field] = word;
        if (/^(?:咨询|enquiry|inquiry)/i.test(word)) kind = 'enquiry';
        break;
      }
      case 'urgency': {
        const word = cleanLine(cellText(cell));
        const read = readUrgency(word);
        if (read) urgency = read;
        else warnings.push(issue(field, 'urgency_unrecognised', `${label}未识别，按“一般”处理`, word));
        break;
      }
      case 'block': {
        const block = cleanBlock(cellText(cell));
        if (block.length <= CONTENT_LIMIT) text[field] = block;
        else if (field === 'content') {
          reasons.push(issue(field, 'too_long', `内容超过${CONTENT_LIMIT}字，请核对是否串行`, block));
        } else {
          text[field] = clip(block, CONTENT_LIMIT);
          warnings.push(issue(field, 'cut', `${label}超过${CONTENT_LIMIT}字，超出部分未采用`, block));
        }
        break;
      }
      case 'line': {
        const line = cleanLine(cellText(cell));
        const limit = field === 'title' ? TITLE_LIMIT : LINE_LIMIT;
        if (line.length <= limit) text[field] = line;
        else if (field === 'title') reasons.push(issue(field, 'too_long', `标题超过${TITLE_LIMIT}字`, line));
        else {
          text[field] = clip(line, limit);
          warnings.push(issue(field, 'cut', `${label}超过${limit}字，超出部分未采用`, line));
        }
        break;
      }
    }
  }

  const has = (field: FieldKey): boolean => reasons.some((reason) => reason.field === field);
  const receivedAt = instants.receivedAt ?? options.defaultReceivedAt;
  if (receivedAt === undefined && !has('receivedAt')) {
    reasons.push(issue('receivedAt', 'missing', '缺少受理时间'));
  }
  const content = text.content || text.title;
  if (!content && !has('content') && !has('title')) {
    reasons.push(issue('content', 'missing', '标题和内容都是空的'));
  }
  if (reasons.length > 0 || receivedAt === undefined || !content) return { ok: false, reasons };

  if (instants.dueAt !== undefined && instants.dueAt < receivedAt) {
    warnings.push(issue('dueAt', 'before_received', '办理期限早于受理时间，请核对'));
  }
  const categories = [text.category1 ?? '', text.category2 ?? '', text.category3 ?? '', text.category4 ?? ''];
  while (categories.at(-1) === '') categories.pop();
  // The exporter's own word for the kind is finer than ours; keep it.
  if (text.kind) extras[TARGET_FIELDS.kind.label] = text.kind;

  const value: IntakeRow = {
    externalNo: text.externalNo || null,
    receivedAt,
    title: text.title || deriveTitle(content),
    content,
    address: text.address || null,
    district: text.district || null,
    town: text.town || null,
    categories,
    kind,
    urgency,
    complainantName: text.complainantName || null,
    complainantPhone: text.complainantPhone || null,
    anonymous: flags.anonymous ?? null,
    callbackRequired: flags.callbackRequired ?? null,
    sourceChannel: text.sourceChannel || null,
    customerType: text.customerType || null,
    primaryUnit: text.primaryUnit || null,
    processingNote: text.processingNote || null,
    dueAt: instants.dueAt ?? null,
    messageUser: text.messageUser || null,
    replyText: text.replyText || null,
    replyAt: instants.replyAt ?? null,
    extras,
  };
  return { ok: true, value, warnings };
}

/**
 * Canonical text of what makes a row the same order when it carries no number: receiving time, title, content, address
 * and who asked. Handling notes, replies and deadlines change from export to export and stay out. Hash it for a key.
 */
export function rowFingerprint(row: IntakeRow): string {
  const loose = (text: string | null): string => (text ?? '').normalize('NFKC').replace(/\s+/g, '').toLowerCase();
  return JSON.stringify([
    row.receivedAt,
    loose(row.title),
    loose(row.content),
    loose(row.address),
    loose(row.complainantName),
    row.complainantPhone ?? '',
    loose(row.messageUser),
  ]);
}
