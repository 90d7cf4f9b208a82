import {
  type ClockInput,
  type ClockState,
  deriveClock,
  formatRemaining,
  thresholdInstants,
  WARNING_FRACTIONS,
  type WorkCalendar,
} from '../workday/index.ts';
import type { BudgetRule, ComplaintState, RoundState } from './state.ts';

type Timed = Pick<ComplaintState, 'status' | 'ledger'> & { round: RoundState };

/** All that the clocks of a round depend on. */
export type Clocked = Pick<ComplaintState, 'ledger'> & {
  round: Pick<RoundState, 'kind' | 'urgency' | 'startedAt' | 'firstContactAt' | 'concludedAt'>;
};

/** The two clocks of a round. They have budgets of their own; an extension lengthens handling only, a pause stops both. */
export function clockInputs(
  state: Clocked,
  budgetRule: BudgetRule,
): { firstContact: ClockInput; handling: ClockInput } {
  const { round, ledger } = state;
  return {
    firstContact: {
      start: round.startedAt,
      budget: budgetRule('first_contact', round.kind, round.urgency, round.startedAt),
      ledger: ledger.filter((entry) => entry.kind !== 'extend'),
      stoppedAt: round.firstContactAt ?? round.concludedAt,
    },
    handling: {
      start: round.startedAt,
      budget: budgetRule('handling', round.kind, round.urgency, round.startedAt),
      ledger,
      stoppedAt: round.concludedAt,
    },
  };
}

interface ClockContext {
  readonly now: number;
  readonly calendar: WorkCalendar;
  readonly budgetRule: BudgetRule;
}

export function roundClocks(state: Timed, context: ClockContext): { firstContact: ClockState; handling: ClockState } {
  const inputs = clockInputs(state, context.budgetRule);
  return {
    firstContact: deriveClock(inputs.firstContact, context.calendar, context.now),
    handling: deriveClock(inputs.handling, context.calendar, context.now),
  };
}

/** The due instants of a round, derived anew from ledger and rules. */
export function dueInstants(state: Clocked, context: ClockContext): { firstContactDueAt: number; dueAt: number } {
  const inputs = clockInputs(state, context.budgetRule);
  return {
    firstContactDueAt: deriveClock(inputs.firstContact, context.calendar, context.now).dueAt,
    dueAt: deriveClock(inputs.handling, context.calendar, context.now).dueAt,
  };
}

/** The state with its due instants and the next instant to look at derived anew from ledger and rules. */
export function withDeadlines(state: ComplaintState, context: ClockContext): ComplaintState {
  const open = state.status !== 'closed' && state.status !== 'declined';
  return {
    ...state,
    round: { ...state.round, ...dueInstants(state, context) },
    nextCheckAt: open ? nextMark(clockInputs(state, context.budgetRule), context) : null,
  };
}

/** The earliest 50 %, 80 % or 100 % mark still ahead on either clock; `null` while paused or when both have stopped. */
function nextMark(inputs: ReturnType<typeof clockInputs>, { calendar, now }: ClockContext): number | null {
  let next: number | null = null;
  for (const input of [inputs.firstContact, inputs.handling]) {
    if (input.stoppedAt != null) continue;
    for (const at of thresholdInstants(input, calendar, now)) {
      if (at !== null && at > now && (next === null || at < next)) next = at;
    }
  }
  return next;
}

export type ClockName = 'first_contact' | 'handling';
export type WarningLevel = 50 | 80 | 100;

/** The marks a round has passed by now on clocks still running: each is warned of once (measure 13: 加强跟踪督导). */
export function passedMarks(
  state: Timed,
  context: ClockContext,
): { clock: ClockName; level: WarningLevel; dueAt: number }[] {
  const inputs = clockInputs(state, context.budgetRule);
  const passed: { clock: ClockName; level: WarningLevel; dueAt: number }[] = [];
  for (const [clock, input] of [
    ['first_contact', inputs.firstContact],
    ['handling', inputs.handling],
  ] as const) {
    if (input.stoppedAt != null) continue;
    const marks = thresholdInstants(input, context.calendar, context.now, WARNING_FRACTIONS);
    const dueAt = deriveClock(input, context.calendar, context.now).dueAt;
    marks.forEach((at, index) => {
      if (at !== null && at <= context.now) passed.push({ clock, level: ([50, 80, 100] as const)[index]!, dueAt });
    });
  }
  return passed;
}

/** What a person reads of a clock: “剩 1 天 3 小时”, “超 2 小时 10 分”, “已暂停，剩 2 天”. */
export function describeClock(clock: ClockState, calendar: WorkCalendar): string {
  if (clock.stopped) return clock.overdue ? '超期完成' : '按时完成';
  const remaining = formatRemaining(clock.remainingMinutes, calendar, clock.overdue);
  return clock.paused ? `已暂停，${remaining}` : remaining;
}
