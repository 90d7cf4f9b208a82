import { describe, expect, it } from 'vitest';
import {
  appendToLedger,
  type Budget,
  type ClockInput,
  DEFAULT_CALENDAR_DATA,
  dateAt,
  deriveClock,
  formatRemaining,
  type LedgerEntry,
  LedgerError,
  nextDue,
  parseDay,
  thresholdInstants,
  WorkCalendar,
} from './index.ts';

const calendar = new WorkCalendar(DEFAULT_CALENDAR_DATA);

/** '2023-06-19 10:00' in Shanghai → epoch ms. */
const at = (text: string) => Date.parse(`${text.replace(' ', 'T')}:00+08:00`);
const shown = (instant: number | null) =>
  instant === null ? null : new Date(instant + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');

const days = (amount: number): Budget => ({ unit: 'workday', amount });
const minutes = (amount: number): Budget => ({ unit: 'workminute', amount });
const pause = (when: string): LedgerEntry => ({ kind: 'pause', at: at(when) });
const resume = (when: string): LedgerEntry => ({ kind: 'resume', at: at(when) });
const extend = (when: string, budget: Budget): LedgerEntry => ({ kind: 'extend', at: at(when), budget });
const clock = (start: string, budget: Budget, ledger: LedgerEntry[] = [], stopped?: string): ClockInput => ({
  start: at(start),
  budget,
  ledger,
  stoppedAt: stopped === undefined ? null : at(stopped),
});
const derive = (input: ClockInput, now: string) => deriveClock(input, calendar, at(now));
const thresholds = (input: ClockInput, now: string) => thresholdInstants(input, calendar, at(now)).map(shown);

describe('the calendar', () => {
  it.each([
    ['2020-01-31', false],
    ['2021-02-20', true],
    ['2022-10-08', true],
    ['2022-10-09', true],
    ['2022-12-31', false],
    ['2023-01-28', true],
    ['2023-01-29', true],
    ['2023-04-23', true],
    ['2023-05-06', true],
    ['2023-06-21', true],
    ['2023-06-22', false],
    ['2023-06-23', false],
    ['2023-06-24', false],
    ['2023-06-25', true],
    ['2023-09-28', true],
    ['2023-09-29', false],
    ['2023-10-06', false],
    ['2023-10-07', true],
    ['2023-10-08', true],
    ['2023-10-14', false],
    ['2024-02-04', true],
    ['2024-02-18', true],
    ['2024-09-14', true],
    ['2025-01-26', true],
    ['2025-02-08', true],
    ['2025-10-08', false],
    ['2026-02-14', true],
    ['2026-02-28', true],
    ['2026-05-09', true],
    ['2026-09-20', true],
    ['2026-10-10', true],
  ])('%s worked: %s', (day, worked) => {
    expect(calendar.isWorkday(day)).toBe(worked);
  });

  it.each([
    // 251 in the notice, less 31 January and 1 February when Spring Festival was extended.
    [2020, 249],
    [2022, 249],
    [2023, 249],
    [2024, 251],
    [2025, 248],
    [2026, 248],
  ])('%i has %i working days', (year, expected) => {
    let count = 0;
    for (let t = at(`${year}-01-01 12:00`); dateAt(t) < `${year + 1}-01-01`; t += 86_400_000) {
      if (calendar.isWorkday(dateAt(t))) count++;
    }
    expect(count).toBe(expected);
  });

  it('takes shifts as half-open: the closing minute is not working time', () => {
    expect(calendar.workingMinutesPerDay).toBe(360);
    const open = ['08:59', '09:00', '11:29', '11:30', '13:29', '13:30', '16:59', '17:00'].filter((time) =>
      calendar.isWorkingTime(at(`2023-06-19 ${time}`)),
    );
    expect(open).toEqual(['09:00', '11:29', '13:30', '16:59']);
    expect(calendar.isWorkingTime(at('2023-06-22 10:00'))).toBe(false);
  });

  it('counts days by Shanghai time, not UTC', () => {
    expect(dateAt(at('2023-06-19 00:00'))).toBe('2023-06-19');
    expect(dateAt(at('2023-06-19 00:00') - 1)).toBe('2023-06-18');
  });

  it('lets a district override a day, the later entry winning', () => {
    const own = new WorkCalendar({
      ...DEFAULT_CALENDAR_DATA,
      days: [...DEFAULT_CALENDAR_DATA.days, ['2023-06-24', 'workday'], ['2023-06-26', 'holiday']],
    });
    expect(own.isWorkday('2023-06-24')).toBe(true);
    expect(own.isWorkday('2023-06-26')).toBe(false);
    expect(calendar.isWorkday('2023-06-26')).toBe(true);
  });

  it('takes other shifts', () => {
    const round = new WorkCalendar({ ...DEFAULT_CALENDAR_DATA, shifts: [[0, 1440]] });
    expect(shown(round.addWorkdays(at('2023-06-19 10:00'), 1))).toBe('2023-06-21 00:00');
    expect(shown(round.addWorkingMinutes(at('2023-06-21 23:00'), 120))).toBe('2023-06-25 01:00');
  });

  it('says which spans rest on holidays not announced yet, the last week of December belonging to next year', () => {
    const assumed = (from: string, to: string) => calendar.isAssumed(at(`${from} 10:00`), at(`${to} 17:00`));
    expect(assumed('2026-12-01', '2026-12-24')).toBe(false);
    expect(assumed('2026-12-01', '2026-12-25')).toBe(true);
    expect(assumed('2026-12-24', '2027-01-04')).toBe(true);
    expect(assumed('2027-05-04', '2027-05-06')).toBe(true);
    expect(assumed('2025-12-29', '2026-01-05')).toBe(false);
    expect(assumed('2019-12-20', '2019-12-24')).toBe(true);
  });

  it('uses plain weekdays in a year not announced', () => {
    expect(calendar.isWorkday('2027-10-01')).toBe(true);
    expect(calendar.isWorkday('2027-10-02')).toBe(false);
  });

  it('refuses dates that do not exist, shifts out of order and instants outside its years', () => {
    expect(() => parseDay('2023-02-29')).toThrow('2023-02-29');
    expect(() => parseDay('2023-6-1')).toThrow(RangeError);
    expect(() => calendar.isWorkday('1991-12-31')).toThrow('超出工作日历范围');
    expect(() => calendar.positionOf(Number.NaN)).toThrow(RangeError);
    expect(() => calendar.addWorkdays(at('2099-12-31 10:00'), 5)).toThrow(RangeError);
    expect(() => calendar.addWorkingMinutes(at('2099-12-31 10:00'), 9999)).toThrow(RangeError);
    const build = (shifts: [number, number][]) => () => new WorkCalendar({ days: [], announcedYears: [], shifts });
    expect(build([])).toThrow(RangeError);
    expect(build([[600, 500]])).toThrow(RangeError);
    // biome-ignore format: one case a line
    expect(build([[540, 700], [690, 1020]])).toThrow(RangeError);
  });
});

describe('working days', () => {
  it.each([
    ['received in the morning: the next working day at closing', '2023-06-19 10:00', 1, '2023-06-20 17:00'],
    ['received before opening', '2023-06-19 08:00', 1, '2023-06-20 17:00'],
    ['received at lunch', '2023-06-19 12:00', 1, '2023-06-20 17:00'],
    ['received one minute before closing', '2023-06-19 16:59', 1, '2023-06-20 17:00'],
    ['received at closing counts as received the next day', '2023-06-19 17:00', 1, '2023-06-21 17:00'],
    ['received on a weekend counts as received on Monday', '2023-06-17 10:00', 1, '2023-06-20 17:00'],
    ['over a holiday to a make-up Sunday', '2023-06-21 10:00', 1, '2023-06-25 17:00'],
    ['after closing before a holiday', '2023-06-21 17:30', 1, '2023-06-26 17:00'],
    ['received on a holiday', '2023-06-22 10:00', 1, '2023-06-26 17:00'],
    ['over National Day with two make-up days', '2023-09-28 16:59', 5, '2023-10-11 17:00'],
    ['over New Year with 31 December off', '2022-12-30 10:00', 1, '2023-01-03 17:00'],
    ['over Spring Festival with a make-up Saturday first', '2026-02-13 10:00', 5, '2026-02-27 17:00'],
    ['fifteen days', '2023-06-01 09:00', 15, '2023-06-25 17:00'],
    ['no days: closing of the day of receipt', '2023-06-17 10:00', 0, '2023-06-19 17:00'],
  ])('%s', (_name, from, n, due) => {
    expect(shown(calendar.addWorkdays(at(from), n))).toBe(due);
  });

  it('refuses part days and negative days', () => {
    expect(() => calendar.addWorkdays(at('2023-06-19 10:00'), 1.5)).toThrow(RangeError);
    expect(() => calendar.addWorkdays(at('2023-06-19 10:00'), -1)).toThrow(RangeError);
  });
});

describe('working minutes', () => {
  it.each([
    ['within a shift', '2023-06-19 09:10', 20, '2023-06-19 09:30'],
    ['across lunch', '2023-06-19 11:00', 120, '2023-06-19 15:00'],
    ['ends with the morning, not at the start of the afternoon', '2023-06-19 11:00', 30, '2023-06-19 11:30'],
    ['ends with the day, not at the next opening', '2023-06-19 16:00', 60, '2023-06-19 17:00'],
    ['over night', '2023-06-19 16:30', 60, '2023-06-20 09:30'],
    ['over a holiday', '2023-06-21 16:30', 60, '2023-06-25 09:30'],
    ['from outside working time', '2023-06-18 20:00', 60, '2023-06-19 10:00'],
    ['none at all stays where it is', '2023-06-18 20:00', 0, '2023-06-18 20:00'],
    ['whole days', '2023-06-19 10:00', 720, '2023-06-21 10:00'],
  ])('%s', (_name, from, amount, expected) => {
    expect(shown(calendar.addWorkingMinutes(at(from), amount))).toBe(expected);
  });

  it('counts between two instants, negative backwards', () => {
    expect(calendar.workingMinutesBetween(at('2023-06-21 16:00'), at('2023-06-25 10:00'))).toBe(120);
    expect(calendar.workingMinutesBetween(at('2023-06-25 10:00'), at('2023-06-21 16:00'))).toBe(-120);
    expect(calendar.workingMinutesBetween(at('2023-06-21 17:00'), at('2023-06-25 09:00'))).toBe(0);
    expect(calendar.workingMinutesBetween(at('2023-06-19 10:00'), at('2023-06-19 10:00') + 1500)).toBe(0.025);
  });

  it('refuses negative minutes', () => {
    expect(() => calendar.addWorkingMinutes(at('2023-06-19 10:00'), -1)).toThrow(RangeError);
  });
});

describe('a clock', () => {
  it('gives one working day, not 24 business hours', () => {
    const state = derive(clock('2023-06-19 10:00', days(1)), '2023-06-19 10:00');
    expect(shown(state.dueAt)).toBe('2023-06-20 17:00');
    expect(state.remainingMinutes).toBe(300 + 360);
  });

  it('gives urgent hours across the lunch break', () => {
    const state = derive(clock('2023-06-19 11:00', minutes(120)), '2023-06-19 14:00');
    expect(state).toEqual({
      dueAt: at('2023-06-19 15:00'),
      paused: false,
      stopped: false,
      pausedMinutes: 0,
      elapsedMinutes: 60,
      remainingMinutes: 60,
      fraction: 0.5,
      overdue: false,
      assumed: false,
    });
  });

  it('is not overdue at the due instant and overdue right after it, also when no working time has passed since', () => {
    const input = clock('2023-06-19 10:00', days(1));
    expect(derive(input, '2023-06-20 17:00')).toMatchObject({ overdue: false, fraction: 1, remainingMinutes: 0 });
    expect(derive(input, '2023-06-20 18:00')).toMatchObject({ overdue: true, fraction: 1, remainingMinutes: 0 });
    expect(derive(input, '2023-06-21 10:00')).toMatchObject({ overdue: true, remainingMinutes: -60 });
  });

  it('stands still once stopped', () => {
    const input = clock('2023-06-19 10:00', days(1), [], '2023-06-20 16:00');
    expect(derive(input, '2023-07-20 10:00')).toMatchObject({ stopped: true, overdue: false, remainingMinutes: 60 });
    const late = clock('2023-06-19 10:00', days(1), [], '2023-06-20 17:01');
    expect(derive(late, '2023-07-20 10:00').overdue).toBe(true);
  });

  it('gives the clock as it stood at an earlier time: what came later has not happened', () => {
    const ledger = [
      pause('2023-06-19 14:00'),
      resume('2023-06-19 15:00'),
      extend('2023-06-20 16:00', days(1)),
      pause('2023-06-20 16:30'),
    ];
    const input = clock('2023-06-19 10:00', days(1), ledger, '2023-06-21 10:00');
    expect(derive(input, '2023-06-20 10:00')).toEqual(
      derive(clock('2023-06-19 10:00', days(1), ledger.slice(0, 2)), '2023-06-20 10:00'),
    );
  });

  it('has used nothing before it starts', () => {
    const state = derive(clock('2023-06-19 10:00', days(1)), '2023-06-16 10:00');
    expect(state).toMatchObject({ elapsedMinutes: 0, fraction: 0, overdue: false });
    const contactedBefore = clock('2023-06-19 10:00', days(1), [], '2023-06-19 09:30');
    expect(derive(contactedBefore, '2023-06-25 10:00')).toMatchObject({ elapsedMinutes: 0, overdue: false });
  });

  it('says when it runs into a year not announced', () => {
    expect(derive(clock('2026-12-18 10:00', days(5)), '2026-12-18 10:00')).toMatchObject({
      dueAt: at('2026-12-25 17:00'),
      assumed: true,
    });
    expect(derive(clock('2026-12-17 10:00', days(5)), '2026-12-17 10:00').assumed).toBe(false);
    expect(derive(clock('2026-12-17 10:00', days(5)), '2027-01-05 10:00').assumed).toBe(true);
  });
});

describe('pauses', () => {
  it('a ticket concluded while paused keeps the pause', () => {
    const input = clock('2023-06-19 10:00', days(2), [pause('2023-06-20 10:00')], '2023-06-21 15:00');
    const state = derive(input, '2023-07-20 10:00');
    expect(state).toMatchObject({
      pausedMinutes: 540,
      elapsedMinutes: 360,
      overdue: false,
      paused: false,
      stopped: true,
    });
    expect(shown(state.dueAt)).toBe('2023-06-26 14:00');
    // A resumption written down after the conclusion changes nothing.
    const resumedLater = { ...input, ledger: [...input.ledger, resume('2023-06-25 10:00')] };
    expect(derive(resumedLater, '2023-07-20 10:00')).toEqual(state);
    // Nor does a pause begun after it.
    const pausedLater = { ...resumedLater, ledger: [...resumedLater.ledger, pause('2023-06-26 10:00')] };
    expect(derive(pausedLater, '2023-07-20 10:00')).toEqual(state);
  });

  it('push the due instant by their working minutes, so that it may fall in the middle of a day', () => {
    const input = clock('2023-06-19 10:00', days(1), [pause('2023-06-19 16:00'), resume('2023-06-20 10:00')]);
    const state = derive(input, '2023-06-20 10:00');
    expect(state).toMatchObject({ pausedMinutes: 120, elapsedMinutes: 240, remainingMinutes: 420 });
    expect(shown(state.dueAt)).toBe('2023-06-21 11:00');
  });

  it('across a holiday count only working time', () => {
    const input = clock('2023-06-20 10:00', days(2), [pause('2023-06-21 16:00'), resume('2023-06-25 10:00')]);
    const state = derive(input, '2023-06-25 10:00');
    expect(state.pausedMinutes).toBe(120);
    expect(shown(state.dueAt)).toBe('2023-06-26 11:00');
  });

  it('begun and ended outside working time push nothing', () => {
    const input = clock('2023-06-21 10:00', days(1), [pause('2023-06-21 20:00'), resume('2023-06-25 08:00')]);
    expect(derive(input, '2023-06-25 09:00')).toMatchObject({ pausedMinutes: 0, dueAt: at('2023-06-25 17:00') });
  });

  it('begun outside working time count from the next opening', () => {
    const input = clock('2023-06-21 10:00', days(1), [pause('2023-06-21 20:00'), resume('2023-06-25 10:00')]);
    expect(derive(input, '2023-06-25 11:00')).toMatchObject({ pausedMinutes: 60, dueAt: at('2023-06-26 10:00') });
  });

  it('keep the due instant moving with now as long as they last', () => {
    const input = clock('2023-06-19 10:00', days(1), [pause('2023-06-20 10:00')]);
    expect(derive(input, '2023-06-20 11:00')).toMatchObject({ paused: true, dueAt: at('2023-06-21 10:00') });
    const later = derive(input, '2023-07-03 10:00');
    expect(later).toMatchObject({ paused: true, overdue: false, remainingMinutes: 300, elapsedMinutes: 360 });
    expect(shown(later.dueAt)).toBe('2023-07-03 17:00');
  });

  it('begun after the due instant do not cure the overdue, but stop its count', () => {
    const input = clock('2023-06-19 10:00', days(1), [pause('2023-06-21 10:00'), resume('2023-06-21 11:00')]);
    expect(derive(input, '2023-06-21 11:30')).toMatchObject({
      dueAt: at('2023-06-20 17:00'),
      overdue: true,
      remainingMinutes: -90,
    });
    const sameEvening = clock('2023-06-19 10:00', days(1), [pause('2023-06-20 19:00')]);
    expect(derive(sameEvening, '2023-06-25 10:00')).toMatchObject({ dueAt: at('2023-06-20 17:00'), overdue: true });
  });

  it('survive a change of the budget: the same ledger, derived again', () => {
    const ledger = [pause('2023-06-19 16:00'), resume('2023-06-20 10:00')];
    const now = '2023-06-21 10:00';
    const before = derive(clock('2023-06-19 10:00', days(1), ledger), now);
    const after = derive(clock('2023-06-19 10:00', days(5), ledger), now);
    const hours = derive(clock('2023-06-19 10:00', minutes(240), ledger), now);
    expect([before, after, hours].map((state) => state.pausedMinutes)).toEqual([120, 120, 120]);
    expect([before, after, hours].map((state) => state.elapsedMinutes)).toEqual([600, 600, 600]);
    expect(shown(before.dueAt)).toBe('2023-06-21 11:00');
    expect(shown(after.dueAt)).toBe('2023-06-28 11:00');
    expect(shown(hours.dueAt)).toBe('2023-06-19 16:00');
  });

  it('survive a change of the calendar', () => {
    const input = clock('2023-06-19 10:00', days(1), [pause('2023-06-19 16:00'), resume('2023-06-21 10:00')]);
    const own = new WorkCalendar({
      ...DEFAULT_CALENDAR_DATA,
      days: [...DEFAULT_CALENDAR_DATA.days, ['2023-06-20', 'holiday']],
    });
    expect(derive(input, '2023-06-21 10:00').pausedMinutes).toBe(480);
    expect(deriveClock(input, own, at('2023-06-21 10:00')).pausedMinutes).toBe(120);
  });

  it('that lie before the start of the clock do not count', () => {
    const ledger = [
      pause('2023-06-16 10:00'),
      resume('2023-06-16 11:00'),
      pause('2023-06-16 14:00'),
      resume('2023-06-19 11:00'),
    ];
    expect(derive(clock('2023-06-19 10:00', days(1), ledger), '2023-06-20 10:00').pausedMinutes).toBe(60);
  });

  const code = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      return error instanceof LedgerError ? error.code : error;
    }
    return 'accepted';
  };

  it.each([
    ['a second pause', [pause('2023-06-19 11:00'), pause('2023-06-19 12:00')], 'already-paused'],
    ['a resumption without a pause', [resume('2023-06-19 11:00')], 'not-paused'],
    [
      'a second resumption',
      [pause('2023-06-19 11:00'), resume('2023-06-19 12:00'), resume('2023-06-19 13:00')],
      'not-paused',
    ],
    ['entries out of order', [pause('2023-06-19 11:00'), resume('2023-06-19 10:59')], 'out-of-order'],
    ['an extension by nothing', [extend('2023-06-19 11:00', days(0))], 'bad-budget'],
    ['an extension by part of a day', [extend('2023-06-19 11:00', days(0.5))], 'bad-budget'],
    ['a pause between an extension', [pause('2023-06-19 11:00'), extend('2023-06-19 12:00', days(1))], 'accepted'],
    ['pause and resumption at once', [pause('2023-06-19 11:00'), resume('2023-06-19 11:00')], 'accepted'],
  ])('ledger with %s', (_name, ledger, expected) => {
    expect(code(() => derive(clock('2023-06-19 10:00', days(1), ledger), '2023-06-19 10:00'))).toBe(expected);
    expect(code(() => appendToLedger(ledger.slice(0, -1), ledger.at(-1)!))).toBe(expected);
  });

  it('refused say why in plain words', () => {
    expect(() => appendToLedger([pause('2023-06-19 11:00')], pause('2023-06-19 12:00'))).toThrow(
      '计时已经暂停，不能重复暂停',
    );
    expect(() => derive(clock('2023-06-19 10:00', days(-1)), '2023-06-19 10:00')).toThrow('办理时限应为正整数');
  });
});

