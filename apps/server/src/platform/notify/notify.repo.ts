import type { Sql } from '../db/index.ts';
import { publish } from '../outbox/index.ts';

/** A message to one person, or to those who hold one of some roles in a unit. */
export type Notice = ({ personId: string } | { unitId: string; roles: readonly string[] }) & {
  /** When it happened, epoch milliseconds. */
  at: number;
  /** What happened, e.g. `complaint.warning`. */
  kind: string;
  level: 'info' | 'warn' | 'danger';
  /** One line. Neither it nor the body names a complainant: a notice outlives its reader's right to the object. */
  title: string;
  body?: string | null;
  objectType?: string | null;
  objectId?: string | null;
  /** The same key again writes nothing. */
  dedupeKey?: string | null;
};

/** Sends a notice in the caller's transaction. @returns its id, or `null` when the key was used before */
export async function notify(sql: Sql, notice: Notice): Promise<string | null> {
  const target =
    'personId' in notice
      ? { personId: notice.personId, unitId: null, roles: null }
      : { personId: null, unitId: notice.unitId, roles: notice.roles };
  const [row] = await sql.query<{ id: string }>(
    'notice.insert',
    `insert into notice (person_id, unit_id, roles, kind, level, title, body, object_type, object_id, dedupe_key, created_at)
     values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11) on conflict (dedupe_key) do nothing returning id`,
    [
      target.personId,
      target.unitId,
      target.roles,
      notice.kind,
      notice.level,
      notice.title,
      notice.body ?? null,
      notice.objectType ?? null,
      notice.objectId ?? null,
      notice.dedupeKey ?? null,
      new Date(notice.at),
    ],
  );
  if (!row) return null;
  await publish(sql, {
    topic: 'notice.new',
    objectId: row.id,
    unitId: target.unitId,
    officerId: target.personId,
    data: { level: notice.level, ...(target.roles ? { roles: target.roles } : {}) },
  });
  return row.id;
}
