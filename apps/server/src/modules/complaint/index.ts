import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { TRAIN_TASK, trainCategories, trainIfGrown } from './category-model.service.ts';
import { sweepClocks } from './clock.jobs.ts';
import { bindComplaintRoutes } from './complaint.routes.ts';
import { createDictionary } from './dictionary.query.ts';
import { recomputeDeadlines } from './recompute.jobs.ts';
import { RECOMPUTE_TASK } from './recompute.repo.ts';
import { followChanges, INDEX_TASK, indexSearch } from './search-index.jobs.ts';

export { categoryModels, fillUnfiled, TRAIN_TASK, trainCategories, trainIfGrown } from './category-model.service.ts';
export { sweepClocks } from './clock.jobs.ts';
export { executeCommand } from './command.service.ts';
export { type DeadlineCounts, deadlineEffect } from './deadline-effect.query.ts';
export { createDictionary, type Dictionary, forgetDictionary } from './dictionary.query.ts';
export { complaintWhere, listSql, statementName } from './list.query.ts';
export { recomputeDeadlines } from './recompute.jobs.ts';
export { askRecompute, RECOMPUTE_TASK, type RecomputeRow, recentRecomputes } from './recompute.repo.ts';
export { firstRound, protectComplainant, REGISTER_SQL, registerComplaint } from './register.service.ts';
export { searchedWhere } from './search.service.ts';
export { indexSearch } from './search-index.jobs.ts';
export { TRANSITION_SQL } from './state.repo.ts';

/** 诉件: intake by hand, dispatch, handling, follow-up, and the clock that watches them. */
export function registerComplaintModule(api: FastifyInstance, deps: Deps): void {
  bindComplaintRoutes(api, deps, createDictionary(deps.db, deps.clock));
  deps.jobs.handle('complaint.sweepClocks', async (_payload, { signal }) => {
    await sweepClocks(deps, signal);
  });
  deps.jobs.schedule('complaint.sweepClocks', '* * * * *');
  deps.jobs.handle(RECOMPUTE_TASK, async (_payload, { signal }) => {
    await recomputeDeadlines(deps, signal);
    // Stopped with the server: the next one does it.
    if (signal.aborted) await deps.jobs.add(deps.db, RECOMPUTE_TASK, {}, { key: RECOMPUTE_TASK });
  });
  deps.jobs.handle(INDEX_TASK, async (_payload, { signal }) => {
    await indexSearch(deps, signal);
  });
  deps.jobs.schedule(INDEX_TASK, '* * * * *');
  deps.jobs.handle(TRAIN_TASK, async ({ by }, { signal }) => {
    if (typeof by === 'string') await trainCategories(deps, by, signal);
    else await trainIfGrown(deps, signal);
  });
  deps.jobs.schedule(TRAIN_TASK, '40 18 * * *');
  api.addHook('onClose', followChanges(deps));
}
