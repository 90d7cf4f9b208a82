import type { Sql } from '../db/index.ts';
import { jobsSchema } from './migrate-jobs.ts';

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
  await sql.query('job.add', `select ${jobsSchema(schema)}.bihuan_add_job($1, $2::json, $3, $4, $5, $6)`, [
    job.task,
    JSON.stringify(job.payload),
    job.queue ?? null,
    job.runAt ?? null,
    job.maxAttempts,
    job.key ?? null,
  ]);
}

export type JobState = 'waiting' | 'running' | 'retrying' | 'failed';

export interface JobRow {
  readonly id: string;
  readonly task: string;
  readonly state: JobState;
  readonly attempts: number;
  readonly max_attempts: number;
  readonly run_at: Date;
  readonly created_at: Date;
  readonly last_error: string | null;
}

const STATE = `case when locked_at is not null then 'running' when attempts >= max_attempts then 'failed'
  when last_error is not null then 'retrying' else 'waiting' end`;

export async function jobCounts(sql: Sql, schema: string): Promise<Record<JobState, number>> {
  const rows = await sql.query<{ state: JobState; count: number }>(
    'job.counts',
    `select ${STATE} as state, count(*)::int as count from ${jobsSchema(schema)}.jobs group by 1`,
  );
  const counts: Record<JobState, number> = { waiting: 0, running: 0, retrying: 0, failed: 0 };
  for (const row of rows) counts[row.state] = row.count;
  return counts;
}

/** At most 200 jobs, what needs attention first. */
export async function listJobRows(sql: Sql, schema: string, state: JobState | null): Promise<JobRow[]> {
  return sql.query<JobRow>(
    'job.list',
    `select id::text as id, task_identifier as task, ${STATE} as state, attempts, max_attempts, run_at, created_at, last_error
       from ${jobsSchema(schema)}.jobs where $1::text is null or ${STATE} = $1
      order by array_position(array['failed','retrying','running','waiting'], ${STATE}), run_at, jobs.id limit 200`,
    [state],
  );
}

/** Makes a job run at once, with all its attempts again. @returns its task, or `null` when there is none or it is running */
export async function retryJobRow(sql: Sql, schema: string, id: string): Promise<string | null> {
  const [row] = await sql.query<{ task: string | null }>(
    'job.retry',
    `select ${jobsSchema(schema)}.bihuan_retry_job($1::bigint) as task`,
    [id],
  );
  return row?.task ?? null;
}
