import type { Logger } from 'pino';
import type { RequestActor } from '../access/index.ts';
import type { Database } from '../db/index.ts';
import type { Live, LiveMessage } from '../deps.ts';
import { type OutboxPosition, type OutboxRow, outboxNow, readOutbox } from '../outbox/index.ts';
import { concernsComplaint, mayReceive, needsJointUnits } from './audience.ts';
import { jointUnitsOf } from './joint-units.query.ts';
import { createWakeChannel } from './wake-channel.repo.ts';

const POLL = 2_000;
/** Pause before reading again when an older transaction is still open. */
const HELD_PAUSE = 50;
/** At most so often are the other processes notified. */
const NOTIFY_PAUSE = 50;
const BATCH = 500;

interface Subscriber {
  /** `null`: the process itself, which hears everything. */
  readonly actor: RequestActor | null;
  readonly listener: (message: LiveMessage) => void;
}

/** Reads the outbox on behalf of this process's listeners. */
export function createLive({ db, log }: { db: Database; log: Logger }): Live {
  const subscribers = new Set<Subscriber>();
  let position: OutboxPosition | undefined;
  let running = false;
  let again = false;
  let reading: Promise<void> | undefined;
  let pollTimer: NodeJS.Timeout | undefined;
  let notifyTimer: NodeJS.Timeout | undefined;
  const channel = createWakeChannel(db, log, read);

  /** Starts reading unless a reading is under way, which then looks once more. */
  function read(): void {
    if (!running) return;
    again = true;
    reading ??= readAll().finally(() => {
      reading = undefined;
    });
  }

  async function readAll(): Promise<void> {
    let pause = POLL;
    try {
      while (again && running) {
        again = false;
        pause = (await readOnce()) ? HELD_PAUSE : POLL;
      }
    } catch (error) {
      log.warn({ err: error }, 'live: the outbox could not be read, trying again');
    }
    clearTimeout(pollTimer);
    if (running) pollTimer = setTimeout(read, pause).unref();
  }

  /** @returns whether rows wait for an older transaction */
  async function readOnce(): Promise<boolean> {
    if (!position || subscribers.size === 0) {
      position = await outboxNow(db);
      return false;
    }
    const { rows, held } = await readOutbox(db, position, BATCH);
    const last = rows.at(-1);
    if (last) {
      await deliver(rows.map(toMessage));
      position = { tx: last.tx, id: last.id };
      if (rows.length === BATCH) again = true;
    }
    return held;
  }

  async function deliver(messages: LiveMessage[]): Promise<void> {
    const listeners = [...subscribers];
    const complaintIds = messages.filter(concernsComplaint).map((message) => message.objectId);
    const joint =
      complaintIds.length > 0 && listeners.some(({ actor }) => actor !== null && needsJointUnits(actor))
        ? await jointUnitsOf(db, complaintIds)
        : new Map<string, string[]>();
    for (const message of messages) {
      const units = joint.get(message.objectId) ?? [];
      for (const { actor, listener } of listeners) {
        if (actor === null || mayReceive(actor, message, units)) listener(message);
      }
    }
  }

  function subscribe(actor: RequestActor | null, listener: Subscriber['listener']): () => void {
    const subscriber = { actor, listener };
    subscribers.add(subscriber);
    return () => subscribers.delete(subscriber);
  }

  return {
    wake() {
      if (!running) return;
      read();
      notifyTimer ??= setTimeout(() => {
        notifyTimer = undefined;
        channel.notify().catch((error: unknown) => log.warn({ err: error }, 'live: other processes not notified'));
      }, NOTIFY_PAUSE).unref();
    },
    subscribe,
    observe: (listener) => subscribe(null, listener),
    async start() {
      if (running) return;
      position = await outboxNow(db);
      running = true;
      await channel.listen();
    },
    async stop() {
      running = false;
      clearTimeout(pollTimer);
      clearTimeout(notifyTimer);
      await reading;
      await channel.close();
    },
  };
}

function toMessage(row: OutboxRow): LiveMessage {
  return {
    topic: row.topic,
    objectId: row.object_id,
    unitId: row.unit_id,
    townId: row.town_id,
    officerId: row.officer_id,
    data: row.data,
  };
}