describe('extensions', () => {
  it('add working days after the budget', () => {
    const input = clock('2023-06-19 10:00', days(1), [extend('2023-06-20 16:00', days(5))]);
    expect(shown(derive(input, '2023-06-20 16:00').dueAt)).toBe('2023-06-28 17:00');
  });

  it('granted while paused keep the pause', () => {
    const ledger = [pause('2023-06-19 16:00'), extend('2023-06-19 18:00', days(1)), resume('2023-06-20 10:00')];
    const state = derive(clock('2023-06-19 10:00', days(1), ledger), '2023-06-20 10:00');
    expect(state).toMatchObject({ pausedMinutes: 120, paused: false });
    expect(shown(state.dueAt)).toBe('2023-06-25 11:00');
    const still = derive(clock('2023-06-19 10:00', days(1), ledger.slice(0, 2)), '2023-06-20 10:00');
    expect(still).toMatchObject({ paused: true, dueAt: state.dueAt });
  });

  it('of the other kind: minutes after the last day, a day as its working minutes', () => {
    const later = clock('2023-06-19 10:00', days(1), [extend('2023-06-20 10:00', minutes(90))]);
    expect(shown(derive(later, '2023-06-20 10:00').dueAt)).toBe('2023-06-21 10:30');
    const urgent = clock('2023-06-19 10:00', minutes(60), [extend('2023-06-19 10:30', days(1))]);
    expect(shown(derive(urgent, '2023-06-19 10:30').dueAt)).toBe('2023-06-20 11:00');
  });

  it('granted after the due instant lift the overdue', () => {
    const input = clock('2023-06-19 10:00', days(1), [extend('2023-06-21 10:00', days(1))]);
    expect(derive(input, '2023-06-21 09:59').overdue).toBe(true);
    expect(derive(input, '2023-06-21 10:00').overdue).toBe(false);
  });
});

