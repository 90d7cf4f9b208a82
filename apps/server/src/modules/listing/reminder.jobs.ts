import { listingDueAt, listingReminders, nextListingCheckAt } from '@bihuan/domain/listing';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { listingsToLookAt, lockListing, markListingReminded, setNextListingCheck } from './listing.repo.ts';
import { tellListingReminder } from './notices.ts';

const BATCH = 200;

/**
 * Reminds of reports and deadlines that have come due since it was last looked at. Each reminder is sent once, whatever happens:
 * its row is its primary key, written with the notice in one transaction.
 * @returns how many were looked at
 */
export async function sweepListings(deps: Deps, signal?: AbortSignal): Promise<number> {
  let looked = 0;
  while (!signal?.aborted) {
    const due = await listingsToLookAt(deps.db, deps.clock.now(), BATCH);
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
    const kept = await lockListing(trx, id);
    const now = deps.clock.now();
    // Another process may have looked in the meantime.
    if (!kept || kept.nextCheckAt === null || kept.nextCheckAt > now) return;
    const { state } = kept;
    const { calendar } = deps.workingTime;
    const due = listingReminders(state, kept.reported, calendar, now);
    for (const [index, { reminder, n }] of due.entries()) {
      const first = await markListingReminded(trx, id, reminder, n, now);
      // Of several of a kind that passed at once (the server was down) only the last is told.
      const last = !due.slice(index + 1).some((later) => later.reminder === reminder);
      if (!first || !last) continue;
      await recordAudit(trx, {
        at: now,
        actor: null,
        action: 'listing.remind',
        objectType: 'listing',
        objectId: id,
        data: { reminder, n },
      });
      await tellListingReminder(trx, reminder, state, kept, now);
    }
    await setNextListingCheck(trx, id, listingDueAt(state, calendar, now), nextListingCheckAt(state, calendar, now));
  });
}
