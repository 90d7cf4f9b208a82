import type { MatterRun } from '@bihuan/contract/matter';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict, notFound } from '../../platform/errors.ts';
import { changeAssignments, recount } from './assign.repo.ts';
import { lastTurn, lockMatters, ordersAfter } from './compare.repo.ts';
import { compareTurns, ProfileCache } from './compare.ts';
import { readModel } from './model.repo.ts';
import { absorb } from './move.repo.ts';
import { activeRun, advanceRun, findRun, finishRun, insertRun, lockRun } from './rerun.repo.ts';
import { isDone } from './visible.query.ts';

export const RERUN_TASK = 'matter.rerun';
const BATCH = 200;
const CACHED = 10_000;

/** Compares the whole stock anew with the newest model, in the order in which it was first compared. */
export async function startRerun(deps: Deps, actor: RequestActor | null, commandId: string | null): Promise<MatterRun> {
  const id = await deps.db.transaction(async (trx) => {
    const before = commandId === null ? null : await isDone(trx, commandId);
    if (before !== null) return before;
    await lockMatters(trx);
    if ((await activeRun(trx)) !== null) throw conflict('run_active', '正在重新识别，请等它完成或先停止');
    const model = await readModel(trx);
    const at = deps.clock.now();
    const runId = await insertRun(trx, {
      modelId: model.id,
      lastTurn: await lastTurn(trx),
      by: actor?.personId ?? null,
      at,
    });
    await recordAudit(trx, { at, actor, action: 'matter.rerun', objectType: 'matter_run', objectId: runId, commandId });
    await deps.jobs.add(trx, RERUN_TASK, { runId }, { key: `${RERUN_TASK}:${runId}` });
    return runId;
  });
  return (await findRun(deps.db, id))!;
}

export async function cancelRerun(deps: Deps, actor: RequestActor, id: string): Promise<MatterRun> {
  const run = await findRun(deps.db, id);
  if (!run) throw notFound('重新识别');
  const at = deps.clock.now();
  await deps.db.transaction(async (trx) => {
    if (!(await lockRun(trx, id))) return;
    await finishRun(trx, id, at, actor.personId);
    await recordAudit(trx, { at, actor, action: 'matter.cancel_rerun', objectType: 'matter_run', objectId: id });
  });
  return (await findRun(deps.db, id))!;
}

/**
 * Goes on with a run from its cursor until its end. Each batch is written together with the cursor, so it may be stopped and
 * taken up anywhere: the answer is the same.
 */
export async function continueRerun(
  deps: Pick<Deps, 'db' | 'clock' | 'live'>,
  runId: string,
  options: { signal?: AbortSignal; batch?: number } = {},
): Promise<void> {
  const cache = new ProfileCache(CACHED);
  while (!options.signal?.aborted) {
    const more = await deps.db.transaction(async (trx) => {
      await lockMatters(trx);
      const run = await lockRun(trx, runId);
      if (!run) return false;
      const now = deps.clock.now();
      // Orders compared since the run began are behind it: they are compared anew as well, until none is left.
      const orders = await ordersAfter(trx, run.cursor, Number.MAX_SAFE_INTEGER, options.batch ?? BATCH);
      if (orders.length === 0) {
        await finishRun(trx, runId, now, null);
        return false;
      }
      const model = await readModel(trx, run.modelId);
      const outcomes = await compareTurns(
        trx,
        model,
        cache,
        orders.map(({ turn, ...message }) => ({ turn, message })),
      );
      const moved = await changeAssignments(trx, outcomes, now);
      const gone = new Map(moved.filter(({ orderId, from }) => orderId === from).map(({ from, to }) => [from, to]));
      await recount(
        trx,
        moved.flatMap(({ from, to }) => [from, to]),
      );
      // A matter whose first order belongs to another one now goes there with its plan and its backlog.
      for (const [from, to] of gone) {
        const [had] = await trx.query('matter.exists', 'select 1 from matter where id = $1', [from]);
        if (had) await absorb(trx, from, to);
      }
      if (gone.size > 0) await recount(trx, [...gone.keys(), ...gone.values()]);
      await advanceRun(trx, runId, {
        cursor: orders.at(-1)!.turn,
        checked: orders.length,
        changed: moved.length,
      });
      return true;
    });
    if (!more) return;
  }
}
