import type { QueryOf, ResponseOf } from '@bihuan/contract';
import type { listJobs } from '@bihuan/contract/system';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict } from '../../platform/errors.ts';
import {
  dropJobRow,
  findJobRow,
  type JobRow,
  type JobState,
  jobCounts,
  lastCalls,
  listJobRows,
  retryJobRow,
  taskCounts,
} from '../../platform/jobs/index.ts';

const NO_JOBS: Record<JobState, number> = { waiting: 0, running: 0, retrying: 0, failed: 0 };

/** The queue as administrators see it: never a job's payload. */
export async function listQueue(deps: Deps, query: QueryOf<typeof listJobs>): Promise<ResponseOf<typeof listJobs>> {
  const { db, jobs } = deps;
  const [counts, byTask, calls, rows] = await Promise.all([
    jobCounts(db, db.schema),
    taskCounts(db, db.schema),
    lastCalls(db, db.schema),
    listJobRows(db, db.schema, query),
  ]);
  const progress = await progressOf(deps, rows);
  // The queue keeps the database's time; people read the system's, which differs in the demo.
  const ahead = deps.clock.now() - deps.wallClock.now();
  const shown = (at: Date) => new Date(at.getTime() + ahead).toISOString();
  const known = jobs.tasks();
  const foreign = [...byTask.keys()].filter((task) => !known.some((one) => one.task === task));
  return {
    counts,
    tasks: [...known, ...foreign.map((task) => ({ task, schedule: null }))].map(({ task, schedule }) => {
      const called = calls.get(task);
      return {
        task,
        schedule,
        lastCalledAt: called ? shown(called) : null,
        counts: byTask.get(task) ?? NO_JOBS,
      };
    }),
    items: rows.map((row) => ({
      id: row.id,
      task: row.task,
      state: row.state,
      attempts: row.attempts,
      maxAttempts: row.max_attempts,
      runAt: shown(row.run_at),
      createdAt: shown(row.created_at),
      error: row.last_error,
      progress: progress.get(row.id) ?? null,
      cancellable: row.state !== 'running' || subjectOf(deps, row) !== null,
    })),
  };
}

/** The record a job works on, where its task says how to cancel it. */
function subjectOf(deps: Deps, { task, key }: Pick<JobRow, 'task' | 'key'>) {
  const subjects = deps.jobs.tasks().find((one) => one.task === task)?.subjects;
  return subjects && key?.startsWith(`${task}:`) ? { id: key.slice(task.length + 1), ...subjects } : null;
}

async function progressOf(deps: Deps, rows: readonly JobRow[]): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const { task, subjects } of deps.jobs.tasks()) {
    const jobs = rows.flatMap((row) => {
      const subject = row.task === task ? subjectOf(deps, row) : null;
      return subject ? [{ job: row.id, subject: subject.id }] : [];
    });
    if (!subjects || jobs.length === 0) continue;
    const bySubject = await subjects.progress(jobs.map(({ subject }) => subject));
    for (const { job, subject } of jobs) {
      const progress = bySubject.get(subject);
      if (progress !== undefined) found.set(job, progress);
    }
  }
  return found;
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

/**
 * A job that waits leaves the queue; one that runs is asked to stop, where its work can be.
 * @returns whether there is such a job
 * @throws Problem 409 when it is running and cannot be stopped
 */
export async function cancelQueued(deps: Deps, actor: RequestActor, id: string): Promise<boolean> {
  const row = await findJobRow(deps.db, deps.db.schema, id);
  if (row === null) return false;
  const subject = subjectOf(deps, row);
  // The record first: it would wait for ever for a job that is gone.
  if (subject) await subject.cancel(actor, subject.id);
  await deps.db.transaction(async (trx) => {
    const dropped = await dropJobRow(trx, deps.db.schema, id);
    if (dropped === null && !subject) throw conflict('job_running', '任务正在进行，不能取消；片刻即会结束');
    await recordAudit(trx, {
      at: deps.clock.now(),
      actor,
      action: 'job.cancel',
      objectType: 'job',
      data: { id, task: row.task, state: row.state },
    });
  });
  return true;
}
