import type { Cell } from './cell.ts';
import { toHalfWidth } from './text.ts';

/** Order of day and month when the year stands last, or of a two-digit year; without it such a date is ambiguous. */
export type DateOrder = 'ymd' | 'dmy' | 'mdy';

export interface DateOptions {
  readonly dateOrder?: DateOrder;
  /** The workbook counts days from 1904 (matters only for plain numbers; date cells are already normalised). */
  readonly date1904?: boolean;
}

export type DateCode =
  | 'date_unrecognised'
  | 'date_impossible'
  | 'date_ambiguous'
  | 'date_out_of_range'
  | 'date_no_year';

export const DATE_MESSAGES: Readonly<Record<DateCode, string>> = {
  date_unrecognised: '不是可识别的日期时间',
  date_impossible: '日期不存在，请核对年月日和时分秒',
  date_ambiguous: '日期有两种读法（月、日或年的位置不明），请改为“2023-06-01 09:05:00”的写法，或在导入时选择日期顺序',
  date_out_of_range: '日期不在1990年至2099年之间',
  date_no_year: '日期缺少年份',
};

/** `ms`: epoch milliseconds; `dateOnly`: no time of day was given, midnight is assumed. */
export type DateResult =
  | { readonly ok: true; readonly ms: number; readonly dateOnly: boolean }
  | { readonly ok: false; readonly code: DateCode };

const MINUTE = 60_000;
/** Business time is Asia/Shanghai: a fixed +08:00. */
const OFFSET_MINUTES = 480;
const MIN_YEAR = 1990;
const MAX_YEAR = 2099;

const fail = (code: DateCode): DateResult => ({ ok: false, code });

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function build(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  dateOnly: boolean,
  offset = OFFSET_MINUTES,
): DateResult {
  if (month < 1 || month > 12 || day < 1 || day > MONTH_DAYS[month - 1]!) return fail('date_impossible');
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  if (month === 2 && day === 29 && !leap) return fail('date_impossible');
  const midnightAfter = hour === 24 && minute === 0 && second === 0;
  if ((hour > 23 && !midnightAfter) || minute > 59 || second > 59) return fail('date_impossible');
  if (year < MIN_YEAR || year > MAX_YEAR) return fail('date_out_of_range');
  return { ok: true, ms: Date.UTC(year, month - 1, day, hour, minute, second) - offset * MINUTE, dateOnly };
}

function fromSerial(serial: number): DateResult {
  // Below 61 Excel's invented 29 February 1900 would shift the day; such dates are out of range anyway.
  if (!(serial >= 61 && serial < 110_000)) return fail('date_out_of_range');
  const seconds = Math.round((serial - 25_569) * 86_400);
  const ms = seconds * 1000 - OFFSET_MINUTES * MINUTE;
  const year = new Date(seconds * 1000).getUTCFullYear();
  if (year < MIN_YEAR || year > MAX_YEAR) return fail('date_out_of_range');
  return { ok: true, ms, dateOnly: seconds % 86_400 === 0 };
}

function fromEpoch(ms: number): DateResult {
  const year = new Date(ms).getUTCFullYear();
  return year < MIN_YEAR || year > MAX_YEAR ? fail('date_out_of_range') : { ok: true, ms, dateOnly: false };
}

const int = (digits: string, from: number, length: number): number => Number(digits.slice(from, from + length));

function fromDigits(digits: string): DateResult {
  const year = int(digits, 0, 4);
  const calendar = year >= 1900 && year <= 2100;
  const length = digits.length;
  if (calendar && (length === 8 || length === 10 || length === 12 || length === 14 || length === 17)) {
    return build(
      year,
      int(digits, 4, 2),
      int(digits, 6, 2),
      length > 8 ? int(digits, 8, 2) : 0,
      length > 10 ? int(digits, 10, 2) : 0,
      length > 12 ? int(digits, 12, 2) : 0,
      length === 8,
    );
  }
  if (length === 13) return fromEpoch(Number(digits));
  if (length === 10) return fromEpoch(Number(digits) * 1000);
  return fail('date_unrecognised');
}

