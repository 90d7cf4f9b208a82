import type { Checklist, ChecklistItem, Target } from '@bihuan/contract/inspection';
import type { TargetKind } from '@bihuan/domain/inspection';
import type { Sql, Trx } from '../../platform/db/index.ts';

export const readSquadrons = (sql: Sql) =>
  sql.query<{ id: string; name: string; kind: string }>(
    'inspection.squadrons',
    "select id, name, kind from unit where closed_at is null and kind = 'squadron' order by sort, name",
  );

export async function readInspectors(sql: Sql, roles: readonly string[]) {
  const rows = await sql.query<{ id: string; name: string; unit_id: string; unit_name: string }>(
    'inspection.inspectors',
    `select distinct on (p.id) p.id, p.name, u.id as unit_id, u.name as unit_name from posting o join person p on p.id = o.person_id join unit u on u.id = o.unit_id
      where o.role = any($1::text[]) and o.ended_on is null and p.left_at is null order by p.id, o.started_on`,
    [roles],
  );
  return rows
    .map((row) => ({ id: row.id, name: row.name, unit: { id: row.unit_id, name: row.unit_name } }))
    .sort((a, b) => a.unit.name.localeCompare(b.unit.name, 'zh') || a.name.localeCompare(b.name, 'zh'));
}

export async function readChecklists(sql: Sql): Promise<Checklist[]> {
  const rows = await sql.query<{
    id: string;
    code: string;
    name: string;
    version: number;
    note: string | null;
    current: boolean;
    created_at: Date;
    items: ChecklistItem[];
  }>(
    'inspection.checklists',
    `select c.id, c.code, c.name, c.version, c.note, c.version = max(c.version) over (partition by c.code) as current, c.created_at,
            (select jsonb_agg(jsonb_build_object('no', i.no, 'section', i.section, 'text', i.text, 'basis', i.basis, 'weight', i.weight, 'photoRequired', i.photo_required,
                'type', i.type_code) order by i.no) from inspection_checklist_item i where i.checklist_id = c.id) as items
       from inspection_checklist c order by c.code, c.version desc`,
  );
  return rows.map(({ created_at, ...row }) => ({ ...row, createdAt: created_at.toISOString() }));
}

export async function readTargets(sql: Sql): Promise<Target[]> {
  const rows = await sql.query<{
    code: string;
    kind: TargetKind;
    name: string;
    note: string | null;
    version: number;
    closed_at: Date | null;
  }>(
    'inspection.target_list',
    'select code, kind, name, note, version, closed_at from inspection_target order by sort, code',
  );
  return rows.map(({ closed_at, ...row }) => ({ ...row, closed: closed_at !== null }));
}

export const readRectificationTypes = (sql: Sql) =>
  sql.query<{ code: string; name: string; workdays: number }>(
    'inspection.rectification_types',
    'select code, name, workdays from rectification_type where closed_at is null order by sort, code',
  );

export async function latestVersion(sql: Sql, code: string): Promise<number> {
  const [row] = await sql.query<{ version: number }>(
    'inspection.latest_list',
    'select coalesce(max(version), 0)::int as version from inspection_checklist where code = $1',
    [code],
  );
  return row!.version;
}

export async function insertChecklist(
  trx: Trx,
  list: {
    code: string;
    version: number;
    name: string;
    note?: string;
    items: readonly ChecklistItem[];
    by: string;
    at: number;
  },
): Promise<string> {
  const { items } = list;
  const [row] = await trx.query<{ id: string }>(
    'inspection.insert_list',
    `with made as (insert into inspection_checklist (code, version, name, note, created_by, created_at) values ($1,$2,$3,$4,$5,$6) returning id),
          lines as (insert into inspection_checklist_item (checklist_id, no, section, text, basis, weight, photo_required, type_code)
            select made.id, t.* from made, unnest($7::int[], $8::text[], $9::text[], $10::text[], $11::int[], $12::bool[], $13::text[]) as t)
     select id from made`,
    [
      list.code,
      list.version,
      list.name.trim(),
      list.note?.trim() || null,
      list.by,
      new Date(list.at),
      items.map(({ no }) => no),
      items.map(({ section }) => section.trim()),
      items.map(({ text }) => text.trim()),
      items.map(({ basis }) => basis?.trim() || null),
      items.map(({ weight }) => weight),
      items.map(({ photoRequired }) => photoRequired),
      items.map(({ type }) => type),
    ],
  );
  return row!.id;
}

/** @returns its version, or `null` when there is none; nobody else makes one of this code meanwhile */
export async function lockTarget(trx: Trx, code: string): Promise<number | null> {
  await trx.query('inspection.lock_target', 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `inspection_target:${code}`,
  ]);
  const [row] = await trx.query<{ version: number }>(
    'inspection.target_version',
    'select version from inspection_target where code = $1',
    [code],
  );
  return row?.version ?? null;
}

export async function writeTarget(
  trx: Trx,
  code: string,
  target: { kind: TargetKind; name: string; note?: string; closed: boolean; version: number; at: number },
): Promise<void> {
  await trx.query(
    'inspection.write_target',
    `insert into inspection_target (code, kind, name, note, sort, version, closed_at)
     values ($1, $2, $3, $4, (select coalesce(max(sort), 0) + 10 from inspection_target), $5, $6)
     on conflict (code) do update set kind = excluded.kind, name = excluded.name, note = excluded.note, version = excluded.version,
       closed_at = case when excluded.closed_at is null then null else coalesce(inspection_target.closed_at, excluded.closed_at) end`,
    [
      code,
      target.kind,
      target.name.trim(),
      target.note?.trim() || null,
      target.version,
      target.closed ? new Date(target.at) : null,
    ],
  );
}
