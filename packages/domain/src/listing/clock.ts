import { deriveClock, thresholdInstants, type WorkCalendar } from '../workday/index.ts';
import { type ListingState, listingClock } from './state.ts';
import type { ListingReminder } from './vocabulary.ts';

type Timed = Pick<ListingState, 'status' | 'listedAt' | 'workdays' | 'reportEvery' | 'ledger' | 'askedAt' | 'cycle'>;

const SOON = 0.8;
const MINUTE_MS = 60_000;

/** The due instant, derived anew from budget and ledger; `null` before it is listed. Epoch milliseconds. */
export function listingDueAt(state: Timed, calendar: WorkCalendar, now: number): number | null {
  const clock = listingClock(state);
  return clock === null ? null : deriveClock(clock, calendar, now).dueAt;
}

/** The end of the `period`-th report period, counted from 1: by then its report is owed. */
export function reportDueAt(
  state: Pick<ListingState, 'listedAt' | 'reportEvery'>,
  period: number,
  calendar: WorkCalendar,
): number {
  return calendar.addWorkdays(state.listedAt!, state.reportEvery * period);
}

/** Which report period an instant falls into, counted from 1. */
export function reportPeriodAt(
  state: Pick<ListingState, 'listedAt' | 'reportEvery'>,
  at: number,
  calendar: WorkCalendar,
): number {
  const minutes = calendar.positionOf(at) - calendar.positionOf(state.listedAt!);
  // Days differ little in length, so the guess is at most one off.
  let period = Math.max(1, Math.floor(minutes / (state.reportEvery * calendar.workingMinutesPerDay * MINUTE_MS)));
  while (period > 1 && reportDueAt(state, period - 1, calendar) >= at) period--;
  while (reportDueAt(state, period, calendar) < at) period++;
  return period;
}

/** Waiting for others at that instant: no report is owed of a period that ends meanwhile. */
function waitedAt(state: Pick<ListingState, 'ledger'>, at: number): boolean {
  let waiting = false;
  for (const entry of state.ledger) {
    if (entry.at > at) break;
    if (entry.kind === 'pause') waiting = true;
    if (entry.kind === 'resume') waiting = false;
  }
  return waiting;
}

/** Periods that ended by `now` without the report that they owed. A report counts for the period in which it is made. */
export function missedReports(
  state: Timed,
  reported: ReadonlySet<number>,
  calendar: WorkCalendar,
  now: number,
): { readonly period: number; readonly dueAt: number }[] {
  if (state.listedAt === null) return [];
  const until = state.status === 'delisted' ? (state.askedAt ?? now) : now;
  const missed: { period: number; dueAt: number }[] = [];
  for (let period = 1; ; period++) {
    const dueAt = reportDueAt(state, period, calendar);
    if (dueAt >= until) return missed;
    if (!reported.has(period) && !waitedAt(state, dueAt)) missed.push({ period, dueAt });
  }
}

export interface ListingReminderDue {
  readonly reminder: ListingReminder;
  /** The period of a report, otherwise the cycle: with the reminder it is the primary key. */
  readonly n: number;
  readonly at: number;
}

/** What there is to remind of by `now`, in order of time; empty while nobody is waited for. */
export function listingReminders(
  state: Timed,
  reported: ReadonlySet<number>,
  calendar: WorkCalendar,
  now: number,
): ListingReminderDue[] {
  const clock = listingClock(state);
  if (state.status !== 'listed' || clock === null) return [];
  const [soon, due] = thresholdInstants(clock, calendar, now, [SOON, 1]);
  const ofClock: ListingReminderDue[] = [
    ...(soon == null ? [] : [{ reminder: 'soon' as const, n: state.cycle, at: soon }]),
    ...(due == null ? [] : [{ reminder: 'overdue' as const, n: state.cycle, at: due }]),
  ];
  const ofReports = missedReports(state, reported, calendar, now).map(
    ({ period, dueAt }): ListingReminderDue => ({ reminder: 'report', n: period, at: dueAt }),
  );
  return [...ofClock, ...ofReports].filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
}

/** The next instant at which to look again; `null` while nobody is waited for. */
export function nextListingCheckAt(state: Timed, calendar: WorkCalendar, now: number): number | null {
  const clock = listingClock(state);
  if (state.status !== 'listed' || clock === null) return null;
  const period = reportPeriodAt(state, now, calendar);
  // A minute later: at the very end of a period its report is still in time.
  const ahead = [
    ...thresholdInstants(clock, calendar, now, [SOON, 1]),
    reportDueAt(state, period, calendar) + MINUTE_MS,
    reportDueAt(state, period + 1, calendar) + MINUTE_MS,
  ].filter((at): at is number => at != null && at > now);
  return ahead.length === 0 ? null : Math.min(...ahead);
}
