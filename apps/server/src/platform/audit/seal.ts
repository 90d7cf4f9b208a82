import type { Database } from '../db/index.ts';
import { eventsAfter, FIRST_ID, insertLinks, readSeal, tryLockSealer, writeSeal } from './chain.repo.ts';
import { digested, GENESIS, linkHash } from './chain.ts';

/** Hashing a batch holds up this process for some 20 ms. */
const BATCH = 1_000;

/**
 * Appends all committed events to the chain, batch by batch. One sealer at a time: if another works, there is nothing to do.
 * @param batch events in one transaction; more is faster where nobody waits for this process
 * @returns the number of events sealed
 */
export async function sealAudit(db: Database, signal?: AbortSignal, batch = BATCH): Promise<number> {
  let total = 0;
  for (;;) {
    const { sealed, more } = await sealBatch(db, batch);
    total += sealed;
    if (!more || signal?.aborted) return total;
  }
}

async function sealBatch(db: Database, batch: number): Promise<{ sealed: number; more: boolean }> {
  return db.transaction(async (trx) => {
    if (!(await tryLockSealer(trx))) return { sealed: 0, more: false };
    const seal = (await readSeal(trx)) ?? { tx: '0', id: FIRST_ID, seq: 0, hash: GENESIS };
    const { events, end, more } = await eventsAfter(trx, seal, batch);
    let hash = seal.hash;
    const links = events.map((event) => {
      hash = linkHash(hash, digested(event));
      return { eventId: event.id, hash };
    });
    if (links.length > 0) await insertLinks(trx, seal.seq + 1, links);
    if (links.length > 0 || more) await writeSeal(trx, { ...end, seq: seal.seq + links.length, hash });
    return { sealed: links.length, more };
  });
}
