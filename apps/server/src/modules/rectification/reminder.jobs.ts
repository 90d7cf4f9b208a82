import { nextReminderAt, rectificationDueAt, reminderInstants } from '@bihuan/domain/rectification';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { tellReminder } from './notices.ts';
import { dueForReminding, lockRectification, markReminded, setNextCheck } from './rectification.repo.ts';

const BATCH = 200;

/**
 * Reminds of what has come due since it was last looked at. Each reminder is sent once in a cycle, whatever happens: its row
 * is its primary key, written with the notice in one transaction.
 * @returns how many were looked at
 */
export async function sweepRectifications(deps: Deps, signal?: AbortSignal): Promise<number> {
  let looked = 0;
  while (!signal?.aborted) {
    const due = await dueForReminding(deps.db, deps.clock.now(), BATCH);
    for (const id of due) {
      if (signal?.aborted) break;
      await remind(deps, id);
      looked += 1;
    }
    if (due.length < BATCH) break;
  }
  if (looked > 0) deps.live.wake();
  return looked;
}

async function remind(deps: Deps, id: string): Promise<void> {
  await deps.db.transaction(async (trx) => {
    const kept = await lockRectification(trx, id);
    const now = deps.clock.now();
    // Another process may have looked in the meantime.
    if (!kept || kept.nextCheckAt === null || kept.nextCheckAt > now) return;
    const { state } = kept;
    const { calendar } = deps.workingTime;
    const passed = reminderInstants(state, calendar, now).filter(({ at }) => at <= now);
    const last = passed.at(-1);
    for (const { reminder } of passed) {
      const first = await markReminded(trx, id, state.cycle, reminder, now);
      // Of several that passed at once (the server was down) only the last is told.
      if (!first || reminder !== last?.reminder) continue;
      await recordAudit(trx, {
        at: now,
        actor: null,
        action: 'rectification.remind',
        objectType: 'rectification',
        objectId: id,
        data: { reminder },
      });
      await tellReminder(trx, reminder, state, kept, now);
    }
    await setNextCheck(trx, id, rectificationDueAt(state, calendar, now), nextReminderAt(state, calendar, now));
  });
}
