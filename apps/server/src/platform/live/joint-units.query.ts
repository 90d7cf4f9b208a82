import type { Sql } from '../db/index.ts';

/** The units that take part in each of these complaints. */
export async function jointUnitsOf(sql: Sql, complaintIds: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await sql.query<{ complaint_id: string; unit_ids: string[] }>(
    'live.joint_units',
    `select complaint_id, array_agg(unit_id::text) as unit_ids from complaint_joint_unit
      where complaint_id = any($1::uuid[]) group by complaint_id`,
    [complaintIds],
  );
  return new Map(rows.map((row) => [row.complaint_id, row.unit_ids]));
}
