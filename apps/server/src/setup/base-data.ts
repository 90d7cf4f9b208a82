import { DEFAULT_CALENDAR_DATA } from '@bihuan/domain/workday';
import type { Database, Trx } from '../platform/db/index.ts';
import { CATEGORIES, DEADLINE_RULES, MATTER_RULES, SOURCES, TEMPLATES } from './base-data.values.ts';

/**
 * What an empty system needs before its first order: calendar, time budgets, categories, sources, statement templates.
 * Safe to repeat; never overwrites what the bureau has edited since.
 */
export async function installBaseData(db: Database): Promise<void> {
  await db.transaction(async (trx) => {
    await trx.query(null, "select pg_advisory_xact_lock(hashtext('bihuan:base-data'))");
    await insertCalendar(trx);
    for (const rule of DEADLINE_RULES) {
      await trx.query(
        null,
        `insert into deadline_rule (purpose, kind, urgency, budget_unit, budget_amount, effective_from)
         values ($1,$2,$3,$4,$5,'2020-01-01') on conflict do nothing`,
        [rule.purpose, rule.kind, rule.urgency, rule.budget.unit, rule.budget.amount],
      );
    }
    for (const [index, category] of CATEGORIES.entries()) {
      await trx.query(
        null,
        'insert into category (code, parent_code, name, keywords, hot, sort) values ($1,$2,$3,$4,$5,$6) on conflict (code) do nothing',
        [category.code, category.parent, category.name, category.keywords, category.hot, index],
      );
    }
    for (const source of SOURCES) {
      await trx.query(
        null,
        'insert into intake_source (code, name, kind) values ($1,$2,$3) on conflict (code) do nothing',
        [source.code, source.name, source.kind],
      );
    }
    const [{ rules } = { rules: 0 }] = await trx.query<{ rules: number }>(
      null,
      'select count(*)::int as rules from matter_rule',
    );
    if (rules === 0) {
      for (const rule of MATTER_RULES)
        await trx.query(null, 'insert into matter_rule (trigger, count, days, action) values ($1,$2,$3,$4)', [
          rule.trigger,
          rule.count,
          rule.days,
          rule.action,
        ]);
    }
    const [{ count } = { count: 0 }] = await trx.query<{ count: number }>(
      null,
      'select count(*)::int as count from statement_template',
    );
    if (count === 0) {
      for (const [index, template] of TEMPLATES.entries()) {
        await trx.query(
          null,
          'insert into statement_template (category_code, name, body, legal_basis, measures, sort) values ($1,$2,$3,$4,$5,$6)',
          [template.category, template.name, template.body, template.legalBasis, template.measures, index],
        );
      }
    }
  });
}

async function insertCalendar(trx: Trx): Promise<void> {
  const days = [...DEFAULT_CALENDAR_DATA.days].filter(([, kind]) => kind !== 'workday');
  await trx.query(
    null,
    'insert into calendar_day (day, kind) select * from unnest($1::date[], $2::text[]) on conflict (day) do nothing',
    [days.map(([day]) => day), days.map(([, kind]) => kind)],
  );
  await trx.query(
    null,
    `insert into calendar_year (year, announced, source) select unnest($1::int[]), true, '国务院办公厅部分节假日安排的通知' on conflict (year) do nothing`,
    [[...DEFAULT_CALENDAR_DATA.announcedYears]],
  );
  await trx.query(
    null,
    `insert into work_shift (starts, ends, effective_from) values (540, 690, '2020-01-01'), (810, 1020, '2020-01-01') on conflict do nothing`,
  );
}
