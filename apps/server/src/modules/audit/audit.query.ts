import type { QueryOf } from '@bihuan/contract';
import type { AuditItem, listAudit } from '@bihuan/contract/audit';
import { showsText } from '../../platform/audit/index.ts';
import type { Sql } from '../../platform/db/index.ts';
import { invalid } from '../../platform/errors.ts';

interface Row {
  id: string;
  at: Date;
  at_exact: string;
  actor_id: string | null;
  actor_name: string | null;
  unit_id: string | null;
  unit_name: string | null;
  actor_role: string | null;
  action: string;
  object_type: string;
  object_id: string | null;
  from_status: string | null;
  to_status: string | null;
  note: string | null;
  data: Record<string, unknown>;
  ip: string | null;
  seq: number | null;
}

/** A page of the ledger, newest first by (time, id). */
export async function listAuditPage(
  sql: Sql,
  query: QueryOf<typeof listAudit>,
): Promise<{ items: AuditItem[]; next: string | null }> {
  const { limit = 50 } = query;
  const values: unknown[] = [];
  const conditions: string[] = [];
  const where = (condition: (parameter: string) => string, value: unknown) => {
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  if (query.from) where((p) => `e.at >= ${p}`, new Date(query.from));
  if (query.to) where((p) => `e.at < ${p}`, new Date(query.to));
  if (query.actorId) where((p) => `e.actor_id = ${p}::uuid`, query.actorId);
  if (query.objectId) where((p) => `e.object_id = ${p}::uuid`, query.objectId);
  if (query.action?.includes('.')) where((p) => `e.action = ${p}`, query.action);
  else if (query.action) where((p) => `starts_with(e.action, ${p})`, `${query.action}.`);
  if (query.after) {
    const [at, id] = readCursor(query.after);
    values.push(at, id);
    conditions.push(`(e.at, e.id) < ($${values.length - 1}::timestamptz, $${values.length}::uuid)`);
  }
  values.push(limit + 1);
  const rows = await sql.query<Row>(
    null,
    `select e.id, e.at, e.at::text as at_exact, e.actor_id, p.name as actor_name, e.actor_unit_id as unit_id, u.name as unit_name,
            e.actor_role, e.action, e.object_type, e.object_id, e.from_status, e.to_status, e.note, e.data, e.ip, l.seq
       from audit_event e
       left join person p on p.id = e.actor_id left join unit u on u.id = e.actor_unit_id
       left join audit_link l on l.event_id = e.id
      ${conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''}
      order by e.at desc, e.id desc limit $${values.length}`,
    values,
  );
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { items: rows.slice(0, limit).map(toItem), next: last ? `${last.at_exact}~${last.id}` : null };
}

function readCursor(cursor: string): [at: string, id: string] {
  const [at = '', id = ''] = cursor.split('~');
  if (Number.isNaN(Date.parse(at.replace(' ', 'T').replace(/\+(\d\d)$/, '+$1:00'))) || !/^[0-9a-f-]{36}$/.test(id)) {
    throw invalid('翻页位置不对，请从第一页重新查看');
  }
  return [at, id];
}

function toItem(row: Row): AuditItem {
  const shown = showsText(row);
  return {
    id: row.id,
    at: row.at.toISOString(),
    actor: row.actor_id === null ? null : { id: row.actor_id, name: row.actor_name ?? '' },
    unit: row.unit_id === null ? null : { id: row.unit_id, name: row.unit_name ?? '' },
    role: row.actor_role,
    action: row.action,
    objectType: row.object_type,
    objectId: row.object_id,
    fromStatus: row.from_status,
    toStatus: row.to_status,
    note: shown ? row.note : null,
    data: shown ? row.data : {},
    textWithheld: !shown && (row.note !== null || Object.keys(row.data).length > 0),
    ip: row.ip,
    seq: row.seq,
  };
}
