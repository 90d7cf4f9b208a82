import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Budget,
  type ClockInput,
  DEFAULT_CALENDAR_DATA,
  deriveClock,
  type LedgerEntry,
  thresholdInstants,
  WorkCalendar,
} from './index.ts';

const calendar = new WorkCalendar(DEFAULT_CALENDAR_DATA);
const MINUTE = 60_000;
const ORIGIN = Date.parse('2022-01-01T00:00:00+08:00');
const minuteOf = (instant: number) => (instant - ORIGIN) / MINUTE;
const instantOf = (minute: number) => ORIGIN + minute * MINUTE;

/** The slow reference: every minute of 2022–2028 written out as worked or not, and a clock that walks along it. */
const tape = (() => {
  const kinds = new Map<string, string>(DEFAULT_CALENDAR_DATA.days);
  const end = Date.parse('2029-01-01T00:00:00+08:00');
  const worked: boolean[] = [];
  for (let midnight = ORIGIN; midnight < end; midnight += 1440 * MINUTE) {
    const local = new Date(midnight + 8 * 60 * MINUTE);
    const kind = kinds.get(local.toISOString().slice(0, 10));
    const weekend = local.getUTCDay() === 0 || local.getUTCDay() === 6;
    const open = kind === undefined ? !weekend : kind !== 'holiday';
    for (let hour = 0; hour < 24; hour++) {
      for (let minute = 0; minute < 60; minute++) {
        const time = hour + minute / 60;
        worked.push(open && ((time >= 9 && time < 11.5) || (time >= 13.5 && time < 17)));
      }
    }
  }
  return worked;
})();

const minutesLeftInDay = (minute: number) => 1440 - (minute % 1440);
const workedBetween = (from: number, to: number) => {
  let count = 0;
  for (let m = from; m < to; m++) if (tape[m]) count++;
  return count;
};

function slowAddWorkdays(from: number, n: number): number {
  let minute = from;
  // The day of receipt: the first in which there is working time left.
  while (workedBetween(minute, minute + minutesLeftInDay(minute)) === 0) minute += minutesLeftInDay(minute);
  for (let left = n; left > 0; ) {
    minute += minutesLeftInDay(minute);
    if (workedBetween(minute, minute + 1440) > 0) left--;
  }
  let closing = minute + minutesLeftInDay(minute);
  while (!tape[closing - 1]) closing--;
  return closing;
}

function slowClock({ start, budget, ledger, stoppedAt }: ClockInput, now: number, fractions: number[]) {
  const from = minuteOf(start);
  const known = ledger.filter((entry) => entry.at <= now);
  const granted = [budget, ...known.flatMap((entry) => (entry.kind === 'extend' ? [entry.budget] : []))];
  const sum = (unit: Budget['unit']) => granted.reduce((all, b) => all + (b.unit === unit ? b.amount : 0), 0);
  const total =
    budget.unit === 'workday'
      ? workedBetween(from, slowAddWorkdays(from, sum('workday'))) + sum('workminute')
      : sum('workminute') + sum('workday') * 360;

  const stopped = stoppedAt != null && stoppedAt <= now;
  const end = Math.max(from, minuteOf(stopped ? stoppedAt : now));
  let paused = false;
  let used = 0;
  let usedAtEnd = 0;
  let pausedMinutes = 0;
  let pausedAtEnd = false;
  let next = 0;
  const reached: (number | null)[] = fractions.map(() => null);
  for (let m = from; m <= end || reached.includes(null); m++) {
    while (m <= end && next < known.length && minuteOf(known[next]!.at) <= m) {
      const { kind } = known[next++]!;
      if (kind !== 'extend') paused = kind === 'pause';
    }
    if (m === end) {
      pausedAtEnd = paused;
      usedAtEnd = used;
      // A pause still open is taken as resumed from here on.
      paused = false;
    }
    if (!tape[m]) continue;
    if (paused) {
      pausedMinutes++;
      continue;
    }
    fractions.forEach((fraction, i) => {
      const needed = Math.round(fraction * total * MINUTE) / MINUTE;
      if (reached[i] === null && used + 1 >= needed) reached[i] = Math.round(instantOf(m + needed - used));
    });
    used++;
  }
  return { total, reached, end: instantOf(end), stopped, pausedAtEnd, pausedMinutes, elapsed: usedAtEnd };
}

const budgetArb = fc.oneof(
  fc.record({ unit: fc.constant('workday' as const), amount: fc.integer({ min: 1, max: 15 }) }),
  fc.record({ unit: fc.constant('workminute' as const), amount: fc.integer({ min: 1, max: 1200 }) }),
);
/** Minutes: within an hour, within a day, or days. */
const gapArb = fc.oneof(fc.nat(60), fc.nat(1440), fc.nat(8 * 1440));
/** Any minute of 2022–2026, half of them near the edge of a shift. */
const startArb = fc
  .tuple(fc.nat(5 * 365), fc.oneof(fc.nat(1439), fc.constantFrom(539, 540, 690, 691, 809, 810, 1019, 1020, 1021)))
  .map(([day, minute]) => instantOf(day * 1440 + minute));

const ledgerArb = (start: number) =>
  fc
    .array(fc.tuple(gapArb, fc.option(budgetArb, { freq: 3, nil: undefined })), { maxLength: 8 })
    .map((steps): LedgerEntry[] => {
      let at = start;
      let paused = false;
      return steps.map(([gap, budget]) => {
        at += gap * MINUTE;
        if (budget !== undefined && gap % 3 === 0) return { kind: 'extend', at, budget };
        paused = !paused;
        return { kind: paused ? 'pause' : 'resume', at };
      });
    });

