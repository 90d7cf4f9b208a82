import { Logger, runMigrations } from 'graphile-worker';
import pg from 'pg';
import { APP_ROLE_SUFFIX } from '../db/index.ts';

/** A district's own queue beside its own schema. */
export const jobsSchema = (schema: string): string => `${schema}_jobs`;

/**
 * Brings the queue's tables up to date and opens to the `app` role what it needs: adding a job inside its own
 * transaction, looking at the queue without the payloads, retrying and taking out. The queue's tables stay closed to it (row level
 * security); the worker itself connects as the migrator.
 */
export async function migrateJobs(databaseUrl: string, schema: string): Promise<void> {
  const jobs = jobsSchema(schema);
  const role = `${schema}${APP_ROLE_SUFFIX}`;
  const pool = new pg.Pool({ connectionString: databaseUrl, application_name: 'bihuan migrate', max: 2 });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  try {
    await runMigrations({ pgPool: pool, schema: jobs, logger: new Logger(() => () => {}) });
    const client = await pool.connect();
    try {
      await client.query('begin');
      await client.query('select pg_advisory_xact_lock(hashtext($1))', [`bihuan:migrate:${jobs}`]);
      await client.query(`
        create or replace function ${jobs}.bihuan_add_job(
          task text, payload json, queue text, run_at timestamptz, max_attempts integer, job_key text
        ) returns void language sql security definer set search_path = pg_catalog, pg_temp as $$
          select from ${jobs}.add_job($1, $2, $3, $4, $5, $6);
        $$;
        create or replace function ${jobs}.bihuan_retry_job(job_id bigint)
          returns text language sql security definer set search_path = pg_catalog, pg_temp as $$
          select t.identifier from ${jobs}.reschedule_jobs(array[$1], now(), null, 0, null) j
            join ${jobs}._private_tasks t on t.id = j.task_id;
        $$;
        -- Takes a job out of the queue, unless it is running.
        create or replace function ${jobs}.bihuan_drop_job(job_id bigint)
          returns text language sql security definer set search_path = pg_catalog, pg_temp as $$
          select t.identifier from ${jobs}.complete_jobs(array[$1]) j join ${jobs}._private_tasks t on t.id = j.task_id;
        $$;
        create or replace function ${jobs}.bihuan_last_runs()
          returns table (task text, at timestamptz) language sql stable security definer set search_path = pg_catalog, pg_temp as $$
          select identifier, last_execution from ${jobs}._private_known_crontabs;
        $$;
        revoke all on function ${jobs}.bihuan_add_job, ${jobs}.bihuan_retry_job, ${jobs}.bihuan_drop_job, ${jobs}.bihuan_last_runs from public;
        grant usage on schema ${jobs} to ${role};
        grant execute on function ${jobs}.bihuan_add_job, ${jobs}.bihuan_retry_job, ${jobs}.bihuan_drop_job, ${jobs}.bihuan_last_runs to ${role};
        -- The view of the queue for administrators and metrics: it shows no payload.
        grant select on ${jobs}.jobs to ${role};`);
      await client.query('commit');
    } finally {
      client.release();
    }
  } finally {
    await pool.end();
  }
}
