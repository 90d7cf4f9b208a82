import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Sql, Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { publish } from '../../platform/outbox/index.ts';
import { forgetDictionary } from '../complaint/index.ts';
import { changedByCommand } from './change.repo.ts';

/** Told to every server process after a change, which then reads anew what it holds in memory. */
export const CHANGED = 'dictionary.changed';

/** PostgreSQL's code when a row cannot be deleted because another has come to refer to it meanwhile. */
export const REFERRED_TO = '23503';

export interface Change {
  /** Of the audit event, e.g. `dictionary.category_changed`. */
  readonly action: string;
  readonly objectType: 'category' | 'place' | 'calendar_year' | 'work_shift' | 'deadline_rule';
  readonly objectId: string | null;
  readonly note?: string;
  readonly data: Record<string, unknown>;
}

/**
 * The one shape of a change here: transaction → lock, check and write (`work`) → audit and outbox in the same transaction →
 * what this process holds in memory read anew. The same `commandId` again changes nothing.
 * @returns the id of what was changed, also when it had been changed by the same command before
 */
export async function change(
  deps: Deps,
  actor: RequestActor,
  commandId: string,
  work: (trx: Trx) => Promise<Change>,
): Promise<string | null> {
  const known = await changedByCommand(deps.db, commandId);
  if (known) return known.objectId;
  const objectId = await deps.db
    .transaction(async (trx) => {
      const done = await work(trx);
      const eventId = await recordAudit(trx, {
        at: deps.clock.now(),
        actor,
        action: done.action,
        objectType: done.objectType,
        objectId: done.objectId,
        note: done.note ?? null,
        data: done.data,
        commandId,
      });
      await publish(trx, {
        topic: CHANGED,
        objectId: done.objectId ?? eventId,
        data: { what: done.objectType },
      });
      return done.objectId;
    })
    .catch(async (error: unknown) => {
      // The same command came twice at once: the other one has done it.
      const twin = await changedByCommand(deps.db, commandId);
      if (twin) return twin.objectId;
      throw error;
    });
  await readAnew(deps);
  deps.live.wake();
  return objectId;
}

/** Calendar, rules, places and categories, as this process holds them in memory. */
export async function readAnew(deps: Deps): Promise<void> {
  forgetDictionary(deps.db);
  await deps.workingTime.reload();
}

/** Does the work in a transaction, looks at its effect there, and takes all of it back. */
export async function rehearse<T>(
  deps: Deps,
  work: (trx: Trx) => Promise<void>,
  look: (sql: Sql) => Promise<T>,
): Promise<T> {
  const outcome: { seen?: T } = {};
  const takenBack = new Error('rehearsed');
  await deps.db
    .transaction(async (trx) => {
      await work(trx);
      outcome.seen = await look(trx);
      throw takenBack;
    })
    .catch((error: unknown) => {
      if (error !== takenBack) throw error;
    });
  return outcome.seen as T;
}