const scheduleArb = startArb.chain((start) =>
  fc.record({
    input: fc.record({
      start: fc.constant(start),
      budget: budgetArb,
      ledger: ledgerArb(start),
      stoppedAt: fc.option(fc.nat(40 * 1440).map((gap) => start + gap * MINUTE)),
    }),
    now: fc.oneof(fc.nat(3 * 1440), fc.nat(60 * 1440)).map((gap) => start + gap * MINUTE),
    otherBudget: budgetArb,
  }),
);

const instantArb = fc.integer({ min: ORIGIN, max: Date.parse('2027-06-01T00:00:00+08:00') });
const RUNS = { numRuns: 10_000 };

describe('against the slow reference', () => {
  it('10,000 random schedules give the same clock, also when the budget is changed', { timeout: 60_000 }, () => {
    let pausedSeen = 0;
    let overdueSeen = 0;
    fc.assert(
      fc.property(scheduleArb, ({ input, now, otherBudget }) => {
        for (const one of [input, { ...input, budget: otherBudget }]) {
          const slow = slowClock(one, now, [1, 0.5, 0.8]);
          const state = deriveClock(one, calendar, now);
          const dueAt = slow.reached[0]!;
          if (state.paused) pausedSeen++;
          if (state.overdue) overdueSeen++;
          expect(state).toMatchObject({
            dueAt,
            paused: slow.pausedAtEnd && !slow.stopped,
            stopped: slow.stopped,
            pausedMinutes: slow.pausedMinutes,
            elapsedMinutes: slow.elapsed,
            remainingMinutes: slow.total - slow.elapsed,
            fraction: slow.elapsed / slow.total,
            overdue: slow.end > dueAt,
          });
          const still = slow.stopped || slow.pausedAtEnd;
          expect(thresholdInstants(one, calendar, now, [1, 0.5, 0.8])).toEqual(
            slow.reached.map((at) => (still && at! > slow.end ? null : at)),
          );
        }
      }),
      RUNS,
    );
    // The schedules do reach the interesting states.
    expect(pausedSeen).toBeGreaterThan(1000);
    expect(overdueSeen).toBeGreaterThan(1000);
  });

  it('working days and minutes agree', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(startArb, fc.nat(20), gapArb, (start, n, gap) => {
        expect(minuteOf(calendar.addWorkdays(start, n))).toBe(slowAddWorkdays(minuteOf(start), n));
        const to = start + gap * MINUTE;
        expect(calendar.workingMinutesBetween(start, to)).toBe(workedBetween(minuteOf(start), minuteOf(to)));
        expect(calendar.isWorkingTime(start)).toBe(tape[minuteOf(start)]);
      }),
      RUNS,
    );
  });
});

describe('laws of the calendar', () => {
  const msArb = fc.nat(30 * 360 * MINUTE);

  it('counting what was added gives it back, to the millisecond, and no earlier instant does', () => {
    fc.assert(
      fc.property(instantArb, msArb, (from, ms) => {
        const to = calendar.addWorkingMinutes(from, ms / MINUTE);
        expect(calendar.workingMinutesBetween(from, to)).toBe(ms / MINUTE);
        if (ms > 0) expect(calendar.workingMinutesBetween(from, to - 1)).toBeLessThan(ms / MINUTE);
      }),
      RUNS,
    );
  });

  it('adding in two steps is adding at once', () => {
    fc.assert(
      fc.property(instantArb, msArb, fc.integer({ min: 1, max: 1e9 }), (from, first, second) => {
        const step = calendar.addWorkingMinutes(from, first / MINUTE);
        const both = calendar.addWorkingMinutes(from, (first + second) / MINUTE);
        expect(calendar.addWorkingMinutes(step, second / MINUTE)).toBe(both);
      }),
      RUNS,
    );
  });

  it('who starts later or gets more is never due earlier', () => {
    fc.assert(
      fc.property(instantArb, instantArb, fc.nat(20), fc.nat(20), (a, b, m, n) => {
        const [early, late] = a < b ? [a, b] : [b, a];
        const [less, more] = m < n ? [m, n] : [n, m];
        expect(calendar.addWorkdays(early, less)).toBeLessThanOrEqual(calendar.addWorkdays(late, more));
        expect(calendar.addWorkingMinutes(early, less)).toBeLessThanOrEqual(calendar.addWorkingMinutes(late, more));
        expect(calendar.workingMinutesBetween(early, late)).toBeGreaterThanOrEqual(0);
      }),
      RUNS,
    );
  });
});

describe('laws of the clock', () => {
  it('a change of budget changes neither the pauses nor the time used', () => {
    fc.assert(
      fc.property(scheduleArb, ({ input, now, otherBudget }) => {
        const one = deriveClock(input, calendar, now);
        const other = deriveClock({ ...input, budget: otherBudget }, calendar, now);
        expect(other.pausedMinutes).toBe(one.pausedMinutes);
        expect(other.elapsedMinutes).toBe(one.elapsedMinutes);
      }),
      RUNS,
    );
  });

  it('time used never runs backwards, and the due instant only moves later', () => {
    fc.assert(
      fc.property(scheduleArb, fc.nat(20 * 1440), ({ input, now }, gap) => {
        const before = deriveClock(input, calendar, now);
        const after = deriveClock(input, calendar, now + gap * MINUTE);
        expect(after.elapsedMinutes).toBeGreaterThanOrEqual(before.elapsedMinutes);
        expect(after.pausedMinutes).toBeGreaterThanOrEqual(before.pausedMinutes);
        expect(after.dueAt).toBeGreaterThanOrEqual(before.dueAt);
      }),
      RUNS,
    );
  });
});
