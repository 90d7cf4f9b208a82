import type { Role } from '@bihuan/domain/access';
import type { Sql, Trx } from '../db/index.ts';
import { invalid } from '../errors.ts';

/** What the rooms of supervision ask of the house before they write a record. */
export type RecordKind = 'listing' | 'on_site' | 'joint' | 'letter';
const PREFIX: Readonly<Record<RecordKind, string>> = { listing: 'GP', on_site: 'DC', joint: 'LH', letter: 'YJ' };

/** Numbers run by kind and year without gaps: a transaction that fails gives its number back. */
export async function nextRecordNumber(trx: Trx, kind: RecordKind, year: number): Promise<string> {
  const [row] = await trx.query<{ n: number }>(
    'record.number',
    `insert into supervision_counter (kind, year, n) values ($1, $2, 1)
     on conflict (kind, year) do update set n = supervision_counter.n + 1 returning n`,
    [kind, year],
  );
  return `${PREFIX[kind]}${year}-${String(row!.n).padStart(3, '0')}`;
}

/** @throws Problem 400 unless all are evidence that the person uploaded */
export async function checkOwnFiles(
  sql: Sql,
  personId: string,
  fileIds: readonly string[] | undefined,
  field: string,
): Promise<void> {
  if (!fileIds?.length) return;
  const [row] = await sql.query<{ count: number }>(
    'record.own_files',
    "select count(*)::int as count from file where id = any($1::uuid[]) and created_by = $2 and purpose = 'evidence'",
    [fileIds, personId],
  );
  if (row!.count !== new Set(fileIds).size)
    throw invalid('附件不存在，或不是您上传的', [{ field, message: '请重新上传附件' }]);
}

export async function openUnit(sql: Sql, id: string): Promise<{ name: string; kind: string } | null> {
  const [row] = await sql.query<{ name: string; kind: string }>(
    'record.unit',
    'select name, kind from unit where id = $1 and closed_at is null',
    [id],
  );
  return row ?? null;
}

/** Whether the person serves in the unit now. */
export async function servesIn(sql: Sql, personId: string, unitId: string): Promise<boolean> {
  const rows = await sql.query(
    'record.serves',
    `select 1 from posting o join person p on p.id = o.person_id
      where o.person_id = $1 and o.unit_id = $2 and o.ended_on is null and p.left_at is null`,
    [personId, unitId],
  );
  return rows.length > 0;
}

/** Whether the person holds the role now, in whatever unit. */
export async function holdsRole(sql: Sql, personId: string, role: Role): Promise<boolean> {
  const rows = await sql.query(
    'record.holds_role',
    `select 1 from posting o join person p on p.id = o.person_id
      where o.person_id = $1 and o.role = $2 and o.ended_on is null and p.left_at is null`,
    [personId, role],
  );
  return rows.length > 0;
}

/** Units where somebody holds one of the roles now. */
export async function unitsOfRoles(sql: Sql, roles: readonly string[]): Promise<string[]> {
  const rows = await sql.query<{ unit_id: string }>(
    'posting.duty_units',
    'select distinct unit_id from posting where role = any($1::text[]) and ended_on is null',
    [roles],
  );
  return rows.map(({ unit_id }) => unit_id);
}
