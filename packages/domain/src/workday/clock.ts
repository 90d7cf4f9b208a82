import type { WorkCalendar } from './calendar.ts';
import { MINUTE_MS } from './day.ts';

/**
 * The time a unit has. `workday`: whole working days after the day of receipt (see `WorkCalendar.addWorkdays`), so "one
 * day" ends at closing time of the next working day. `workminute`: working minutes from the start, for urgent orders.
 * The amount is a positive whole number.
 */
export interface Budget {
  unit: 'workday' | 'workminute';
  amount: number;
}

/** What happened to a clock, in order of time (`at`, epoch ms). */
export type LedgerEntry =
  | { kind: 'pause'; at: number }
  | { kind: 'resume'; at: number }
  | { kind: 'extend'; at: number; budget: Budget };

export type LedgerErrorCode = 'already-paused' | 'not-paused' | 'out-of-order' | 'bad-budget';

const LEDGER_MESSAGES = {
  'already-paused': '计时已经暂停，不能重复暂停',
  'not-paused': '计时没有暂停，不能恢复',
  'out-of-order': '暂停、恢复、延期记录应按时间先后排列',
  'bad-budget': '办理时限应为正整数个工作日或工作分钟',
} as const satisfies Record<LedgerErrorCode, string>;

export class LedgerError extends Error {
  readonly code: LedgerErrorCode;

  constructor(code: LedgerErrorCode) {
    super(LEDGER_MESSAGES[code]);
    this.name = 'LedgerError';
    this.code = code;
  }
}

/**
 * One clock of an order. First contact and handling are two clocks, each with its own budget and end: neither can
 * move the other's deadline.
 */
export interface ClockInput {
  start: number;
  budget: Budget;
  ledger: readonly LedgerEntry[];
  /** When what the clock waits for was done; the clock then stands still for good, also when it was paused. */
  stoppedAt?: number | null;
}

export interface ClockState {
  /** While paused: the due instant if it were resumed at `now`; it moves on with `now`. */
  dueAt: number;
  paused: boolean;
  stopped: boolean;
  pausedMinutes: number;
  /** Working minutes used, without pauses. */
  elapsedMinutes: number;
  /** Negative when overdue. 0 and overdue: the due instant has passed, but no working time since. */
  remainingMinutes: number;
  /** Elapsed ÷ total; 1 when the budget is used up. */
  fraction: number;
  overdue: boolean;
  /** The clock runs through days of a year whose holidays are not announced: the due instant may still change. */
  assumed: boolean;
}

export const WARNING_FRACTIONS: readonly number[] = [0.5, 0.8, 1];

/**
 * Where a clock stands at `now`, derived from the ledger each time and never stored, so a changed rule or budget is
 * applied by deriving again with the same ledger.
 *
 * - Ledger entries and a stop later than `now` have not happened yet: an earlier `now` gives the clock as it stood then.
 * - Extensions add to the budget, whenever they were granted. Days and minutes are added by kind: to a budget in days,
 *   minutes are added after the last day; to a budget in minutes, a day is one day's working minutes.
 * - Total = the working minutes from the start to the due instant without pauses. A pause pushes the due instant by the
 *   working minutes it lasted, so the due instant may then fall in the middle of a day. A pause outside working time
 *   pushes nothing. A pause begun when the due instant has passed stops the counting but does not cure the overdue.
 *
 * @throws LedgerError when pauses and resumptions do not alternate, entries are out of order, or a budget is not valid
 * @throws RangeError when an instant lies outside the calendar
 */
export function deriveClock(input: ClockInput, calendar: WorkCalendar, now: number): ClockState {
  const run = trace(input, calendar, now);
  const elapsed = run.endPosition - run.startPosition - run.paused;
  const dueAt = calendar.instantAt(afterPauses(run, run.startPosition + run.total));
  return {
    dueAt,
    paused: run.openPause && !run.stopped,
    stopped: run.stopped,
    pausedMinutes: run.paused / MINUTE_MS,
    elapsedMinutes: elapsed / MINUTE_MS,
    remainingMinutes: (run.total - elapsed) / MINUTE_MS,
    fraction: elapsed / run.total,
    overdue: run.end > dueAt,
    assumed: calendar.isAssumed(input.start, Math.max(dueAt, run.end)),
  };
}

/**
 * The instants at which the given parts of the budget are used, for warnings; the instant for 1 is `dueAt`. Null when
 * the clock cannot get there as it stands: paused or stopped before it was reached.
 * @throws RangeError when a fraction is not positive; otherwise as `deriveClock`
 */
