import { createHash } from 'node:crypto';
import {
  complaintScope,
  inspectionScope,
  jointPartScope,
  listingFileScope,
  onSiteScope,
  type RequestActor,
  rectificationScope,
} from '../../platform/access/index.ts';
import type { Sql } from '../../platform/db/index.ts';

/** Whoever uploaded a file may open it, and whoever may see what it belongs to. */
export async function mayOpenFile(sql: Sql, actor: RequestActor, fileId: string): Promise<boolean> {
  const values: unknown[] = [fileId, actor.personId];
  /** Each room numbers its parameters after those of the rooms before it. */
  const of = <S extends { readonly values: readonly unknown[] }>(scope: (firstParameter: number) => S): S => {
    const made = scope(values.length + 1);
    values.push(...made.values);
    return made;
  };
  const complaint = of((first) => complaintScope(actor, 'c', first));
  const ledger = of((first) => rectificationScope(actor, 'g', first));
  const inspection = of((first) => inspectionScope(actor, 'pl', first));
  const listing = of((first) => listingFileScope(actor, 'l', first));
  const onSite = of((first) => onSiteScope(actor, 'v', first));
  const joint = of((first) => jointPartScope(actor, 'd.unit_id', first));
  const text = `select 1 from file f where f.id = $1::uuid and (
       f.created_by = $2::uuid
       or exists (select 1 from complaint_file a join complaint c on c.id = a.complaint_id
                   where a.file_id = f.id and ${complaint.sql})
       or exists (select 1 from complaint_request r join complaint c on c.id = r.complaint_id
                   where f.id = any(r.file_ids) and ${complaint.sql})
       or exists (select 1 from rectification_file a join rectification g on g.id = a.rectification_id
                   where a.file_id = f.id and ${ledger.sql})
       or exists (select 1 from inspection_file a join inspection_visit vi on vi.id = a.visit_id join inspection_plan pl on pl.id = vi.plan_id
                   where a.file_id = f.id and ${inspection.sql} and ${inspection.visit('vi')})
       or exists (select 1 from listing_file a join listing l on l.id = a.listing_id
                   where a.file_id = f.id and ${listing.sql})
       or exists (select 1 from on_site_file a join on_site_visit v on v.id = a.visit_id
                   where a.file_id = f.id and ${onSite.sql})
       or exists (select 1 from joint_duty_file a join joint_duty d on d.id = a.duty_id
                   where a.file_id = f.id and ${joint.sql}))`;
  const name = createHash('md5').update(text).digest('base64url').slice(0, 12);
  return (await sql.query(`file.may_open.${name}`, text, values)).length > 0;
}
