import type { Database } from '../db/index.ts';
import { insertLinks, readSeal, tryLockSealer, unsealedEvents, writeSeal } from './chain.repo.ts';
import { digested, GENESIS, linkHash } from './chain.ts';

const BATCH = 2_000;

/**
 * Appends all committed events to the chain, batch by batch. One sealer at a time: if another works, there is nothing to do.
 * @returns the number of events sealed
 */
export async function sealAudit(db: Database, signal?: AbortSignal): Promise<number> {
  let total = 0;
  for (;;) {
    const sealed = await sealBatch(db);
    total += sealed;
    if (sealed < BATCH || signal?.aborted) return total;
  }
}

async function sealBatch(db: Database): Promise<number> {
  return db.transaction(async (trx) => {
    if (!(await tryLockSealer(trx))) return 0;
    const seal = (await readSeal(trx)) ?? { tx: '0', seq: 0, hash: GENESIS };
    const { events, horizon } = await unsealedEvents(trx, seal.tx, BATCH);
    if (events.length === 0) return 0;
    let hash = seal.hash;
    const links = events.map((event) => {
      hash = linkHash(hash, digested(event));
      return { eventId: event.id, hash };
    });
    await insertLinks(trx, seal.seq + 1, links);
    // A full batch may end within a transaction, whose other events come next.
    const tx = events.length < BATCH ? horizon : events.at(-1)!.tx;
    await writeSeal(trx, { tx, seq: seal.seq + events.length, hash });
    return events.length;
  });
}
