import { serverNow } from '../api/server-time.ts';

/** Dates and numbers as a civil servant writes them, always in the bureau's own time zone, which has had no summer time since 1991. */
const ZONE_MS = 8 * 3_600_000;

function split(instant: string | number | Date) {
  const at = new Date(new Date(instant).getTime() + ZONE_MS);
  const two = (value: number) => String(value).padStart(2, '0');
  return {
    year: String(at.getUTCFullYear()),
    month: String(at.getUTCMonth() + 1),
    day: String(at.getUTCDate()),
    hour: two(at.getUTCHours()),
    minute: two(at.getUTCMinutes()),
    second: two(at.getUTCSeconds()),
  };
}

/** `6月5日 09:30`; with the year when it is not this one. */
export function dateTime(instant: string | null | undefined, now = serverNow()): string {
  if (!instant) return '—';
  const at = split(instant);
  const year = at.year === split(now).year ? '' : `${at.year}年`;
  return `${year}${at.month}月${at.day}日 ${at.hour}:${at.minute}`;
}

/** `2023年6月5日 09:30:12`, for what must be exact. */
export function exactTime(instant: string): string {
  const at = split(instant);
  return `${at.year}年${at.month}月${at.day}日 ${at.hour}:${at.minute}:${at.second}`;
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

/** `12,345`. By hand: the first `Intl.NumberFormat` of a page costs a slow machine 80 ms. */
export const count = (value: number): string => String(value).replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ',');

/** `87.3%` of a fraction. */
export const percent = (fraction: number | null | undefined, digits = 1): string =>
  fraction === null || fraction === undefined ? '—' : `${(fraction * 100).toFixed(digits)}%`;

/** `1.2 MB` */
export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
