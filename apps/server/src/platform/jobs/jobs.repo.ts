import type { Sql } from '../db/index.ts';

/** Adds a job in the caller's transaction, through the one function of the queue that the `app` role may call. */
export async function addJob(
  sql: Sql,
  schema: string,
  job: {
    task: string;
    payload: Record<string, unknown>;
    key: string | undefined;
    runAt: Date | undefined;
    maxAttempts: number;
    queue: string | undefined;
  },
): Promise<void> {
  await sql.query('job.add', `select ${schema}.bihuan_add_job($1, $2::json, $3, $4, $5, $6)`, [
    job.task,
    JSON.stringify(job.payload),
    job.queue ?? null,
    job.runAt ?? null,
    job.maxAttempts,
    job.key ?? null,
  ]);
}