describe('two clocks of one order', () => {
  const start = '2023-06-19 10:00';
  const extension = [extend('2023-06-19 14:00', days(10))];

  it('a later handling deadline does not overrule first contact', () => {
    const contact = derive(clock(start, days(1)), '2023-06-21 09:30');
    const handling = derive(clock(start, days(5), extension), '2023-06-21 09:30');
    expect(contact).toMatchObject({ overdue: true, dueAt: at('2023-06-20 17:00') });
    expect(handling.overdue).toBe(false);
    expect(nextDue([handling, contact])).toBe(contact.dueAt);
    expect(nextDue([contact, handling])).toBe(contact.dueAt);
  });

  it('once first contact is made the handling deadline is the next one, and none after conclusion', () => {
    const contact = derive(clock(start, days(1), [], '2023-06-19 15:00'), '2023-06-21 09:30');
    const handling = derive(clock(start, days(5)), '2023-06-21 09:30');
    expect(nextDue([contact, handling])).toBe(handling.dueAt);
    const concluded = derive(clock(start, days(5), [], '2023-06-21 09:00'), '2023-06-21 09:30');
    expect(nextDue([contact, concluded])).toBeNull();
  });
});

describe('warnings', () => {
  const start = '2023-06-19 09:00';

  it('come at 50 %, 80 % and the due instant', () => {
    // 720 minutes in all: 360, 576 and 720.
    expect(thresholds(clock(start, days(1)), start)).toEqual([
      '2023-06-19 17:00',
      '2023-06-20 14:36',
      '2023-06-20 17:00',
    ]);
  });

  it('wait while paused, those already reached stay, and all follow after resumption', () => {
    const paused = clock(start, days(1), [pause('2023-06-20 10:00')]);
    expect(thresholds(paused, '2023-06-20 16:00')).toEqual(['2023-06-19 17:00', null, null]);
    const resumed = { ...paused, ledger: [...paused.ledger, resume('2023-06-20 11:00')] };
    expect(thresholds(resumed, '2023-06-20 11:00')).toEqual([
      '2023-06-19 17:00',
      '2023-06-20 15:36',
      '2023-06-21 10:00',
    ]);
  });

  it('no longer come once the clock is stopped', () => {
    expect(thresholds(clock(start, days(1), [], '2023-06-20 10:00'), '2023-06-25 10:00')).toEqual([
      '2023-06-19 17:00',
      null,
      null,
    ]);
  });

  it('take other fractions, over 100 % too, but not zero', () => {
    const input = clock(start, days(1));
    expect(thresholdInstants(input, calendar, at(start), [1.5]).map(shown)).toEqual(['2023-06-21 17:00']);
    expect(() => thresholdInstants(input, calendar, at(start), [0])).toThrow(RangeError);
  });
});

describe('remaining time in words', () => {
  it.each([
    [360 + 180, '剩 1 天 3 小时'],
    [-130, '超 2 小时 10 分'],
    [720, '剩 2 天'],
    [360 + 59, '剩 1 天'],
    [359, '剩 5 小时 59 分'],
    [45, '剩 45 分'],
    [0.5, '剩不足 1 分'],
    [0, '剩不足 1 分'],
    [-0.5, '刚超时'],
    [-360 * 3 - 60, '超 3 天 1 小时'],
  ])('%d minutes: %s', (amount, words) => {
    expect(formatRemaining(amount, calendar)).toBe(words);
  });

  it('says overdue in the evening of the due day', () => {
    const state = derive(clock('2023-06-19 10:00', days(1)), '2023-06-20 18:00');
    expect(formatRemaining(state.remainingMinutes, calendar, state.overdue)).toBe('刚超时');
  });
});
