import type { ResponseOf } from '@bihuan/contract';
import type { revealComplainant } from '@bihuan/contract/complaint';
import { complaintScope, type RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { notFound } from '../../platform/errors.ts';

interface ProtectedRow {
  content: string;
  address: string | null;
  name_enc: Buffer | null;
  phone_enc: Buffer | null;
  content_enc: Buffer | null;
  address_enc: Buffer | null;
}

/** Opens a complainant's data for a stated reason; the look is recorded before anything is shown. */
export async function reveal(
  deps: Deps,
  actor: RequestActor,
  id: string,
  reason: string,
): Promise<ResponseOf<typeof revealComplainant>> {
  return deps.db.transaction(async (trx) => {
    const scope = complaintScope(actor, 'c', 2);
    const [row] = await trx.query<ProtectedRow>(
      `complaint.reveal.${scope.scope}`,
      `select c.content, c.address, x.name_enc, x.phone_enc, x.content_enc, x.address_enc
         from complaint c left join complainant x on x.complaint_id = c.id where c.id = $1 and ${scope.sql}`,
      [id, ...scope.values],
    );
    if (!row) throw notFound('诉件');
    await recordAudit(trx, {
      at: deps.clock.now(),
      actor,
      action: 'complaint.reveal',
      objectType: 'complaint',
      objectId: id,
      note: reason,
    });
    const open = (field: string, sealed: Buffer | null) =>
      sealed === null ? null : deps.keyring.decrypt(sealed, `complainant.${field}:${id}`);
    return {
      name: open('name', row.name_enc),
      phone: open('phone', row.phone_enc),
      content: open('content', row.content_enc) ?? row.content,
      address: open('address', row.address_enc) ?? row.address,
    };
  });
}
