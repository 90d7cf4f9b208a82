import type { Sql } from '../../platform/db/index.ts';

/** Orders begun in a span that no figure counts: excluded on approval, or not accepted. */
export async function leftOutIds(
  sql: Sql,
  from: Date,
  asOf: Date,
): Promise<{ excluded: readonly string[]; declined: readonly string[] }> {
  const rows = await sql.query<{ id: string; excluded: boolean }>(
    null,
    `select complaint_id as id, excluded_at is not null as excluded from handling_round
      where round = 1 and (excluded_at is not null or declined_at is not null) and started_at >= $1 and started_at < $2`,
    [from, asOf],
  );
  return {
    excluded: rows.filter((row) => row.excluded).map((row) => row.id),
    declined: rows.filter((row) => !row.excluded).map((row) => row.id),
  };
}

/** Everything read in this transaction comes from one moment. Before any other statement. */
export async function oneMoment(sql: Sql): Promise<void> {
  await sql.query(null, 'set transaction isolation level repeatable read, read only');
}
