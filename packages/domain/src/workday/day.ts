/**
 * Civil days in Asia/Shanghai. The zone has had no daylight saving since 1991, so a day is a fixed 24 hours at +08:00 and
 * no time-zone database is needed. A day is counted as whole days since 1970-01-01 (`DayNumber`).
 */
export type DayNumber = number;

export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;
const OFFSET_MS = 8 * 60 * MINUTE_MS;

/** The Shanghai day in which an instant (epoch ms) falls. */
export function dayNumberAt(instant: number): DayNumber {
  return Math.floor((instant + OFFSET_MS) / DAY_MS);
}

/** The instant (epoch ms) at which a Shanghai day begins. */
export function startOfDay(day: DayNumber): number {
  return day * DAY_MS - OFFSET_MS;
}

/**
 * 'YYYY-MM-DD' → day number.
 * @throws RangeError when the text is not a date that exists
 */
export function parseDay(text: string): DayNumber {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const day = parts ? Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])) / DAY_MS : Number.NaN;
  if (Number.isNaN(day) || formatDay(day) !== text)
    throw new RangeError(`日期“${text}”无效，应为“年-月-日”，如 2023-06-30`);
  return day;
}

/** Day number → 'YYYY-MM-DD'. */
export function formatDay(day: DayNumber): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** The Shanghai date of an instant, 'YYYY-MM-DD'. */
export function dateAt(instant: number): string {
  return formatDay(dayNumberAt(instant));
}
