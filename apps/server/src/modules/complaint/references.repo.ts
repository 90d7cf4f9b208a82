import type { Status } from '@bihuan/domain/complaint';
import type { Sql } from '../../platform/db/index.ts';

export async function isOpenUnit(sql: Sql, id: string, kinds: readonly string[]): Promise<boolean> {
  const rows = await sql.query(
    'unit.open',
    'select 1 from unit where id = $1 and kind = any($2::text[]) and closed_at is null',
    [id, kinds],
  );
  return rows.length > 0;
}

/** Whether the person now serves in the unit in a role that handles orders. */
export async function canHandle(sql: Sql, personId: string, unitId: string): Promise<boolean> {
  const rows = await sql.query(
    'posting.handler',
    `select 1 from posting o join person p on p.id = o.person_id
      where o.person_id = $1 and o.unit_id = $2 and o.ended_on is null and p.left_at is null
        and o.role in ('officer', 'squadron_clerk', 'squadron_leader')`,
    [personId, unitId],
  );
  return rows.length > 0;
}

/** How many of the files were uploaded by the person as evidence. */
export async function attachableFiles(sql: Sql, fileIds: readonly string[], personId: string): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    'file.attachable',
    "select count(*)::int as count from file where id = any($1::uuid[]) and created_by = $2 and purpose = 'evidence'",
    [fileIds, personId],
  );
  return row!.count;
}

/** Queues the call-back to the platform an order came from, where that platform has one. */
export async function sourceCallback(sql: Sql, complaintId: string, status: Status, at: number): Promise<void> {
  await sql.query(
    'webhook.insert',
    `insert into webhook_delivery (source_id, complaint_id, event, payload, next_attempt_at)
     select s.id, c.id, 'complaint.status', jsonb_build_object('number', c.number, 'externalNo', c.external_no, 'status', $2::text, 'at', $3::timestamptz), $3
       from complaint c join intake_source s on s.id = c.source_id
      where c.id = $1 and s.callback_url is not null and c.external_no is not null`,
    [complaintId, status, new Date(at)],
  );
}
