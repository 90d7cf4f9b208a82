import { complaintScope, type RequestActor } from '../../platform/access/index.ts';
import type { Sql } from '../../platform/db/index.ts';

/** Whoever uploaded a file may open it, and whoever may see a complaint it belongs to. */
export async function mayOpenFile(sql: Sql, actor: RequestActor, fileId: string): Promise<boolean> {
  const scope = complaintScope(actor, 'c', 3);
  const rows = await sql.query(
    `file.may_open.${scope.scope}`,
    `select 1 from file f where f.id = $1::uuid and (
       f.created_by = $2::uuid
       or exists (select 1 from complaint_file a join complaint c on c.id = a.complaint_id
                   where a.file_id = f.id and ${scope.sql})
       or exists (select 1 from complaint_request r join complaint c on c.id = r.complaint_id
                   where f.id = any(r.file_ids) and ${scope.sql}))`,
    [fileId, actor.personId, ...scope.values],
  );
  return rows.length > 0;
}
