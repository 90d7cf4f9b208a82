import type { Role } from '@bihuan/domain/access';
import type { Sql } from '../../platform/db/index.ts';

/** In whose name an import writes the ledger: the person, in the post held now that may import. */
export async function actorOfImport(
  sql: Sql,
  personId: string,
): Promise<{ personId: string; unitId: string; role: Role; ip: null } | null> {
  const [row] = await sql.query<{ unit_id: string; role: Role }>(
    'import.actor',
    `select unit_id, role from posting where person_id = $1 and ended_on is null
      order by role not in ('coordination_clerk', 'coordination_chief'), started_on desc limit 1`,
    [personId],
  );
  return row ? { personId, unitId: row.unit_id, role: row.role, ip: null } : null;
}
