import { type DayNumber, dateAt, formatDay, parseDay, startOfDay } from '../workday/index.ts';

export const PERIOD_KINDS = { day: '日', week: '周', month: '月', quarter: '季', year: '年' } as const;
export type PeriodKind = keyof typeof PERIOD_KINDS;

/**
 * A span of Shanghai days. `text` names it and is its form in addresses and bulletins:
 * `2023-06-05`, `2023-W23` (ISO week, Monday to Sunday), `2023-06`, `2023-Q2`, `2023`.
 */
export interface Period {
  readonly kind: PeriodKind;
  readonly text: string;
  readonly first: DayNumber;
  /** The day after the last. */
  readonly end: DayNumber;
}

export class PeriodError extends Error {}

const two = (value: number): string => String(value).padStart(2, '0');
const dayOf = (year: number, month: number, day = 1): DayNumber =>
  Math.floor(Date.UTC(year, month - 1, day) / 86_400_000);
const yearOf = (day: DayNumber): number => Number(formatDay(day).slice(0, 4));
const monthOf = (day: DayNumber): number => Number(formatDay(day).slice(5, 7));
/** 0 = Monday. Day 0, 1970-01-01, was a Thursday. */
const weekday = (day: DayNumber): number => (((day + 3) % 7) + 7) % 7;
/** The Monday of the week that holds 4 January: ISO 8601's first week. */
const firstMonday = (year: number): DayNumber => dayOf(year, 1, 4) - weekday(dayOf(year, 1, 4));
const weeksIn = (year: number): number => (firstMonday(year + 1) - firstMonday(year)) / 7;

function month(year: number, number: number): Period {
  const first = dayOf(year, number);
  return { kind: 'month', text: `${year}-${two(number)}`, first, end: dayOf(year, number + 1) };
}
function quarter(year: number, number: number): Period {
  return {
    kind: 'quarter',
    text: `${year}-Q${number}`,
    first: dayOf(year, number * 3 - 2),
    end: dayOf(year, number * 3 + 1),
  };
}
function week(year: number, number: number): Period {
  const first = firstMonday(year) + (number - 1) * 7;
  return { kind: 'week', text: `${year}-W${two(number)}`, first, end: first + 7 };
}
function year(number: number): Period {
  return { kind: 'year', text: String(number), first: dayOf(number, 1), end: dayOf(number + 1, 1) };
}
function day(number: DayNumber): Period {
  return { kind: 'day', text: formatDay(number), first: number, end: number + 1 };
}

/** The period of the given kind in which a day falls. */
export function periodOf(kind: PeriodKind, number: DayNumber): Period {
  const y = yearOf(number);
  switch (kind) {
    case 'day':
      return day(number);
    case 'week': {
      // The ISO year is that of the week's Thursday.
      const isoYear = yearOf(number - weekday(number) + 3);
      return week(isoYear, Math.floor((number - firstMonday(isoYear)) / 7) + 1);
    }
    case 'month':
      return month(y, monthOf(number));
    case 'quarter':
      return quarter(y, Math.ceil(monthOf(number) / 3));
    case 'year':
      return year(y);
  }
}

/** @throws PeriodError when the text names no period */
export function parsePeriod(text: string): Period {
  const parts = /^(\d{4})(?:-(?:W(\d{2})|Q([1-4])|(\d{2})(?:-(\d{2}))?))?$/.exec(text);
  if (!parts || Number(parts[1]) < 1971) throw unreadable(text);
  const y = Number(parts[1]);
  if (parts[2]) {
    const number = Number(parts[2]);
    if (number < 1 || number > weeksIn(y)) throw unreadable(text);
    return week(y, number);
  }
  if (parts[3]) return quarter(y, Number(parts[3]));
  if (parts[5]) {
    try {
      return day(parseDay(text));
    } catch {
      throw unreadable(text);
    }
  }
  if (parts[4]) {
    const number = Number(parts[4]);
    if (number < 1 || number > 12) throw unreadable(text);
    return month(y, number);
  }
  return year(y);
}

function unreadable(text: string): PeriodError {
  return new PeriodError(`时段“${text}”无效，应写成 2023-06-05、2023-W23、2023-06、2023-Q2 或 2023`);
}

export function previousPeriod(period: Period): Period {
  return periodOf(period.kind, period.first - 1);
}
export function nextPeriod(period: Period): Period {
  return periodOf(period.kind, period.end);
}

/** Same day, week number, month, quarter a year before. 29 February becomes the 28th, week 53 the last week there was. */
export function samePeriodLastYear(period: Period): Period {
  const before = Number(period.text.slice(0, 4)) - 1;
  switch (period.kind) {
    case 'day': {
      const [, m, d] = period.text.split('-').map(Number) as [number, number, number];
      const lastOfMonth = dayOf(before, m + 1) - 1;
      return day(Math.min(dayOf(before, m, d), lastOfMonth));
    }
    case 'week':
      return week(before, Math.min(Number(period.text.slice(6)), weeksIn(before)));
    default:
      return parsePeriod(`${before}${period.text.slice(4)}`);
  }
}

/** Instants (epoch ms) at which the period begins and ends. */
export function periodInstants(period: Period): { from: number; to: number } {
  return { from: startOfDay(period.first), to: startOfDay(period.end) };
}

/** `2023年6月`, `2023年第23周（6月5日至6月11日）`, … */
export function periodLabel(period: Period): string {
  const [y, rest] = [period.text.slice(0, 4), period.text.slice(5)];
  switch (period.kind) {
    case 'day':
      return `${y}年${shortDay(period.first)}`;
    case 'week':
      return `${y}年第${Number(rest.slice(1))}周（${shortDay(period.first)}至${shortDay(period.end - 1)}）`;
    case 'month':
      return `${y}年${Number(rest)}月`;
    case 'quarter':
      return `${y}年第${'一二三四'[Number(rest.slice(1)) - 1]}季度`;
    case 'year':
      return `${y}年`;
  }
}

function shortDay(number: DayNumber): string {
  const [, m, d] = formatDay(number).split('-').map(Number);
  return `${m}月${d}日`;
}

/** The last period of the kind that had ended at an instant. */
export function lastCompletePeriod(kind: PeriodKind, now: number): Period {
  return previousPeriod(periodOf(kind, parseDay(dateAt(now))));
}

/** `count` consecutive periods, oldest first, the last being `last`. */
export function periodsUpTo(last: Period, count: number): Period[] {
  const periods = [last];
  while (periods.length < count) periods.unshift(previousPeriod(periods[0]!));
  return periods;
}
