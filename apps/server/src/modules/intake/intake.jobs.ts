import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { anyDue } from './callback.repo.ts';
import { DELIVER_TASK, deliverDue } from './callback.service.ts';
import { addRun, cancel, IMPORT_TASK } from './import.service.ts';
import { abandonedJobs, progressOfJobs } from './jobs.repo.ts';
import { forgetKeys } from './platform.repo.ts';
import { runImport } from './run-import.service.ts';

/** Without a sign of life for so long, an import has lost its runner. */
const SILENCE = 90_000;
const KEY_LIFE = 30 * 86_400_000;
/** Changes of state come in bursts; one look for all of them. */
const LOOK_PAUSE = 300;
const CHANGES_STATE = new Set(['complaint.command', 'complaint.batch', 'complaint.answerCitizenLink', 'intake.push']);

export function registerIntakeJobs(deps: Deps): void {
  const { jobs } = deps;
  jobs.handle(
    IMPORT_TASK,
    async ({ importId }, { signal }) => {
      await runImport(deps, String(importId), { signal });
      // Stopped with the server: the next one goes on from the cursor.
      if (signal.aborted) await addRun(deps, deps.db, String(importId));
    },
    {
      progress: (ids) => progressOfJobs(deps.db, ids),
      cancel: async (actor, id) => void (await cancel(deps, actor, id)),
    },
  );
  jobs.handle('intake.resume', async () => {
    for (const id of await abandonedJobs(deps.db, deps.clock.now() - SILENCE)) await addRun(deps, deps.db, id);
  });
  jobs.schedule('intake.resume', '* * * * *');
  jobs.handle(DELIVER_TASK, (_payload, { signal }) => deliverDue(deps, signal));
  jobs.schedule(DELIVER_TASK, '* * * * *');
  jobs.handle('intake.forgetKeys', () => forgetKeys(deps.db, deps.clock.now() - KEY_LIFE));
  jobs.schedule('intake.forgetKeys', '20 19 * * *');
}

/** A call-back need not wait for the minute: after a change of state, what is due is delivered. */
export function deliverAfterChanges(api: FastifyInstance, deps: Deps): void {
  let timer: NodeJS.Timeout | undefined;
  async function look(): Promise<void> {
    timer = undefined;
    try {
      if (await anyDue(deps.db, deps.clock.now()))
        await deps.jobs.add(deps.db, DELIVER_TASK, {}, { key: DELIVER_TASK });
    } catch (error) {
      deps.log.warn({ err: error }, 'call-backs wait for the minute');
    }
  }
  api.addHook('onResponse', async (request) => {
    if (CHANGES_STATE.has(request.routeOptions.config.endpoint?.id ?? ''))
      timer ??= setTimeout(look, LOOK_PAUSE).unref();
  });
  api.addHook('onClose', async () => clearTimeout(timer));
}
