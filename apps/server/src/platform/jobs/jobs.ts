import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, parseCronItems, type Runner, type RunnerOptions, run, runOnce, type TaskList } from 'graphile-worker';
import pg from 'pg';
import type { Logger as Log } from 'pino';
import type { JobSubjects, Jobs } from '../deps.ts';
import { describeFailure } from './failure.ts';
import { addJob } from './jobs.repo.ts';
import { createLiveness } from './liveness.repo.ts';
import { jobsSchema, migrateJobs } from './migrate-jobs.ts';

const CONCURRENCY = 4;
/** About an hour of retries, each pause longer than the last. */
const DEFAULT_ATTEMPTS = 8;
const RESTART_PAUSE = 1_000;

type Handler = Parameters<Jobs['handle']>[1];

/** Jobs kept by graphile-worker in the schema `<schema>_jobs`. The worker connects as the migrator; handlers use `Deps.db`. */
export function createJobs({ databaseUrl, schema, log }: { databaseUrl: string; schema: string; log: Log }): Jobs {
  const handlers = new Map<string, Handler>();
  const subjectsOf = new Map<string, JobSubjects>();
  const crontab = new Map<string, string>();
  const stopping = new AbortController();
  const queue = jobsSchema(schema);
  let opened: Promise<Opened> | undefined;
  let supervised: Promise<void> | undefined;
  let runner: Runner | undefined;

  /** The queue's tables exist and this process has connections to it. */
  function open(): Promise<Opened> {
    opened ??= openQueue(databaseUrl, schema, log).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  }

  function tasks(onFailure: (error: unknown) => void): TaskList {
    const list: TaskList = {};
    for (const [task, handler] of handlers) {
      list[task] = async (payload, { job }) => {
        const context = { log: log.child({ task, job: job.id }), signal: stopping.signal };
        try {
          await handler((payload ?? {}) as Record<string, unknown>, context);
        } catch (error) {
          onFailure(error);
          context.log.error({ err: error, attempt: job.attempts }, 'job failed');
          // What is thrown here is kept in the queue and shown to administrators.
          throw new Error(describeFailure(error));
        }
      };
    }
    return list;
  }

  async function options({ pool, liveness }: Opened): Promise<RunnerOptions> {
    const events = new EventEmitter();
    events.on('pool:create', ({ workerPool }: { workerPool: { id: string } }) => liveness.claim(workerPool.id));
    return { pgPool: pool, schema: queue, events, noHandleSignals: true, logger: loggerOn(log) };
  }

  async function supervise(queueOpened: Opened): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await queueOpened.liveness.releaseDead();
        runner = await run({
          ...(await options(queueOpened)),
          concurrency: CONCURRENCY,
          pollInterval: 2_000,
          taskList: tasks(() => {}),
          parsedCronItems: parseCronItems(
            [...crontab].map(([task, match]) => ({
              task,
              match,
              identifier: task,
              options: { jobKey: `cron:${task}`, jobKeyMode: 'replace', maxAttempts: 2 },
            })),
          ),
        });
        if (stopping.signal.aborted) await runner.stop();
        await runner.promise;
      } catch (error) {
        if (!stopping.signal.aborted) log.error({ err: error }, 'job worker ended, starting it again');
      }
      runner = undefined;
      await sleep(RESTART_PAUSE, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  return {
    add: (sql, task, payload, { key, runAt, maxAttempts = DEFAULT_ATTEMPTS, queue: serial } = {}) =>
      addJob(sql, schema, { task, payload, key, runAt, maxAttempts, queue: serial }),
    handle(task, handler, subjects) {
      if (handlers.has(task)) throw new Error(`Task ${task} has a handler already`);
      handlers.set(task, handler);
      if (subjects) subjectsOf.set(task, subjects);
    },
    tasks: () =>
      [...handlers.keys()].map((task) => ({
        task,
        schedule: crontab.get(task) ?? null,
        subjects: subjectsOf.get(task) ?? null,
      })),
    schedule(task, when) {
      crontab.set(task, when);
    },
    async start() {
      const queueOpened = await open();
      supervised ??= supervise(queueOpened);
    },
    async stop() {
      stopping.abort();
      await runner?.stop().catch(() => {});
      await supervised;
      const queueOpened = await opened?.catch(() => undefined);
      opened = undefined;
      await queueOpened?.close();
    },
    async drain() {
      const failures: unknown[] = [];
      const queueOpened = await open();
      if (handlers.size === 0) return;
      await runOnce({ ...(await options(queueOpened)), taskList: tasks((error) => failures.push(error)) });
      if (failures.length > 0) throw failures[0];
    },
  };
}

interface Opened {
  readonly pool: pg.Pool;
  readonly liveness: ReturnType<typeof createLiveness>;
  close(): Promise<void>;
}

async function openQueue(databaseUrl: string, schema: string, log: Log): Promise<Opened> {
  await migrateJobs(databaseUrl, schema);
  const settings = { connectionString: databaseUrl, application_name: 'bihuan jobs' };
  const pool = new pg.Pool({ ...settings, max: CONCURRENCY + 2, idleTimeoutMillis: 10_000 });
  // A connection lost to a restart of the database is replaced at its next use.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const liveness = createLiveness(settings, jobsSchema(schema), log);
  return {
    pool,
    liveness,
    async close() {
      await liveness.close();
      await pool.end();
    },
  };
}

function loggerOn(log: Log): Logger {
  return new Logger(() => (level, message, meta) => {
    // Success is silent; a job's failure is logged by the handler's wrapper, with its cause.
    if (level === 'error' && !meta.failure) log.error({ component: 'jobs' }, message);
    else if (level === 'warning') log.warn({ component: 'jobs' }, message);
  });
}
