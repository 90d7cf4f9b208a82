import type { Sql } from '../../platform/db/index.ts';

/** The plan the bureau has chosen for a day (setting `plan.current`); `null` = none chosen. */
export async function chosenPlan(sql: Sql, day: string): Promise<string | null> {
  const [row] = await sql.query<{ value: unknown }>(
    'plan.current',
    "select value from setting where key = 'plan.current' and effective_from <= $1 order by effective_from desc limit 1",
    [day],
  );
  return typeof row?.value === 'string' ? row.value : null;
}
