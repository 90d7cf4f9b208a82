import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { profileOf } from '@bihuan/domain/similarity';
import pg from 'pg';
import { CANDIDATES_SQL, comparedOrders } from '../apps/server/src/modules/matter/compare.repo.ts';
import { countPending, detectMatters, learnIfGrown } from '../apps/server/src/modules/matter/index.ts';
import { load, median } from './measure.ts';
import { hotPaths } from './paths.ts';
import { benchDeps, SCHEMA, type Subjects } from './world.ts';

/** Comparing a bigger stock takes hours; how the cost grows is seen before. */
export const MOST_COMPARED = 1_000_000;

/** Intake with and without finding matters, in turns. */
export interface MatterResult {
  /** Orders a second through HTTP until all are compared. */
  readonly withMatters: number;
  readonly without: number;
  /** How many times as long it takes, turn by turn; the middle one. */
  readonly times: number;
  /** Of comparing the stock in the first place. */
  readonly prepared: { readonly orders: number; readonly perSecond: number } | null;
}

/** Compares a stock that was not compared before; done once, then kept with the database. */
export async function prepareMatters(
  url: string,
  say: (line: string) => void,
): Promise<{ orders: number; perSecond: number } | null> {
  const deps = await benchDeps(url);
  try {
    const pending = await countPending(deps.db);
    if (pending === 0) return null;
    await learnIfGrown(deps);
    const began = performance.now();
    let shown = 0;
    const orders = await detectMatters(deps, {
      onProgress: async (compared) => {
        if (compared - shown < pending / 10) return;
        shown = compared;
        say(`   比对 ${compared.toLocaleString('en')}`);
      },
    });
    return { orders, perSecond: orders / ((performance.now() - began) / 1000) };
  } finally {
    await deps.db.close();
  }
}

export async function measureMatters(
  url: string,
  subjects: Subjects,
  { clients, seconds, turns }: { clients: number; seconds: number; turns: number },
): Promise<Omit<MatterResult, 'prepared'>> {
  const path = hotPaths(subjects).find(({ name }) => name === 'create')!;
  const child = fork(join(import.meta.dirname, 'app-server.ts'), [url], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const owner = new pg.Client({ connectionString: url, options: `-c search_path=${SCHEMA}` });
  await owner.connect();
  let next = 0;
  /** Orders a second, the time until the last of them is compared included. */
  const intake = async (forSeconds: number): Promise<number> => {
    const began = performance.now();
    const measured = await load({
      port,
      clients,
      seconds: forSeconds,
      cookies: subjects.cookies,
      first: next,
      end: path.limit,
      request: path.request,
    });
    const count = measured.next - next;
    next = measured.next;
    for (;;) {
      const { rows } = await owner.query<{ n: number }>(
        'select count(*)::int as n from matter_order where turn is null',
      );
      if (rows[0]!.n === 0) break;
      await sleep(20);
    }
    return count / ((performance.now() - began) / 1000);
  };
  const results: { with: number; without: number }[] = [];
  try {
    await intake(8);
    for (let turn = 0; turn < turns; turn++) {
      // Without the queue nothing waits to be compared.
      await owner.query('alter table complaint disable trigger complaint_matter_queue');
      const without = await intake(seconds);
      await owner.query('alter table complaint enable trigger complaint_matter_queue');
      results.push({ without, with: await intake(seconds) });
    }
  } finally {
    await owner.query('alter table complaint enable trigger complaint_matter_queue');
    await owner.end();
    await stop(child);
  }
  return {
    withMatters: median(results.map((result) => result.with)),
    without: median(results.map((result) => result.without)),
    times: median(results.map((result) => result.without / result.with)),
  };
}

const SAMPLES = 200;

/** Milliseconds to find the candidates of one order. */
export interface CandidateGrowth {
  readonly size: number;
  readonly milliseconds: number;
  /** Candidates an order, on average. */
  readonly found: number;
  /** Cost in relation to the first size, in the middle of the turns. */
  readonly times: number;
}

/** At each size, the sizes taking turns. */
export async function measureCandidates(
  stocks: readonly { size: number; url: string }[],
  turns: number,
): Promise<CandidateGrowth[]> {
  const sides = await Promise.all(
    stocks.map(async ({ url }) => {
      const deps = await benchDeps(url);
      const [last] = await deps.db.query<{ turn: number }>(null, 'select max(turn) as turn from matter_order');
      const latest = Array.from({ length: SAMPLES }, (_, at) => last!.turn - at * 7);
      const orders = await comparedOrders(deps.db, latest);
      return { deps, lookups: orders.map((order) => [[...profileOf(order).keys], order.turn] as const) };
    }),
  );
  const costs: number[][] = [];
  const found = sides.map(() => 0);
  for (let turn = 0; turn <= turns; turn++) {
    const round: number[] = [];
    for (const [at, { deps, lookups }] of sides.entries()) {
      const each: number[] = [];
      for (const values of lookups) {
        const began = performance.now();
        const rows = await deps.db.query('bench.candidates', CANDIDATES_SQL, values);
        each.push(performance.now() - began);
        if (turn === 0) found[at]! += rows.length / lookups.length;
      }
      round.push(median(each));
    }
    // The first turn fills caches.
    if (turn > 0) costs.push(round);
  }
  for (const { deps } of sides) await deps.db.close();
  return stocks.map(({ size }, at) => ({
    size,
    found: found[at]!,
    milliseconds: median(costs.map((round) => round[at]!)),
    times: median(costs.map((round) => round[at]! / round[0]!)),
  }));
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.send('stop');
  await ended;
}
