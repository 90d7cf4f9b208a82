import { setTimeout as sleep } from 'node:timers/promises';
import type { Deps } from '../../platform/deps.ts';
import type { publish } from '../../platform/outbox/index.ts';
import { fireOrderRules } from './alert.repo.ts';
import { addToMatters, saveAssignments } from './assign.repo.ts';
import { lastTurn, lockMatters, pendingOrders } from './compare.repo.ts';
import { compareTurns, type Outcome, ProfileCache } from './compare.ts';
import { readModel } from './model.repo.ts';

/** Compared in one transaction; others who change matters wait for it. */
const BATCH = 200;
/** About 30 MB. */
const CACHED = 10_000;
/** Of a larger batch, no screen waits for each order. */
const ANNOUNCED = 50;

type DetectDeps = Pick<Deps, 'db' | 'clock' | 'live'>;
const caches = new WeakMap<Deps['db'], ProfileCache>();

/**
 * Puts orders that were not compared yet to their matters, in the order of their arrival, until none is left. Safe to call
 * at any time, by any process: one works, the others wait for it.
 * @returns how many were compared
 */
export async function detectMatters(
  deps: DetectDeps,
  options: { signal?: AbortSignal; onProgress?: (compared: number) => Promise<void> } = {},
): Promise<number> {
  let compared = 0;
  while (!options.signal?.aborted) {
    const count = await detectBatch(deps);
    compared += count;
    if (count > 0) await options.onProgress?.(compared);
    if (count < BATCH) break;
  }
  return compared;
}

async function detectBatch(deps: DetectDeps): Promise<number> {
  const profiles = caches.get(deps.db) ?? new ProfileCache(CACHED);
  caches.set(deps.db, profiles);
  const outcomes = await deps.db.transaction(async (trx) => {
    await lockMatters(trx);
    const [messages, last, model] = await Promise.all([pendingOrders(trx, BATCH), lastTurn(trx), readModel(trx)]);
    if (messages.length === 0) return [];
    const turns = messages.map((message, at) => ({ turn: last + 1 + at, message }));
    const found = await compareTurns(trx, model, profiles, turns);
    const now = deps.clock.now();
    await saveAssignments(trx, found, now);
    await fireOrderRules(trx, await addToMatters(trx, found), now);
    if (found.length <= ANNOUNCED) await announce(trx, found);
    return found;
  });
  if (outcomes.length > 0) deps.live.wake();
  return outcomes.length;
}

/** The screens on which such an order is open. */
async function announce(trx: Parameters<typeof publish>[0], outcomes: readonly Outcome[]): Promise<void> {
  const found = outcomes.filter(({ assignment }) => assignment.decision === 'joined' || assignment.suggestion !== null);
  if (found.length === 0) return;
  await trx.query(
    'matter.announce',
    `insert into outbox (topic, object_id, unit_id, town_id, officer_id)
     select 'complaint.matter', id, unit_id, town_id, officer_id from complaint where id = any($1::uuid[])`,
    [found.map(({ message }) => message.id)],
  );
}

/** Orders that come within so many milliseconds are compared together: half the cost of one by one. */
const GATHER = 40;

/** Starts detection soon, unless it is about to start. */
export function createNudge(deps: Deps): { nudge(): void; idle(): Promise<void> } {
  let running: Promise<void> | undefined;
  let again = false;
  async function run(): Promise<void> {
    while (again) {
      again = false;
      try {
        await detectMatters(deps);
      } catch (error) {
        // The minute's job tries again.
        deps.log.warn({ err: error }, 'matters: orders wait for the next comparing');
      }
    }
  }
  return {
    nudge() {
      again = true;
      running ??= sleep(GATHER)
        .then(run)
        .finally(() => {
          running = undefined;
        });
    },
    async idle() {
      await running;
    },
  };
}
