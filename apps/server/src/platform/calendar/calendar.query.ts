import type { BudgetRule } from '@bihuan/domain/complaint';
import { type Budget, type DayKind, DEFAULT_SHIFTS, type Shift, WorkCalendar } from '@bihuan/domain/workday';
import type { Database } from '../db/index.ts';

/** The working calendar and the deadline rules in force, held in memory; `reload` after they were edited. */
export interface WorkingTime {
  readonly calendar: WorkCalendar;
  readonly budgetRule: BudgetRule;
  reload(): Promise<void>;
}

interface Rule {
  effectiveFrom: number;
  budget: Budget;
}

export async function loadWorkingTime(db: Database): Promise<WorkingTime> {
  let calendar: WorkCalendar;
  let rules: Map<string, Rule[]>;
  const reload = async () => {
    const [days, years, shifts, ruleRows] = await Promise.all([
      db.query<{ day: string; kind: DayKind }>(null, 'select day, kind from calendar_day'),
      db.query<{ year: number }>(null, 'select year from calendar_year where announced'),
      db.query<{ starts: number; ends: number }>(
        null,
        `select starts, ends from work_shift
          where effective_from = (select max(effective_from) from work_shift where effective_from <= current_date) order by starts`,
      ),
      db.query<{
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
           from deadline_rule order by effective_from desc`,
      ),
    ]);
    calendar = new WorkCalendar({
      days: new Map(days.map((row) => [row.day, row.kind])),
      announcedYears: new Set(years.map((row) => row.year)),
      shifts: shifts.length > 0 ? shifts.map((row): Shift => [row.starts, row.ends]) : DEFAULT_SHIFTS,
    });
    rules = new Map();
    for (const row of ruleRows) {
      const key = `${row.purpose}/${row.kind}/${row.urgency}`;
      const rule = { effectiveFrom: Number(row.from_ms), budget: { unit: row.budget_unit, amount: row.budget_amount } };
      rules.set(key, [...(rules.get(key) ?? []), rule]);
    }
  };
  await reload();
  return {
    get calendar() {
      return calendar;
    },
    budgetRule(purpose, kind, urgency, startedAt) {
      const list = rules.get(`${purpose}/${kind}/${urgency}`);
      // Newest first; before the first rule ever made, the oldest holds.
      const rule = list?.find((candidate) => candidate.effectiveFrom <= startedAt) ?? list?.at(-1);
      if (!rule) throw new Error(`No deadline rule for ${purpose}/${kind}/${urgency}`);
      return rule.budget;
    },
    reload,
  };
}