function fromNumber(value: number, options: DateOptions): DateResult {
  if (value >= 10_000_000 && Number.isInteger(value)) return fromDigits(String(value));
  if (value < 10_000 || value >= 110_000) return fail('date_unrecognised');
  return fromSerial(options.date1904 ? value + 1462 : value);
}

/** What a run of non-digit characters may say between the numbers of a date. */
type HalfDay = 'am' | 'pm' | 'noon' | 'night';
const WORDS: ReadonlyMap<string, HalfDay> = new Map<string, HalfDay>([
  ['上午', 'am'],
  ['早上', 'am'],
  ['早晨', 'am'],
  ['凌晨', 'am'],
  ['am', 'am'],
  ['下午', 'pm'],
  ['傍晚', 'pm'],
  ['pm', 'pm'],
  ['中午', 'noon'],
  ['晚上', 'night'],
  ['晚', 'night'],
]);
const IGNORED_WORD =
  /^(?:(?:星期|周|礼拜)[一二三四五六日天]|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*|cst|gmt|utc|t|北京时间|整|左右|[()（）,，]+)$/;
const WORD =
  /[a-z]+|(?:星期|周|礼拜)[一二三四五六日天]|上午|早上|早晨|凌晨|下午|傍晚|中午|晚上|晚|北京时间|整|[年月日号时点分秒]|[^\s]/g;

function applyHalfDay(hour: number, half: HalfDay): number | null {
  if (hour > 12) return half === 'am' ? null : hour;
  if (half === 'am') return hour === 12 ? 0 : hour;
  if (half === 'pm') return hour === 12 ? 12 : hour + 12;
  if (half === 'noon') return hour >= 1 && hour <= 3 ? hour + 12 : hour;
  // 晚上12点 is the midnight that ends the day; 晚上7点 is 19:00.
  return hour === 12 ? 24 : hour + 12;
}

interface Scan {
  readonly numbers: number[];
  readonly lengths: number[];
  readonly gaps: string[];
}

/** Splits into digit runs and what stands between them: `gaps[i]` precedes number i, the last gap follows the last number. */
function scan(text: string): Scan {
  const numbers: number[] = [];
  const lengths: number[] = [];
  const gaps: string[] = [];
  let start = 0;
  let i = 0;
  while (i < text.length) {
    let code = text.charCodeAt(i);
    if (code < 48 || code > 57) {
      i++;
      continue;
    }
    gaps.push(text.slice(start, i));
    const from = i;
    let value = 0;
    while (code >= 48 && code <= 57) {
      value = value * 10 + code - 48;
      i++;
      code = text.charCodeAt(i);
    }
    numbers.push(value);
    lengths.push(i - from);
    start = i;
  }
  gaps.push(text.slice(start));
  return { numbers, lengths, gaps };
}

const ZONE = /(?:z|(?:gmt|utc)?([+-])(\d{1,2}):?(\d{2})?)$/;

