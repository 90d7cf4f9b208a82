import type { JobItem } from '@bihuan/contract/system';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Database } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { type JobState, jobCounts, listJobRows, retryJobRow } from '../../platform/jobs/index.ts';

/** The queue as administrators see it: never a job's payload. */
export async function listQueue(
  db: Database,
  state: JobState | undefined,
): Promise<{ counts: Record<JobState, number>; items: JobItem[] }> {
  const [counts, rows] = await Promise.all([jobCounts(db, db.schema), listJobRows(db, db.schema, state ?? null)]);
  return {
    counts,
    items: rows.map((row) => ({
      id: row.id,
      task: row.task,
      state: row.state,
      attempts: row.attempts,
      maxAttempts: row.max_attempts,
      runAt: row.run_at.toISOString(),
      createdAt: row.created_at.toISOString(),
      error: row.last_error,
    })),
  };
}

/** @returns whether there is such a job, not running at the moment */
export async function retryQueued(deps: Deps, actor: RequestActor, id: string): Promise<boolean> {
  return deps.db.transaction(async (trx) => {
    const task = await retryJobRow(trx, deps.db.schema, id);
    if (task === null) return false;
    await recordAudit(trx, {
      at: deps.clock.now(),
      actor,
      action: 'job.retry',
      objectType: 'job',
      data: { id, task },
    });
    return true;
  });
}
