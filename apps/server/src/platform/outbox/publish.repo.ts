import type { Sql } from '../db/index.ts';

/** Something others may want to know: browsers (SSE), notices, the source's call-back. */
export interface OutboxMessage {
  /** `<module>.<what happened>`, e.g. `complaint.changed`. */
  topic: string;
  objectId: string;
  unitId?: string | null;
  townId?: string | null;
  officerId?: string | null;
  /** Small facts only; no personal data. */
  data?: Record<string, unknown>;
}

export const OUTBOX_COLUMNS = 'topic, object_id, unit_id, town_id, officer_id, data';

export function outboxValues(message: OutboxMessage): unknown[] {
  return [
    message.topic,
    message.objectId,
    message.unitId ?? null,
    message.townId ?? null,
    message.officerId ?? null,
    JSON.stringify(message.data ?? {}),
  ];
}

/** Adds a message in the caller's transaction; it is delivered after the commit, and only then. */
export async function publish(sql: Sql, message: OutboxMessage): Promise<void> {
  await sql.query(
    'outbox.insert',
    `insert into outbox (${OUTBOX_COLUMNS}) values ($1,$2,$3,$4,$5,$6::jsonb)`,
    outboxValues(message),
  );
}
