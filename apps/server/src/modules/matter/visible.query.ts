import type { RequestActor } from '../../platform/access/index.ts';
import { complaintScope } from '../../platform/access/index.ts';
import type { Sql } from '../../platform/db/index.ts';

/** Of these orders, those that the actor may see. */
export async function visibleOrders(sql: Sql, actor: RequestActor, orderIds: readonly string[]): Promise<string[]> {
  const scope = complaintScope(actor, 'c', 2);
  const rows = await sql.query<{ id: string }>(
    `matter.visible.${scope.scope}`,
    `select c.id from complaint c where c.id = any($1::uuid[]) and ${scope.sql}`,
    [orderIds, ...scope.values],
  );
  return rows.map(({ id }) => id);
}

/** A matter is seen by whoever sees one of its orders. */
export async function seesMatter(sql: Sql, actor: RequestActor, matterId: string): Promise<boolean> {
  const scope = complaintScope(actor, 'c', 2);
  const [row] = await sql.query(
    `matter.seen.${scope.scope}`,
    `select 1 from matter_order o join complaint c on c.id = o.complaint_id where o.matter_id = $1 and ${scope.sql} limit 1`,
    [matterId, ...scope.values],
  );
  return row !== undefined;
}

/** What a command of this id was on, if there was one. */
export async function isDone(sql: Sql, commandId: string): Promise<string | null> {
  const [row] = await sql.query<{ object_id: string }>(
    'matter.done',
    'select object_id from audit_event where command_id = $1',
    [commandId],
  );
  return row?.object_id ?? null;
}
