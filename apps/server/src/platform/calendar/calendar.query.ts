import type { BudgetRule } from '@bihuan/domain/complaint';
import { type Budget, type DayKind, DEFAULT_SHIFTS, dateAt, type Shift, WorkCalendar } from '@bihuan/domain/workday';
import type { Clock } from '../clock.ts';
import type { Database, Sql } from '../db/index.ts';

/** The working calendar and the deadline rules as they stand in the database. */
export interface TimeRules {
  readonly calendar: WorkCalendar;
  readonly budgetRule: BudgetRule;
}

/** The same, held in memory; `reload` after they were edited. */
export interface WorkingTime extends TimeRules {
  reload(): Promise<void>;
}

interface Rule {
  effectiveFrom: number;
  budget: Budget;
}

/**
 * Reads calendar, shifts and rules, inside a transaction as that transaction sees them.
 * @param today 'YYYY-MM-DD'; the shifts in force on it hold for the whole calendar
 */
export async function readTimeRules(sql: Sql, today: string): Promise<TimeRules> {
  const [days, years, shifts, ruleRows] = await Promise.all([
    sql.query<{ day: string; kind: DayKind }>(null, 'select day, kind from calendar_day'),
    sql.query<{ year: number }>(null, 'select year from calendar_year where announced'),
    sql.query<{ starts: number; ends: number }>(
      null,
      `select starts, ends from work_shift
        where effective_from = (select max(effective_from) from work_shift where effective_from <= $1) order by starts`,
      [today],
    ),
    sql.query<{
      purpose: string;
      kind: string;
      urgency: string;
      budget_unit: Budget['unit'];
      budget_amount: number;
      from_ms: string;
    }>(
      null,
      `select purpose, kind, urgency, budget_unit, budget_amount,
              (extract(epoch from effective_from::timestamp at time zone 'Asia/Shanghai') * 1000)::text as from_ms
         from deadline_rule where withdrawn_at is null order by effective_from desc`,
    ),
  ]);
  const rules = new Map<string, Rule[]>();
  for (const row of ruleRows) {
    const key = `${row.purpose}/${row.kind}/${row.urgency}`;
    const rule = { effectiveFrom: Number(row.from_ms), budget: { unit: row.budget_unit, amount: row.budget_amount } };
    rules.set(key, [...(rules.get(key) ?? []), rule]);
  }
  return {
    calendar: new WorkCalendar({
      days: new Map(days.map((row) => [row.day, row.kind])),
      announcedYears: new Set(years.map((row) => row.year)),
      shifts: shifts.length > 0 ? shifts.map((row): Shift => [row.starts, row.ends]) : DEFAULT_SHIFTS,
    }),
    budgetRule(purpose, kind, urgency, startedAt) {
      const list = rules.get(`${purpose}/${kind}/${urgency}`);
      // Newest first; before the first rule ever made, the oldest holds.
      const rule = list?.find((candidate) => candidate.effectiveFrom <= startedAt) ?? list?.at(-1);
      if (!rule) throw new Error(`No deadline rule for ${purpose}/${kind}/${urgency}`);
      return rule.budget;
    },
  };
}

export async function loadWorkingTime(db: Database, clock: Clock): Promise<WorkingTime> {
  const read = () => readTimeRules(db, dateAt(clock.now()));
  let held = await read();
  return {
    get calendar() {
      return held.calendar;
    },
    get budgetRule() {
      return held.budgetRule;
    },
    async reload() {
      held = await read();
    },
  };
}
