import type { UnitItem } from '@bihuan/contract/org';
import type { Sql, Trx } from '../../platform/db/index.ts';

export interface UnitRow {
  id: string;
  code: string;
  name: string;
  kind: UnitItem['kind'];
  parent_id: string | null;
  town_id: string | null;
  closed_at: Date | null;
  version: number;
}

export function unitItems(sql: Sql, withClosed: boolean): Promise<UnitItem[]> {
  return sql.query<UnitItem>(
    'org.units',
    `select u.id, u.code, u.name, u.short_name as "shortName", u.kind, u.parent_id as "parentId", u.town_id as "townId",
            t.name as "townName", u.phone, u.sort, u.closed_at is not null as closed, u.version,
            (select count(distinct o.person_id)::int from posting o where o.unit_id = u.id and o.ended_on is null) as headcount
       from unit u left join unit t on t.id = u.town_id
      where $1 or u.closed_at is null order by u.sort, u.name`,
    [withClosed],
  );
}

export async function lockUnit(trx: Trx, id: string): Promise<UnitRow | null> {
  const [row] = await trx.query<UnitRow>(
    'org.lock_unit',
    'select id, code, name, kind, parent_id, town_id, closed_at, version from unit where id = $1 for update',
    [id],
  );
  return row ?? null;
}

/** Keeps the shape of the tree still while one of its units is moved or closed. */
export async function lockTree(trx: Trx): Promise<void> {
  await trx.query('org.lock_tree', "select pg_advisory_xact_lock(hashtext('bihuan:unit-tree:' || current_schema()))");
}

export async function findUnit(sql: Sql, id: string): Promise<UnitRow | null> {
  const [row] = await sql.query<UnitRow>(
    'org.unit',
    'select id, code, name, kind, parent_id, town_id, closed_at, version from unit where id = $1',
    [id],
  );
  return row ?? null;
}

export interface UnitValues {
  name: string;
  shortName: string;
  kind: UnitItem['kind'];
  parentId: string | null;
  townId: string | null;
  phone: string | null;
  sort: number;
}

const valuesOf = (unit: UnitValues) => [
  unit.name.trim(),
  unit.shortName.trim(),
  unit.kind,
  unit.parentId,
  unit.townId,
  unit.phone?.trim() || null,
  unit.sort,
];

export async function insertUnit(trx: Trx, code: string, unit: UnitValues): Promise<string> {
  const [row] = await trx.query<{ id: string }>(
    'org.insert_unit',
    'insert into unit (name, short_name, kind, parent_id, town_id, phone, sort, code) values ($1,$2,$3,$4,$5,$6,$7,$8) returning id',
    [...valuesOf(unit), code],
  );
  return row!.id;
}

export async function saveUnit(trx: Trx, id: string, unit: UnitValues): Promise<number> {
  const [row] = await trx.query<{ version: number }>(
    'org.save_unit',
    `update unit set name = $1, short_name = $2, kind = $3, parent_id = $4, town_id = $5, phone = $6, sort = $7, version = version + 1
      where id = $8 returning version`,
    [...valuesOf(unit), id],
  );
  return row!.version;
}

export async function saveUnitClosed(trx: Trx, id: string, closedAt: Date | null): Promise<number> {
  const [row] = await trx.query<{ version: number }>(
    'org.close_unit',
    'update unit set closed_at = $2, version = version + 1 where id = $1 returning version',
    [id, closedAt],
  );
  return row!.version;
}

/** What still hangs on a unit: numbers only, administrators do not read complaints. */
export async function unitLoad(sql: Sql, id: string) {
  const [row] = await sql.query<{
    people: number;
    children: number;
    squadrons: number;
    orders: number;
    pending: number;
  }>(
    'org.unit_load',
    `select (select count(*)::int from posting where unit_id = $1 and ended_on is null) as people,
            (select count(*)::int from unit where parent_id = $1 and closed_at is null) as children,
            (select count(*)::int from unit where town_id = $1 and closed_at is null) as squadrons,
            (select count(*)::int from role_grant where unit_id = $1 and status = 'pending') as pending,
            (select count(*)::int from complaint c where c.unit_id = $1 and c.status not in ('closed', 'declined')) as orders`,
    [id],
  );
  return row!;
}

/** Whether `candidate` lies under `id` in the tree (or is it). */
export async function isBelow(sql: Sql, candidate: string, id: string): Promise<boolean> {
  const rows = await sql.query(
    'org.is_below',
    `with recursive up as (select id, parent_id from unit where id = $1 union select u.id, u.parent_id from unit u join up on u.id = up.parent_id)
     select 1 from up where id = $2`,
    [candidate, id],
  );
  return rows.length > 0;
}

/** The open squadron that already stands for a town. */
export async function squadronOfTown(sql: Sql, townId: string, exceptId: string | null): Promise<string | null> {
  const [row] = await sql.query<{ name: string }>(
    'org.squadron_of_town',
    "select name from unit where town_id = $1 and kind = 'squadron' and closed_at is null and id is distinct from $2",
    [townId, exceptId],
  );
  return row?.name ?? null;
}

export async function isUnitCodeTaken(sql: Sql, code: string): Promise<boolean> {
  return (await sql.query('org.unit_code', 'select 1 from unit where code = $1', [code])).length > 0;
}

/** Roles held in the unit, to see whether it may become one of another kind. */
export async function rolesInUnit(sql: Sql, id: string): Promise<string[]> {
  const rows = await sql.query<{ role: string }>(
    'org.roles_in_unit',
    `select distinct role from posting where unit_id = $1 and ended_on is null
     union select role from role_grant where unit_id = $1 and status = 'pending'`,
    [id],
  );
  return rows.map((row) => row.role);
}
