import { type Assignment, assign, type Like, NO_VERDICTS, type Verdicts } from '@bihuan/domain/matter';
import {
  CANDIDATES,
  compare,
  keyWeight,
  LATEST,
  type Message,
  type PairCode,
  type Profile,
  profileOf,
  WEIGHTS,
} from '@bihuan/domain/similarity';
import type { Sql } from '../../platform/db/index.ts';
import { comparedOrders, latestTurns, mattersOfTurns, type VerdictOn, verdictsOn } from './compare.repo.ts';
import type { Model } from './model.repo.ts';

/** Profiles of orders compared lately, by turn: what comes in is most like what came in last. */
export class ProfileCache {
  readonly #profiles = new Map<number, Profile>();
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  get(turn: number): Profile | undefined {
    const found = this.#profiles.get(turn);
    if (found) {
      this.#profiles.delete(turn);
      this.#profiles.set(turn, found);
    }
    return found;
  }

  put(turn: number, profile: Profile): void {
    // Only an order that is being compared needs its words in their order: nine tenths of a profile.
    this.#profiles.set(turn, { ...profile, lead: [], keys: [] });
    if (this.#profiles.size > this.#size) this.#profiles.delete(this.#profiles.keys().next().value!);
  }
}

export interface Turn {
  readonly turn: number;
  readonly message: Message;
}

export interface Outcome extends Turn {
  readonly keys: readonly PairCode[];
  readonly assignment: Assignment;
}

/** As {@link compareTurns} has them while it works. */
interface Work extends Turn {
  readonly profile: Profile;
  candidates: readonly number[];
  likes: { turn: number; score: number; reasons: readonly string[] }[];
}

/**
 * The matters of orders that follow one another, each compared with those before it. The same turns give the same answer,
 * however they are cut into batches.
 * @param turns rising, without gaps between them that hold other orders
 */
export async function compareTurns(
  sql: Sql,
  model: Model,
  cache: ProfileCache,
  turns: readonly Turn[],
): Promise<Outcome[]> {
  const first = turns[0]!.turn;
  const work: Work[] = turns.map((turn) => ({ ...turn, profile: profileOf(turn.message), candidates: [], likes: [] }));
  const verdicts = groupVerdicts(
    await verdictsOn(
      sql,
      turns.map(({ message }) => message.id),
    ),
  );
  await findCandidates(sql, model, work, first);
  await loadProfiles(sql, cache, work, first);
  for (const one of work) {
    for (const turn of one.candidates) {
      const other = cache.get(turn);
      if (!other) continue;
      const { score, reasons } = compare(one.profile, other, model.vocabulary, WEIGHTS);
      if (score >= model.thresholds.suggested) one.likes.push({ turn, score, reasons });
    }
    cache.put(one.turn, one.profile);
  }
  const earlier = new Set(work.flatMap(({ likes }) => likes.map(({ turn }) => turn)).filter((turn) => turn < first));
  const matters = earlier.size === 0 ? new Map() : await mattersOfTurns(sql, earlier);
  const decided = new Map<string, string>();
  return work.map(({ turn, message, profile, likes }) => {
    const known: Like[] = likes.flatMap(({ turn: at, ...like }) => {
      const of = matters.get(at);
      return of ? [{ ...like, ...of }] : [];
    });
    const assignment = assign(message.id, known, resolve(verdicts.get(message.id), turn, decided), model.thresholds);
    matters.set(turn, { orderId: message.id, matterId: assignment.matterId });
    decided.set(message.id, assignment.matterId);
    return { turn, message, keys: profile.keys, assignment };
  });
}

/** Earlier orders with the most telling keys in common: of each key, only the latest are looked at. */
async function findCandidates(sql: Sql, model: Model, work: readonly Work[], first: number): Promise<void> {
  const stored = await latestTurns(sql, new Set(work.flatMap(({ profile }) => profile.keys)), first);
  const inBatch = new Map<PairCode, number[]>();
  for (const one of work) {
    const weights = new Map<number, number>();
    for (const key of one.profile.keys) {
      const weight = keyWeight(key, model.vocabulary);
      const fresh = inBatch.get(key) ?? [];
      const older = stored.get(key) ?? [];
      for (const turn of fresh.slice(-LATEST)) weights.set(turn, (weights.get(turn) ?? 0) + weight);
      for (const turn of older.slice(0, Math.max(0, LATEST - fresh.length)))
        weights.set(turn, (weights.get(turn) ?? 0) + weight);
      if (fresh.length === 0) inBatch.set(key, [one.turn]);
      else fresh.push(one.turn);
    }
    one.candidates = best(weights, CANDIDATES);
  }
}

function best(weights: ReadonlyMap<number, number>, count: number): number[] {
  return [...weights]
    .sort((a, b) => b[1] - a[1] || b[0] - a[0])
    .slice(0, count)
    .map(([turn]) => turn);
}

async function loadProfiles(sql: Sql, cache: ProfileCache, work: readonly Work[], first: number): Promise<void> {
  const missing = new Set<number>();
  for (const { candidates } of work)
    for (const turn of candidates) if (turn < first && !cache.get(turn)) missing.add(turn);
  if (missing.size === 0) return;
  for (const order of await comparedOrders(sql, [...missing])) cache.put(order.turn, profileOf(order));
}

function groupVerdicts(verdicts: readonly VerdictOn[]): Map<string, VerdictOn[]> {
  const groups = new Map<string, VerdictOn[]>();
  for (const verdict of verdicts) {
    const group = groups.get(verdict.orderId);
    if (group) group.push(verdict);
    else groups.set(verdict.orderId, [verdict]);
  }
  return groups;
}

/** Verdicts on earlier orders; the matters of those in the batch are as just decided. */
function resolve(
  verdicts: readonly VerdictOn[] | undefined,
  turn: number,
  decided: ReadonlyMap<string, string>,
): Verdicts {
  if (!verdicts) return NO_VERDICTS;
  const earlier = verdicts
    .filter(({ otherTurn }) => otherTurn < turn)
    .map(({ otherId, otherMatterId, same }) => ({
      same,
      orderId: otherId,
      matterId: decided.get(otherId) ?? otherMatterId,
    }));
  return {
    same: earlier.filter(({ same }) => same),
    different: new Set(earlier.filter(({ same }) => !same).map(({ matterId }) => matterId)),
  };
}
