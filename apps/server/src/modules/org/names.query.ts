import type { PersonName, UnitName } from '@bihuan/contract/org';
import { type Role, roleDefinition } from '@bihuan/domain/access';
import type { Sql } from '../../platform/db/index.ts';

/** Open units, for pickers. */
export function unitNames(sql: Sql): Promise<UnitName[]> {
  return sql.query<UnitName>(
    'org.unit_names',
    `select id, name, short_name as "shortName", kind, parent_id as "parentId", town_id as "townId"
       from unit where closed_at is null order by sort, name`,
  );
}

const MOST = 50;

/** People in a present post, one row a post: name, unit and role only. */
export async function personNames(
  sql: Sql,
  filter: { q?: string | undefined; unitId?: string | undefined; role?: Role | undefined },
): Promise<PersonName[]> {
  const rows = await sql.query<{ id: string; name: string; unit_id: string; unit_name: string; role: Role }>(
    'org.person_names',
    `select p.id, p.name, u.id as unit_id, u.name as unit_name, o.role
       from posting o join person p on p.id = o.person_id join unit u on u.id = o.unit_id
      where o.ended_on is null and p.left_at is null and u.closed_at is null
        and ($1::text is null or p.name like $1) and ($2::uuid is null or u.id = $2) and ($3::text is null or o.role = $3)
      order by u.sort, u.name, p.staff_no limit ${MOST}`,
    [filter.q?.trim() ? likePattern(filter.q) : null, filter.unitId ?? null, filter.role ?? null],
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    unit: { id: row.unit_id, name: row.unit_name },
    roleLabel: roleDefinition(row.role).label,
  }));
}

/** Contains the words, which may hold LIKE's own signs. */
export function likePattern(words: string): string {
  return `%${words.trim().replace(/[\\%_]/g, '\\$&')}%`;
}
