import { complaintScope, inspectionScope, type RequestActor, rectificationScope } from '../../platform/access/index.ts';
import {
  complaintScope,
  jointPartScope,
  listingFileScope,
  onSiteScope,
  type RequestActor,
  rectificationScope,
} from '../../platform/access/index.ts';
import type { Sql } from '../../platform/db/index.ts';

/** Whoever uploaded a file may open it, and whoever may see what it belongs to. */
export async function mayOpenFile(sql: Sql, actor: RequestActor, fileId: string): Promise<boolean> {
  const scope = complaintScope(actor, 'c', 3);
  const ledger = rectificationScope(actor, 'v', 3 + scope.values.length);
  const inspection = inspectionScope(actor, 'pl', 3 + scope.values.length + ledger.values.length);
  const rows = await sql.query(
    `file.may_open.${scope.scope}.${ledger.scope}.${inspection.key}`,
  const listing = listingFileScope(actor, 'l', 3 + scope.values.length + ledger.values.length);
    `file.may_open.${scope.scope}.${ledger.scope}.${listing.scope}`,
  const ledger = rectificationScope(actor, 'g', 3 + scope.values.length);
  const onSite = onSiteScope(actor, 'v', 3 + scope.values.length + ledger.values.length + listing.values.length);
    `file.may_open.${scope.scope}.${ledger.scope}.${listing.scope}.${onSite.scope}`,
  const joint = jointPartScope(
    actor,
    'd.unit_id',
    3 + scope.values.length + ledger.values.length + listing.values.length + onSite.values.length,
  );
    `file.may_open.${scope.scope}.${ledger.scope}.${listing.scope}.${onSite.scope}.${joint.scope}`,
    `select 1 from file f where f.id = $1::uuid and (
       f.created_by = $2::uuid
       or exists (select 1 from complaint_file a join complaint c on c.id = a.complaint_id
                   where a.file_id = f.id and ${scope.sql})
       or exists (select 1 from complaint_request r join complaint c on c.id = r.complaint_id
                   where f.id = any(r.file_ids) and ${scope.sql})
       or exists (select 1 from rectification_file a join rectification g on g.id = a.rectification_id
                   where a.file_id = f.id and ${ledger.sql})
       or exists (select 1 from inspection_file a join inspection_visit vi on vi.id = a.visit_id join inspection_plan pl on pl.id = vi.plan_id
                   where a.file_id = f.id and ${inspection.sql} and ${inspection.visit('vi')}))`,
    [fileId, actor.personId, ...scope.values, ...ledger.values, ...inspection.values],
       or exists (select 1 from listing_file a join listing l on l.id = a.listing_id
                   where a.file_id = f.id and ${listing.sql})
       or exists (select 1 from on_site_file a join on_site_visit v on v.id = a.visit_id
                   where a.file_id = f.id and ${onSite.sql})
       or exists (select 1 from joint_duty_file a join joint_duty d on d.id = a.duty_id
                   where a.file_id = f.id and ${joint.sql}))`,
    [fileId, actor.personId, ...scope.values, ...ledger.values, ...listing.values, ...onSite.values, ...joint.values],
  );
  return rows.length > 0;
}
