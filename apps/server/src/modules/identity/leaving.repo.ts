import type { Trx } from '../../platform/db/index.ts';

/** A post that has ended is acted in no longer: its sessions end at once. */
export async function endSessionsOfPosting(trx: Trx, postingId: string, at: number): Promise<void> {
  await trx.query(
    'session.end_posting',
    'update session set revoked_at = $2 where posting_id = $1 and revoked_at is null',
    [postingId, new Date(at)],
  );
}

/** Somebody who leaves the bureau keeps no way in. @returns the account closed, if there was one */
export async function closeAccountOf(trx: Trx, personId: string, at: number): Promise<string | null> {
  const [account] = await trx.query<{ id: string }>(
    'account.close_of_person',
    'update account set disabled_at = $2, version = version + 1 where person_id = $1 and disabled_at is null returning id',
    [personId, new Date(at)],
  );
  await trx.query(
    'session.end_person',
    'update session s set revoked_at = $2 from account a where a.id = s.account_id and a.person_id = $1 and s.revoked_at is null',
    [personId, new Date(at)],
  );
  return account?.id ?? null;
}
