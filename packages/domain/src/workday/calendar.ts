import { DAY_MS, type DayNumber, dayNumberAt, formatDay, MINUTE_MS, parseDay, startOfDay } from './day.ts';

/** `holiday` is a day off; `makeup` (调休上班) and `workday` (a district's own decision) are worked. */
export type DayKind = 'holiday' | 'makeup' | 'workday';

/** Start and end in minutes after midnight, the end not included: 09:00–11:30 is [540, 690]. */
export type Shift = readonly [startMinute: number, endMinute: number];

export interface CalendarData {
  /** 'YYYY-MM-DD' → kind, for the days that differ from Monday–Friday; a later entry for the same day wins. */
  days: Iterable<readonly [day: string, kind: DayKind]>;
  /** In order, not overlapping. Default: 09:00–11:30 and 13:30–17:00. */
  shifts?: readonly Shift[];
  /** The years whose holidays the State Council has announced. */
  announcedYears: Iterable<number>;
}

export const DEFAULT_SHIFTS: readonly Shift[] = [
  [9 * 60, 11 * 60 + 30],
  [13 * 60 + 30, 17 * 60],
];

/** After the last daylight saving time in Shanghai (1991), so that +08:00 is always right. */
const FIRST_DAY = parseDay('1992-01-01');
const LAST_DAY = parseDay('2099-12-31');

/**
 * The last days of December belong to next year's announcement (2018-12-29 was worked, 2022-12-31 was a day off),
 * so a day is only certain once the year it reaches a week later has been announced.
 */
const NEXT_YEAR_REACHES_BACK_DAYS = 7;

/**
 * Working time of a bureau in Asia/Shanghai, from 1992 to 2099. Immutable. Instants are epoch milliseconds, amounts are
 * minutes (fractions allowed, exact to the millisecond).
 *
 * Every instant has a *position*: the working milliseconds since the calendar's first day. Positions make all other
 * questions additions; they are O(1) because the working days before each day are counted once, at construction.
 *
 * Instants outside the calendar's years throw RangeError.
 */
export class WorkCalendar {
  readonly workingMinutesPerDay: number;
  readonly #shiftsMs: readonly Shift[];
  readonly #dayMs: number;
  readonly #isWorkday: Uint8Array;
  /** [i] = working days before FIRST_DAY + i. */
  readonly #workdaysBefore: Int32Array;
  /** [k] = offset of the k-th working day. */
  readonly #workdays: Int32Array;
  /** [i] = days before FIRST_DAY + i whose holidays are not announced. */
  readonly #assumedBefore: Int32Array;

