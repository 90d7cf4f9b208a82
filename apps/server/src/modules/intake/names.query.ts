import type { Sql } from '../../platform/db/index.ts';

/** Towns and categories by every name a source may use for them. */
export async function readNames(
  sql: Sql,
): Promise<{ towns: ReadonlyMap<string, string>; categoryNames: ReadonlyMap<string, string> }> {
  const [towns, categories] = await Promise.all([
    sql.query<{ id: string; name: string; short_name: string }>(
      'intake.towns',
      "select id, name, short_name from unit where kind = 'town' and closed_at is null",
    ),
    sql.query<{ code: string; name: string }>(
      'intake.categories',
      'select code, name from category where closed_at is null order by parent_code is null',
    ),
  ]);
  const byTown = new Map<string, string>();
  for (const { id, name, short_name } of towns) {
    byTown.set(short_name, id);
    byTown.set(name, id);
  }
  const byCategory = new Map<string, string>();
  // A leaf wins over a group of the same name.
  for (const { code, name } of categories) if (!byCategory.has(name)) byCategory.set(name, code);
  return { towns: byTown, categoryNames: byCategory };
}
