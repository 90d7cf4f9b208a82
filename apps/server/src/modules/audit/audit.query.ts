import type { QueryOf, ResponseOf } from '@bihuan/contract';
import type { AuditItem, listAudit, readAuditChain } from '@bihuan/contract/audit';
import { countUnsealed, showsText } from '../../platform/audit/index.ts';
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

/** A name found too often says too little. */
const MOST_PEOPLE = 200;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A page of the ledger, newest first by (time, id). */
export async function listAuditPage(
  sql: Sql,
  query: QueryOf<typeof listAudit>,
): Promise<{ items: AuditItem[]; next: string | null }> {
  const { limit = 50 } = query;
  const values: unknown[] = [];
  const conditions: string[] = [];
  const parameter = (value: unknown): string => {
    values.push(value);
    return `$${values.length}`;
  };
  if (query.from) conditions.push(`e.at >= ${parameter(new Date(query.from))}`);
  if (query.to) conditions.push(`e.at < ${parameter(new Date(query.to))}`);
  if (query.actorId) conditions.push(`e.actor_id = ${parameter(query.actorId)}::uuid`);
  if (query.actor) conditions.push(`e.actor_id = any(${parameter(await peopleNamed(sql, query.actor))}::uuid[])`);
  if (query.objectType) conditions.push(`e.object_type = ${parameter(query.objectType)}`);
  if (query.objectId) conditions.push(`e.object_id = ${parameter(query.objectId)}::uuid`);
  if (query.toStatus) conditions.push(`e.to_status = ${parameter(query.toStatus)}`);
  if (query.action) {
    const wanted = query.action.split(',');
    const rooms = wanted.filter((action) => !action.includes('.')).map((room) => `${room}.%`);
    const whole = wanted.filter((action) => action.includes('.'));
    conditions.push(
      `(e.action = any(${parameter(whole)}::text[]) or e.action like any(${parameter(rooms.map((room) => room.replaceAll('_', '\\_')))}::text[]))`,
    );
  }
  if (query.q) {
    const ids = parameter(await idsFor(sql, query.q.trim()));
    conditions.push(
      `(e.object_id = any(${ids}::uuid[]) or e.actor_id = any(${ids}::uuid[]) or e.id = any(${ids}::uuid[]))`,
    );
  }
  if (query.after) {
    const [at, id] = readCursor(query.after);
    conditions.push(`(e.at, e.id) < (${parameter(at)}::timestamptz, ${parameter(id)}::uuid)`);
  }
  const rows = await sql.query<Row>(
    null,
    `select e.id, e.at, e.at::text as at_exact, e.actor_id, p.name as actor_name, e.actor_unit_id as unit_id, u.name as unit_name,
            e.actor_role, e.action, e.object_type, e.object_id, e.from_status, e.to_status, e.note, e.data, e.ip, l.seq
       from audit_event e
       left join person p on p.id = e.actor_id left join unit u on u.id = e.actor_unit_id
       left join audit_link l on l.event_id = e.id
      ${conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''}
      order by e.at desc, e.id desc limit ${parameter(limit + 1)}`,
    values,
  );
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  const page = rows.slice(0, limit);
  const labels = await objectLabels(sql, page);
  return {
    items: page.map((row) => toItem(row, labels.get(row.object_id ?? '') ?? null)),
    next: last ? `${last.at_exact}~${last.id}` : null,
  };
}

async function peopleNamed(sql: Sql, text: string): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    'audit.people_named',
    `select id from person where name like $1 or staff_no like $1 limit ${MOST_PEOPLE}`,
    [`%${text.trim().replace(/[\\%_]/g, '\\$&')}%`],
  );
  return rows.map((row) => row.id);
}

/** Who or what a search means: a record's id, an order's number, a person, an account. */
async function idsFor(sql: Sql, q: string): Promise<string[]> {
  if (UUID.test(q)) return [q];
  const rows = await sql.query<{ id: string }>(
    'audit.ids_for',
    `(select id from complaint where number = $1) union (select id from complaint where external_no = $1 limit 50)
     union (select id from account where username = lower($1))
     union select x.id from (select p.id as person_id from person p where p.name like $2 or p.staff_no = $1 limit ${MOST_PEOPLE}) found
             cross join lateral (select found.person_id as id union all select a.id from account a where a.person_id = found.person_id) x`,
    [q, `%${q.replace(/[\\%_]/g, '\\$&')}%`],
  );
  return rows.map((row) => row.id);
}

/** What the objects of a page are called. Of orders and what belongs to them only the number. */
async function objectLabels(sql: Sql, page: readonly Row[]): Promise<Map<string, string>> {
  const ids = [...new Set(page.flatMap((row) => row.object_id ?? []))];
  const rows = await sql.query<{ id: string; label: string }>(
    'audit.object_labels',
    `select id, number as label from complaint where id = any($1::uuid[])
     union all select id, name from person where id = any($1::uuid[])
     union all select id, name from unit where id = any($1::uuid[])
     union all select a.id, p.name || '（' || a.username || '）' from account a join person p on p.id = a.person_id where a.id = any($1::uuid[])
     union all select s.id, p.name || '（' || a.username || '）' from session s join account a on a.id = s.account_id join person p on p.id = a.person_id where s.id = any($1::uuid[])
     union all select id, title from bulletin where id = any($1::uuid[])
     union all select id, name from intake_source where id = any($1::uuid[])`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row.label]));
}

/** How far the chain reaches. */
export async function chainState(sql: Sql): Promise<ResponseOf<typeof readAuditChain>> {
  const [head] = await sql.query<{ seq: number; hash: Buffer; event_id: string; at: Date | null }>(
    'audit.chain_head',
    `select l.seq, l.hash, l.event_id, e.at from audit_link l left join audit_event e on e.id = l.event_id order by l.seq desc limit 1`,
  );
  return {
    head: head
      ? { seq: head.seq, hash: head.hash.toString('hex'), eventId: head.event_id, at: head.at?.toISOString() ?? null }
      : null,
    unsealed: await countUnsealed(sql),
  };
}

function readCursor(cursor: string): [at: string, id: string] {
  const [at = '', id = ''] = cursor.split('~');
  if (Number.isNaN(Date.parse(at.replace(' ', 'T').replace(/\+(\d\d)$/, '+$1:00'))) || !/^[0-9a-f-]{36}$/.test(id)) {
    throw invalid('翻页位置不对，请从第一页重新查看');
  }
  return [at, id];
}

function toItem(row: Row, objectLabel: string | null): AuditItem {
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
    objectLabel,
    fromStatus: row.from_status,
    toStatus: row.to_status,
    note: shown ? row.note : null,
    data: shown ? row.data : {},
    textWithheld: !shown && (row.note !== null || Object.keys(row.data).length > 0),
    ip: row.ip,
    seq: row.seq,
  };
}
