import type { Client } from 'pg';
import type { Logger } from 'pino';
import type { Database } from '../db/index.ts';

const RECONNECT_PAUSE = 2_000;

/**
 * Tells the other server processes that there is something to read. NOTIFY is sent outside the business transaction,
 * where it would make commits wait for one another; a lost one costs at most the readers' next poll.
 */
export function createWakeChannel(db: Database, log: Logger, onWake: () => void) {
  const channel = `${db.schema}_outbox`;
  let client: Client | undefined;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  async function listen(): Promise<void> {
    try {
      const opened = await db.connect();
      opened.on('error', () => {});
      opened.once('end', () => {
        client = undefined;
        reconnectSoon();
      });
      opened.on('notification', onWake);
      if (closed) return void (await opened.end());
      client = opened;
      await opened.query(`listen ${channel}`);
      onWake();
    } catch (error) {
      log.warn({ err: error }, 'live: cannot listen for other processes, polling meanwhile');
      reconnectSoon();
    }
  }

  function reconnectSoon(): void {
    if (closed) return;
    clearTimeout(timer);
    timer = setTimeout(listen, RECONNECT_PAUSE).unref();
  }

  return {
    listen,
    async notify(): Promise<void> {
      await db.query('outbox.notify', 'select pg_notify($1, $2)', [channel, '']);
    },
    async close(): Promise<void> {
      closed = true;
      clearTimeout(timer);
      await client?.end();
    },
  };
}