function fromText(raw: string, options: DateOptions): DateResult {
  let text = raw.trim().toLowerCase();
  if (text.length < 4 || text.length > 60) return fail('date_unrecognised');
  let zone: number | undefined;
  // A zone can only follow a time, so the hyphens of a plain date are never taken for one.
  if (text.includes(':')) {
    const match = ZONE.exec(text);
    if (match && (match[0] === 'z' || text.lastIndexOf(':', match.index) > 0)) {
      zone = match[1] === undefined ? 0 : (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3] ?? 0));
      text = text.slice(0, match.index);
    }
  }
  const { numbers, lengths, gaps } = scan(text);
  if (numbers.length === 0) return fail('date_unrecognised');

  let half: HalfDay | undefined;
  let monthName = 0;
  let monthNameAt = -1;
  for (const [at, gap] of gaps.entries()) {
    if (gap === '' || gap === '-' || gap === '/' || gap === ':' || gap === ' ' || gap === '.' || gap === 't') continue;
    for (const word of gap.match(WORD) ?? []) {
      const meaning = WORDS.get(word);
      if (meaning !== undefined) half = meaning;
      else if (/^[年月日号时点分秒/:.'-]$/.test(word) || IGNORED_WORD.test(word)) continue;
      else {
        const month = word.length >= 3 ? MONTHS.indexOf(word.slice(0, 3)) : -1;
        if (month < 0 || monthName !== 0 || !/^[a-z]+$/.test(word)) return fail('date_unrecognised');
        monthName = month + 1;
        monthNameAt = at;
      }
    }
  }

  if (numbers.length === 1) {
    const bare = gaps[0] === '' && gaps[1] === '' ? text : '';
    return bare ? fromDigits(bare) : fail('date_unrecognised');
  }
  // 20230601 09:05:00, or 45078.5 written as text.
  if (lengths[0] === 8) {
    const ymd = String(numbers[0]);
    numbers.splice(0, 1, int(ymd, 0, 4), int(ymd, 4, 2), int(ymd, 6, 2));
    lengths.splice(0, 1, 4, 2, 2);
    gaps.splice(1, 0, '-', '-');
  } else if (numbers.length === 2 && gaps[1] === '.' && lengths[0] === 5) {
    return fromNumber(Number(text), options);
  }
  if (monthName > 0) {
    // Java's "Thu Jun 01 09:05:00 CST 2023" puts the year last.
    if (lengths.at(-1) === 4 && numbers.length >= 4 && lengths[0]! <= 2) {
      numbers.splice(1, 0, numbers.pop()!);
      lengths.splice(1, 0, lengths.pop()!);
    }
    if (lengths[0] === 4) numbers.splice(1, 0, monthName);
    else if (lengths[1] === 4 && monthNameAt <= 1) numbers.splice(0, 2, numbers[1]!, monthName, numbers[0]!);
    else return fail('date_ambiguous');
    lengths.splice(0, 2, 4, 2, 2);
  }
  if (numbers.length > 7) return fail('date_unrecognised');
  if (numbers.length === 2) return fail(lengths[0] === 4 ? 'date_unrecognised' : 'date_no_year');

  let [year, month, day] = numbers as [number, number, number];
  const { dateOrder } = options;
  if (lengths[0] === 4) {
    if (lengths[1]! > 2 || lengths[2]! > 2) return fail('date_unrecognised');
  } else if (lengths[2] === 4) {
    const [a, b] = [year, month];
    year = day;
    if (dateOrder === 'dmy') [day, month] = [a, b];
    else if (dateOrder === 'mdy') [month, day] = [a, b];
    else if (a > 12 && b <= 12) [day, month] = [a, b];
    else if (b > 12 && a <= 12) [month, day] = [a, b];
    else if (a === b) [month, day] = [a, b];
    else if (a > 12) return fail('date_impossible');
    else return fail('date_ambiguous');
  } else if (gaps[1]?.includes('月') && gaps[2]?.match(/[日号]/)) {
    return fail('date_no_year');
  } else if (lengths[0] === 2 && gaps[1]?.includes('年')) {
    year += 2000;
  } else if (lengths[0]! <= 2 && lengths[1]! <= 2 && lengths[2]! <= 2) {
    if (dateOrder === 'ymd') year += 2000;
    else if (dateOrder === 'dmy') [day, year] = [year, day + 2000];
    else if (dateOrder === 'mdy') [month, day, year] = [year, month, day + 2000];
    else return fail('date_ambiguous');
  } else {
    return fail('date_unrecognised');
  }

  const dateOnly = numbers.length === 3;
  let hour = numbers[3] ?? 0;
  if (half !== undefined && !dateOnly) {
    const adjusted = applyHalfDay(hour, half);
    if (adjusted === null) return fail('date_impossible');
    hour = adjusted;
  }
  return build(year, month, day, hour, numbers[4] ?? 0, numbers[5] ?? 0, dateOnly, zone ?? OFFSET_MINUTES);
}

/**
 * An instant out of a cell, whatever its spelling: ISO, slashes, dots, 年月日, digits only, Excel serials, English month
 * names, 上午/下午, Unix time. Times without a zone are +08:00. Sub-second digits are dropped.
 */
export function parseDateTime(cell: Cell, options: DateOptions = {}): DateResult {
  if (cell === null || typeof cell === 'boolean') return fail('date_unrecognised');
  if (typeof cell === 'object') return fromSerial(cell.serial);
  if (typeof cell === 'number') return fromNumber(cell, options);
  return fromText(toHalfWidth(cell), options);
}
