import { type BulletinState, RECEIVING_ROLES } from '@bihuan/domain/bulletin';
import type { RequestActor } from '../../platform/access/index.ts';
import type { Trx } from '../../platform/db/index.ts';
import { notify } from '../../platform/notify/index.ts';
import { publish } from '../../platform/outbox/index.ts';
import { receivers, unitsWithRole } from './bulletin.repo.ts';

const WRITERS = ['coordination_clerk', 'coordination_chief', 'bureau_leader'];

/** Pages that show the draft ask anew; nobody else learns that there is one. */
export async function tellWriters(trx: Trx, actor: RequestActor, id: string): Promise<void> {
  for (const unitId of new Set([actor.unitId, ...(await unitsWithRole(trx, WRITERS))])) {
    await publish(trx, { topic: 'bulletin.changed', objectId: id, unitId, data: { roles: WRITERS } });
  }
}

interface About {
  readonly id: string;
  readonly title: string;
}

/** Whoever has the next step hears of it. */
export async function tellNext(
  trx: Trx,
  action: 'submit' | 'approve' | 'send_back',
  about: About,
  next: BulletinState,
  reason: string | null,
  at: number,
): Promise<void> {
  const common = { at, objectType: 'bulletin', objectId: about.id, body: about.title } as const;
  if (action === 'send_back') {
    const title = `通报被退回修改：${reason ?? ''}`.slice(0, 120);
    for (const personId of next.editorIds)
      await notify(trx, { ...common, personId, kind: 'bulletin.sent_back', level: 'warn', title });
    return;
  }
  const roles = action === 'submit' ? ['coordination_chief'] : ['bureau_leader'];
  const title = action === 'submit' ? '通报待审核' : '通报待签发';
  for (const unitId of await unitsWithRole(trx, roles))
    await notify(trx, { ...common, unitId, roles, kind: `bulletin.${action}`, level: 'info', title });
}

/** Every unit hears of a published bulletin and is asked for its receipt. */
export async function tellAll(trx: Trx, about: About, number: string, correction: boolean, at: number): Promise<void> {
  for (const unitId of await receivers(trx)) {
    await notify(trx, {
      at,
      unitId,
      roles: [...RECEIVING_ROLES],
      kind: 'bulletin.published',
      level: correction ? 'warn' : 'info',
      title: correction ? `更正通报已发布，请签收：${number}` : `通报已发布，请签收：${number}`,
      body: about.title,
      objectType: 'bulletin',
      objectId: about.id,
      dedupeKey: `bulletin.published:${about.id}:${unitId}`,
    });
  }
  await publish(trx, { topic: 'bulletin.published', objectId: about.id });
}
