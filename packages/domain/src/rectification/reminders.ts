import { deriveClock, thresholdInstants, type WorkCalendar } from '../workday/index.ts';
import { type RectificationState, rectificationClock } from './state.ts';
import type { Reminder } from './vocabulary.ts';

const MINUTE_MS = 60_000;
const SOON = 0.8;
const AFTER = { overdue_3: 3, overdue_7: 7 } as const;
const WAITING_WORKDAYS = 3;

type Timed = Pick<RectificationState, 'status' | 'issuedAt' | 'workdays' | 'ledger' | 'submittedAt'>;

/** The due instant, derived anew from budget and ledger. Epoch milliseconds. */
export const rectificationDueAt = (state: Timed, calendar: WorkCalendar, now: number): number =>
  deriveClock(rectificationClock(state), calendar, now).dueAt;

/** When each reminder falls due as things stand now, in order of time; empty while nobody is waited for. */
export function reminderInstants(
  state: Timed,
  calendar: WorkCalendar,
  now: number,
): { readonly reminder: Reminder; readonly at: number }[] {
  if (state.status === 'submitted' && state.submittedAt !== null)
    return [{ reminder: 'waiting', at: calendar.addWorkdays(state.submittedAt, WAITING_WORKDAYS) }];
  if (state.status !== 'open') return [];
  const [soon, due] = thresholdInstants(rectificationClock(state), calendar, now, [SOON, 1]);
  if (soon == null || due == null) return [];
  // Of the day that it was due on: at closing time itself the next day would be counted from.
  const lastMinute = due - MINUTE_MS;
  return [
    { reminder: 'soon', at: soon },
    { reminder: 'overdue', at: due },
    { reminder: 'overdue_3', at: calendar.addWorkdays(lastMinute, AFTER.overdue_3) },
    { reminder: 'overdue_7', at: calendar.addWorkdays(lastMinute, AFTER.overdue_7) },
  ];
}

/** The next instant at which there is something to remind of; `null` when nothing lies ahead. */
export function nextReminderAt(state: Timed, calendar: WorkCalendar, now: number): number | null {
  const ahead = reminderInstants(state, calendar, now).filter(({ at }) => at > now);
  return ahead.length === 0 ? null : Math.min(...ahead.map(({ at }) => at));
}
