import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { fireReopenedRules } from './alert.repo.ts';
import { lockMatters } from './compare.repo.ts';
import { createNudge, detectMatters } from './detect.service.ts';
import { learnIfGrown } from './learn.service.ts';
import { progressOfRuns } from './rerun.repo.ts';
import { cancelRerun, continueRerun, RERUN_TASK } from './rerun.service.ts';

/** After these, orders wait to be compared. */
const BRINGS_ORDERS = new Set(['complaint.create', 'intake.push']);
const PER_SWEEP = 500;

export function registerMatterJobs(api: FastifyInstance, deps: Deps): void {
  const { jobs } = deps;
  const { nudge, idle } = createNudge(deps);
  api.addHook('onResponse', async (request) => {
    if (BRINGS_ORDERS.has(request.routeOptions.config.endpoint?.id ?? '')) nudge();
  });
  api.addHook('onClose', idle);

  jobs.handle('matter.detect', async (_payload, { signal }) => {
    await detectMatters(deps, { signal });
    await sweepReopened(deps);
  });
  jobs.schedule('matter.detect', '* * * * *');
  jobs.handle('matter.learn', async (_payload, { signal }) => {
    await learnIfGrown(deps, signal);
  });
  jobs.schedule('matter.learn', '10 19 * * *');
  jobs.handle(
    RERUN_TASK,
    async ({ runId }, { signal }) => {
      await continueRerun(deps, String(runId), { signal });
      // Stopped with the server: the next one goes on from the cursor.
      if (signal.aborted) await jobs.add(deps.db, RERUN_TASK, { runId }, { key: `${RERUN_TASK}:${String(runId)}` });
    },
    {
      progress: (ids) => progressOfRuns(deps.db, ids),
      cancel: async (actor, id) => void (await cancelRerun(deps, actor, id)),
    },
  );
}

/** Matters of open orders that were reopened and of which no alert speaks yet. */
export async function sweepReopened(deps: Deps): Promise<number> {
  const matters = await deps.db.query<{ id: string }>(
    'matter.reopened',
    `select distinct m.id from complaint c join matter_order o on o.complaint_id = c.id join matter m on m.id = o.matter_id
      where c.reopen_count > 0 and c.status not in ('closed','declined')
        and exists (select 1 from matter_rule r where r.trigger = 'reopened' and r.closed_at is null
                       and not exists (select 1 from matter_alert a where a.matter_id = m.id and a.rule_id = r.id)) limit ${PER_SWEEP}`,
  );
  if (matters.length === 0) return 0;
  const fired = await deps.db.transaction(async (trx) => {
    await lockMatters(trx);
    return fireReopenedRules(
      trx,
      matters.map(({ id }) => id),
      deps.clock.now(),
    );
  });
  if (fired > 0) deps.live.wake();
  return fired;
}
