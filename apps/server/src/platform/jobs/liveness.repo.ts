import pg from 'pg';
import type { Logger } from 'pino';

const RECLAIM_PAUSE = 1_000;

/**
 * Shows which workers live, so that the jobs of a killed process are taken up at once instead of after the queue's four
 * hours. Each worker pool holds an advisory lock on its id for as long as its process lives.
 */
export function createLiveness(settings: pg.ClientConfig, schema: string, log: Logger) {
  const mine: string[] = [];
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let client: Promise<pg.Client> | undefined;
  let work: Promise<unknown> = Promise.resolve();

  function connected(): Promise<pg.Client> {
    client ??= connect().catch((error: unknown) => {
      client = undefined;
      throw error;
    });
    return client;
  }

  async function connect(): Promise<pg.Client> {
    const opened = new pg.Client(settings);
    opened.on('error', () => {});
    opened.once('end', () => {
      client = undefined;
      if (!closed && mine.length > 0) reclaimSoon();
    });
    await opened.connect();
    for (const id of mine) await opened.query('select pg_advisory_lock_shared(hashtextextended($1, 0))', [id]);
    return opened;
  }

  function reclaimSoon(): void {
    if (closed || timer) return;
    timer = setTimeout(() => {
      timer = undefined;
      if (closed) return;
      connected().catch((error: unknown) => {
        log.warn({ err: error }, 'job worker could not show that it lives');
        reclaimSoon();
      });
    }, RECLAIM_PAUSE).unref();
  }

  /** One after the other: locks are taken in the order asked for. */
  function queued<T>(task: () => Promise<T>): Promise<T> {
    const done = work.then(task);
    work = done.catch(() => {});
    return done;
  }

  return {
    claim(id: string): void {
      mine.push(id);
      queued(async () => {
        const open = await connected();
        await open.query('select pg_advisory_lock_shared(hashtextextended($1, 0))', [id]);
      }).catch(reclaimSoon);
    },
    /** Frees the jobs held by workers whose process is gone. */
    async releaseDead(): Promise<void> {
      await queued(async () => {
        const open = await connected();
        await open.query('begin');
        // A lock taken a moment ago may belong to a worker that has not shown itself yet.
        const { rows } = await open.query<{ id: string }>(
          `select id from (
             select locked_by as id from ${schema}._private_jobs where locked_at < now() - interval '10 seconds'
             union select locked_by from ${schema}._private_job_queues where locked_at < now() - interval '10 seconds') held
            where id is not null and id <> all($1::text[]) and pg_try_advisory_xact_lock(hashtextextended(id, 0))`,
          [mine],
        );
        if (rows.length > 0) {
          await open.query(`select ${schema}.force_unlock_workers($1::text[])`, [rows.map((row) => row.id)]);
        }
        await open.query('commit');
      });
    },
    async close(): Promise<void> {
      closed = true;
      clearTimeout(timer);
      await work;
      await (await client?.catch(() => undefined))?.end();
    },
  };
}
