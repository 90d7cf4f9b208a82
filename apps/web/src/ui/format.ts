import { serverNow } from '../api/server-time.ts';

/** Dates and numbers as a civil servant writes them, always in the bureau's own time zone. */
const ZONE = 'Asia/Shanghai';
const parts = new Intl.DateTimeFormat('zh-CN', {
  timeZone: ZONE,
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

function split(instant: string | number | Date) {
  const found = Object.fromEntries(parts.formatToParts(new Date(instant)).map((part) => [part.type, part.value]));
  return found as Record<'year' | 'month' | 'day' | 'hour' | 'minute', string>;
}

/** `6月5日 09:30`; with the year when it is not this one. */
export function dateTime(instant: string | null | undefined, now = serverNow()): string {
  if (!instant) return '—';
  const at = split(instant);
  const year = at.year === split(now).year ? '' : `${at.year}年`;
  return `${year}${at.month}月${at.day}日 ${at.hour}:${at.minute}`;
}

const seconds = new Intl.DateTimeFormat('zh-CN', { timeZone: ZONE, second: '2-digit' });

/** `2023年6月5日 09:30:12`, for what must be exact. */
export function exactTime(instant: string): string {
  const at = split(instant);
  const second = seconds.format(new Date(instant)).replace(/\D/g, '').padStart(2, '0');
  return `${at.year}年${at.month}月${at.day}日 ${at.hour}:${at.minute}:${second}`;
}

/** `2023-06-05`, the bureau's calendar day of an instant. */
export function dayOf(instant: string | number | Date): string {
  const at = split(instant);
  return `${at.year}-${at.month.padStart(2, '0')}-${at.day.padStart(2, '0')}`;
}

/** `2023年6月5日` of an instant or calendar day. */
export function longDate(instant: string | null | undefined): string {
  if (!instant) return '—';
  const at = split(instant);
  return `${at.year}年${at.month}月${at.day}日`;
}

const plain = new Intl.NumberFormat('zh-CN');
export const count = (value: number): string => plain.format(value);

/** `87.3%` of a fraction. */
export const percent = (fraction: number | null | undefined, digits = 1): string =>
  fraction === null || fraction === undefined ? '—' : `${(fraction * 100).toFixed(digits)}%`;

/** `1.2 MB` */
export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
