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
  readonly key: string | null;
}

const STATE = `case when locked_at is not null then 'running' when attempts >= max_attempts then 'failed'
  when last_error is not null then 'retrying' else 'waiting' end`;

const none = (): Record<JobState, number> => ({ waiting: 0, running: 0, retrying: 0, failed: 0 });

export async function jobCounts(sql: Sql, schema: string): Promise<Record<JobState, number>> {
  const counts = none();
  for (const ofTask of (await taskCounts(sql, schema)).values()) {
    for (const state of Object.keys(counts) as JobState[]) counts[state] += ofTask[state];
  }
  return counts;
}

/** Jobs by task and state; tasks without jobs are not there. */
export async function taskCounts(sql: Sql, schema: string): Promise<Map<string, Record<JobState, number>>> {
  const rows = await sql.query<{ task: string; state: JobState; count: number }>(
    'job.counts',
    `select task_identifier as task, ${STATE} as state, count(*)::int as count from ${jobsSchema(schema)}.jobs group by 1, 2`,
  );
  const counts = new Map<string, Record<JobState, number>>();
  for (const { task, state, count } of rows) {
    const ofTask = counts.get(task) ?? none();
    ofTask[state] = count;
    counts.set(task, ofTask);
  }
  return counts;
}

const ROW = `select id::text as id, task_identifier as task, ${STATE} as state, attempts, max_attempts, run_at, created_at, last_error, key`;

/** At most 200 jobs, what needs attention first. */
export async function listJobRows(
  sql: Sql,
  schema: string,
  filter: { state?: JobState | undefined; task?: string | undefined },
): Promise<JobRow[]> {
  return sql.query<JobRow>(
    'job.list',
    `${ROW} from ${jobsSchema(schema)}.jobs
      where ($1::text is null or ${STATE} = $1) and ($2::text is null or task_identifier = $2)
      order by array_position(array['failed','retrying','running','waiting'], ${STATE}), run_at, jobs.id limit 200`,
    [filter.state ?? null, filter.task ?? null],
  );
}

export async function findJobRow(sql: Sql, schema: string, id: string): Promise<JobRow | null> {
  const [row] = await sql.query<JobRow>('job.get', `${ROW} from ${jobsSchema(schema)}.jobs where id = $1::bigint`, [
    id,
  ]);
  return row ?? null;
}

/** When the clock last called each task. */
export async function lastCalls(sql: Sql, schema: string): Promise<Map<string, Date>> {
  const rows = await sql.query<{ task: string; at: Date | null }>(
    'job.last_calls',
    `select task, at from ${jobsSchema(schema)}.bihuan_last_runs()`,
  );
  return new Map(rows.flatMap(({ task, at }) => (at ? [[task, at]] : [])));
}

/** Takes a job out of the queue. @returns its task, or `null` when there is none or it is running */
export async function dropJobRow(sql: Sql, schema: string, id: string): Promise<string | null> {
  const [row] = await sql.query<{ task: string | null }>(
    'job.drop',
    `select ${jobsSchema(schema)}.bihuan_drop_job($1::bigint) as task`,
    [id],
  );
  return row?.task ?? null;
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
