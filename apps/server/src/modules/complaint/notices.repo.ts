import type { NoticeDraft } from '@bihuan/domain/complaint';
import type { Trx } from '../../platform/db/index.ts';
import { notify } from '../../platform/notify/index.ts';

/** Who in a unit answers for its orders. */
const UNIT_ROLES = ['squadron_clerk', 'squadron_leader', 'partner_liaison'];
const DUTY_ROLES = {
  coordination: ['coordination_clerk', 'coordination_chief'],
  supervision: ['supervisor', 'supervision_chief'],
} as const;

/** Writes the notices of a decision in its transaction. Titles name the order by number and title, never the citizen. */
export async function sendNotices(
  trx: Trx,
  complaintId: string,
  at: number,
  drafts: readonly NoticeDraft[],
): Promise<void> {
  if (drafts.length === 0) return;
  const [order] = await trx.query<{ number: string; title: string }>(
    'complaint.label',
    'select number, title from complaint where id = $1',
    [complaintId],
  );
  for (const draft of drafts) {
    const common = {
      at,
      kind: draft.kind,
      level: draft.level,
      title: draft.text,
      body: `${order!.number} ${order!.title}`,
      objectType: 'complaint',
      objectId: complaintId,
    };
    if ('personId' in draft.to) await notify(trx, { ...common, personId: draft.to.personId });
    else if ('unitId' in draft.to) await notify(trx, { ...common, unitId: draft.to.unitId, roles: UNIT_ROLES });
    else {
      const roles = [...DUTY_ROLES[draft.to.duty]];
      const units = await trx.query<{ unit_id: string }>(
        'posting.duty_units',
        'select distinct unit_id from posting where role = any($1::text[]) and ended_on is null',
        [roles],
      );
      for (const { unit_id } of units) await notify(trx, { ...common, unitId: unit_id, roles });
    }
  }
}