export function thresholdInstants(
  input: ClockInput,
  calendar: WorkCalendar,
  now: number,
  fractions: readonly number[] = WARNING_FRACTIONS,
): (number | null)[] {
  const run = trace(input, calendar, now);
  return fractions.map((fraction) => {
    if (!(fraction > 0)) throw new RangeError('提醒比例应大于 0');
    const at = calendar.instantAt(afterPauses(run, run.startPosition + Math.round(fraction * run.total)));
    return (run.stopped || run.openPause) && at > run.end ? null : at;
  });
}

/** The next deadline of an order: the earliest among its clocks that are not stopped, null when all are. */
export function nextDue(clocks: readonly Pick<ClockState, 'dueAt' | 'stopped'>[]): number | null {
  let next: number | null = null;
  for (const clock of clocks) {
    if (!clock.stopped && (next === null || clock.dueAt < next)) next = clock.dueAt;
  }
  return next;
}

/**
 * A ledger with one entry more, for the moment of decision.
 * @throws LedgerError as `deriveClock`
 */
export function appendToLedger(ledger: readonly LedgerEntry[], entry: LedgerEntry): LedgerEntry[] {
  const next = [...ledger, entry];
  checkLedger(next);
  return next;
}

/** A clock on the working-time axis: positions and lengths in working milliseconds. */
interface Run {
  startPosition: number;
  total: number;
  /** `now`, or the stop when it came first; never before the start. */
  end: number;
  endPosition: number;
  stopped: boolean;
  openPause: boolean;
  /** Working time in pauses between start and end. */
  paused: number;
  /** Start and length of each pause, flat and in order. */
  pauses: number[];
}

function trace({ start, budget, ledger, stoppedAt }: ClockInput, calendar: WorkCalendar, now: number): Run {
  checkBudget(budget);
  checkLedger(ledger);
  const stopped = stoppedAt != null && stoppedAt <= now;
  const end = Math.max(start, stopped ? stoppedAt : now);
  const startPosition = calendar.positionOf(start);
  const endPosition = calendar.positionOf(end);

  let days = budget.unit === 'workday' ? budget.amount : 0;
  let minutes = budget.unit === 'workminute' ? budget.amount : 0;
  let pausedAt: number | null = null;
  let paused = 0;
  const pauses: number[] = [];
  const addPause = (from: number, to: number) => {
    const length = Math.max(0, to - from);
    pauses.push(from, length);
    paused += length;
  };
  for (const entry of ledger) {
    if (entry.at > now) break;
    if (entry.kind === 'extend') {
      if (entry.budget.unit === 'workday') days += entry.budget.amount;
      else minutes += entry.budget.amount;
    } else if (entry.kind === 'resume') {
      if (pausedAt !== null) addPause(pausedAt, Math.min(calendar.positionOf(entry.at), endPosition));
      pausedAt = null;
    } else {
      pausedAt = Math.max(calendar.positionOf(entry.at), startPosition);
    }
  }
  const openPause = pausedAt !== null;
  if (pausedAt !== null) addPause(pausedAt, endPosition);

  const total =
    budget.unit === 'workday'
      ? calendar.positionOf(calendar.addWorkdays(start, days)) - startPosition + minutes * MINUTE_MS
      : (minutes + days * calendar.workingMinutesPerDay) * MINUTE_MS;
  return { startPosition, total, end, endPosition, stopped, openPause, paused, pauses };
}

/** Moves a position by the pauses that began before it was reached. */
function afterPauses({ pauses }: Run, position: number): number {
  let moved = position;
  for (let i = 0; i < pauses.length && pauses[i]! < moved; i += 2) moved += pauses[i + 1]!;
  return moved;
}

function checkLedger(ledger: readonly LedgerEntry[]): void {
  let paused = false;
  let previous = Number.NEGATIVE_INFINITY;
  for (const entry of ledger) {
    if (!(entry.at >= previous)) throw new LedgerError('out-of-order');
    previous = entry.at;
    if (entry.kind === 'extend') checkBudget(entry.budget);
    else if (entry.kind === 'pause' && paused) throw new LedgerError('already-paused');
    else if (entry.kind === 'resume' && !paused) throw new LedgerError('not-paused');
    else paused = entry.kind === 'pause';
  }
}

function checkBudget({ amount }: Budget): void {
  if (!Number.isSafeInteger(amount) || amount <= 0) throw new LedgerError('bad-budget');
}
