import { type CalendarData, type DayKind, DEFAULT_SHIFTS } from './calendar.ts';
import { formatDay, parseDay } from './day.ts';

/**
 * The State Council's yearly holiday notices (国务院办公厅关于部分节假日安排的通知), 2020 to 2026, the 2020 one as changed in
 * January 2020 (Spring Festival extended to 2 February). Taken from the npm package chinese-days 1.5.7 (MIT), which
 * cites each notice. The seed of the calendar an administrator keeps; a new year is added there, not here.
 */
const NOTICES: Readonly<Record<number, { holiday: string; makeup: string }>> = {
  2020: {
    holiday: '01-01 01-24..02-02 04-04..04-06 05-01..05-05 06-25..06-27 10-01..10-08',
    makeup: '01-19 04-26 05-09 06-28 09-27 10-10',
  },
  2021: {
    holiday: '01-01..01-03 02-11..02-17 04-03..04-05 05-01..05-05 06-12..06-14 09-19..09-21 10-01..10-07',
    makeup: '02-07 02-20 04-25 05-08 09-18 09-26 10-09',
  },
  2022: {
    holiday: '01-01..01-03 01-31..02-06 04-03..04-05 04-30..05-04 06-03..06-05 09-10..09-12 10-01..10-07 12-31',
    makeup: '01-29 01-30 04-02 04-24 05-07 10-08 10-09',
  },
  2023: {
    holiday: '01-01..01-02 01-21..01-27 04-05 04-29..05-03 06-22..06-24 09-29..10-06',
    makeup: '01-28 01-29 04-23 05-06 06-25 10-07 10-08',
  },
  2024: {
    holiday: '01-01 02-10..02-17 04-04..04-06 05-01..05-05 06-10 09-15..09-17 10-01..10-07',
    makeup: '02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12',
  },
  2025: {
    holiday: '01-01 01-28..02-04 04-04..04-06 05-01..05-05 05-31..06-02 10-01..10-08',
    makeup: '01-26 02-08 04-27 09-28 10-11',
  },
  2026: {
    holiday: '01-01..01-03 02-15..02-23 04-04..04-06 05-01..05-05 06-19..06-21 09-25..09-27 10-01..10-07',
    makeup: '01-04 02-14 02-28 05-09 09-20 10-10',
  },
};

export const ANNOUNCED_YEARS: readonly number[] = Object.keys(NOTICES).map(Number);

function expand(year: number, list: string, kind: DayKind): (readonly [string, DayKind])[] {
  return list.split(' ').flatMap((span) => {
    const [first, last = first] = span.split('..').map((monthDay) => parseDay(`${year}-${monthDay}`));
    const days: (readonly [string, DayKind])[] = [];
    for (let day = first!; day <= last!; day++) days.push([formatDay(day), kind]);
    return days;
  });
}

/** Statutory holidays and make-up days of 2020–2026, with the default shifts. */
export const DEFAULT_CALENDAR_DATA = {
  days: ANNOUNCED_YEARS.flatMap((year) => [
    ...expand(year, NOTICES[year]!.holiday, 'holiday'),
    ...expand(year, NOTICES[year]!.makeup, 'makeup'),
  ]),
  shifts: DEFAULT_SHIFTS,
  announcedYears: ANNOUNCED_YEARS,
} satisfies CalendarData;
