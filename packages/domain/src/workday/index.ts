export { type CalendarData, type DayKind, DEFAULT_SHIFTS, type Shift, WorkCalendar } from './calendar.ts';
export {
  appendToLedger,
  type Budget,
  type ClockInput,
  type ClockState,
  deriveClock,
  type LedgerEntry,
  LedgerError,
  type LedgerErrorCode,
  nextDue,
  thresholdInstants,
  WARNING_FRACTIONS,
} from './clock.ts';
export { type DayNumber, dateAt, dayNumberAt, formatDay, parseDay, startOfDay } from './day.ts';
export { formatRemaining } from './format.ts';
export {
  isWeekday,
  type NoticeDay,
  type NoticeReading,
  readHolidayNotice,
  specialDayProblem,
} from './holiday-notice.ts';
export { ANNOUNCED_YEARS, DEFAULT_CALENDAR_DATA } from './holidays-2020-2026.ts';