  /** @throws RangeError when a day does not exist or lies outside the calendar, or the shifts are not in order */
  constructor({ days, shifts = DEFAULT_SHIFTS, announcedYears }: CalendarData) {
    checkShifts(shifts);
    this.#shiftsMs = shifts.map(([start, end]) => [start * MINUTE_MS, end * MINUTE_MS]);
    this.workingMinutesPerDay = shifts.reduce((sum, [start, end]) => sum + end - start, 0);
    this.#dayMs = this.workingMinutesPerDay * MINUTE_MS;

    const length = LAST_DAY - FIRST_DAY + 1;
    this.#isWorkday = new Uint8Array(length);
    // 1970-01-01 was a Thursday.
    for (let i = 0; i < length; i++) this.#isWorkday[i] = (FIRST_DAY + i + 3) % 7 < 5 ? 1 : 0;
    for (const [text, kind] of days) this.#isWorkday[offsetOf(parseDay(text))] = kind === 'holiday' ? 0 : 1;

    const announced = new Uint8Array(length);
    for (const year of announcedYears) {
      const from = Date.UTC(year, 0, 1) / DAY_MS - NEXT_YEAR_REACHES_BACK_DAYS - FIRST_DAY;
      const to = Date.UTC(year + 1, 0, 1) / DAY_MS - NEXT_YEAR_REACHES_BACK_DAYS - FIRST_DAY;
      announced.fill(1, Math.max(0, from), Math.max(0, to));
    }

    this.#workdaysBefore = new Int32Array(length + 1);
    this.#assumedBefore = new Int32Array(length + 1);
    const workdays = new Int32Array(length);
    let count = 0;
    for (let i = 0; i < length; i++) {
      if (this.#isWorkday[i]) workdays[count++] = i;
      this.#workdaysBefore[i + 1] = count;
      this.#assumedBefore[i + 1] = this.#assumedBefore[i]! + 1 - announced[i]!;
    }
    this.#workdays = workdays.slice(0, count);
  }

  /** @param day 'YYYY-MM-DD' */
  isWorkday(day: string): boolean {
    return this.#isWorkday[offsetOf(parseDay(day))] === 1;
  }

  /** Whether an instant lies inside a shift of a working day. */
  isWorkingTime(instant: number): boolean {
    const day = dayNumberAt(instant);
    const time = instant - startOfDay(day);
    return this.#isWorkday[offsetOf(day)] === 1 && this.#shiftsMs.some(([start, end]) => time >= start && time < end);
  }

  /** Whether any day from the one instant to the other falls in a year whose holidays are not announced yet. */
  isAssumed(from: number, to: number): boolean {
    return this.#assumedBefore[offsetOf(dayNumberAt(to)) + 1]! > this.#assumedBefore[offsetOf(dayNumberAt(from))]!;
  }

  /** Working milliseconds from the calendar's first day to the instant. */
  positionOf(instant: number): number {
    const day = dayNumberAt(instant);
    const offset = offsetOf(day);
    const before = this.#workdaysBefore[offset]! * this.#dayMs;
    if (this.#isWorkday[offset] === 0) return before;
    const time = instant - startOfDay(day);
    let worked = 0;
    for (const [start, end] of this.#shiftsMs) {
      if (time <= start) break;
      worked += Math.min(time, end) - start;
    }
    return before + worked;
  }

  /** The earliest instant with that position: the end of a shift or a day, never the start of the next one. */
  instantAt(position: number): number {
    const k = Math.ceil(position / this.#dayMs) - 1;
    const offset = this.#workdays[k];
    if (offset === undefined) throw outsideCalendar();
    let rest = position - k * this.#dayMs;
    const midnight = startOfDay(FIRST_DAY + offset);
    for (const [start, end] of this.#shiftsMs) {
      if (rest <= end - start) return midnight + start + rest;
      rest -= end - start;
    }
    throw outsideCalendar();
  }

  /** Negative when `to` is before `from`. */
  workingMinutesBetween(from: number, to: number): number {
    return (this.positionOf(to) - this.positionOf(from)) / MINUTE_MS;
  }

  /**
   * The earliest instant at which so many working minutes have passed; `from` itself for 0.
   * @throws RangeError when minutes is negative or not a number
   */
  addWorkingMinutes(from: number, minutes: number): number {
    if (!(minutes >= 0)) throw new RangeError('工作分钟数不能为负');
    const ms = Math.round(minutes * MINUTE_MS);
    return ms === 0 ? from : this.instantAt(this.positionOf(from) + ms);
  }

  /**
   * The due instant of n working days: the end of the last shift on the n-th working day after the day of receipt.
   *
   * 民法典第二百零一条: the day it begins is not counted, counting starts the next day; 第二百零三条: a period that would end
   * on a day off ends on the day after it, and at the hour when business stops. What arrives on a day off or once
   * business has stopped counts as received on the next working day: the law leaves that open for periods in working
   * days, and this is the reading in favour of the unit that handles it. 0 days: the end of the day of receipt.
   * @throws RangeError when n is negative or not whole
   */
  addWorkdays(from: number, n: number): number {
    if (!Number.isSafeInteger(n) || n < 0) throw new RangeError('工作日数应为非负整数');
    const day = dayNumberAt(from);
    const offset = offsetOf(day);
    const closing = this.#shiftsMs[this.#shiftsMs.length - 1]![1];
    const afterClosing = this.#isWorkday[offset] === 1 && from - startOfDay(day) >= closing;
    const receipt = this.#workdaysBefore[offset]! + (afterClosing ? 1 : 0);
    const due = this.#workdays[receipt + n];
    if (due === undefined) throw outsideCalendar();
    return startOfDay(FIRST_DAY + due) + closing;
  }
}

function offsetOf(day: DayNumber): number {
  const offset = day - FIRST_DAY;
  if (!(offset >= 0 && day <= LAST_DAY)) throw outsideCalendar();
  return offset;
}

function outsideCalendar(): RangeError {
  return new RangeError(`时间超出工作日历范围（${formatDay(FIRST_DAY)} 至 ${formatDay(LAST_DAY)}）`);
}

function checkShifts(shifts: readonly Shift[]): void {
  let previousEnd = 0;
  for (const [start, end] of shifts) {
    const whole = Number.isInteger(start) && Number.isInteger(end);
    if (!whole || start < previousEnd || end <= start || end > 24 * 60) {
      throw new RangeError('上班时段应按先后排列、互不重叠，且在 0:00 至 24:00 之间');
    }
    previousEnd = end;
  }
  if (shifts.length === 0) throw new RangeError('至少应有一个上班时段');
}
