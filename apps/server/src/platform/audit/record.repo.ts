import type { RequestActor } from '../access/actor.ts';
import type { Sql } from '../db/index.ts';

export interface AuditEntry {
  /** Epoch milliseconds. */
  at: number;
  /** `null`: the system itself, or somebody not signed in. */
  actor: Pick<RequestActor, 'personId' | 'unitId' | 'role' | 'ip'> | null;
  action: string;
  objectType: string;
  objectId?: string | null;
  fromStatus?: string | null;
  toStatus?: string | null;
  note?: string | null;
  /** Facts of the event. No personal data of a complainant. */
  data?: Record<string, unknown>;
  ip?: string | null;
  commandId?: string | null;
}

/** Columns of an `audit_event` insert, in order; statements that write it inside a larger CTE share them. */
export const AUDIT_COLUMNS =
  'at, actor_id, actor_unit_id, actor_role, action, object_type, object_id, from_status, to_status, note, data, ip, command_id';

export function auditValues(entry: AuditEntry): unknown[] {
  return [
    new Date(entry.at),
    entry.actor?.personId ?? null,
    entry.actor?.unitId ?? null,
    entry.actor?.role ?? null,
    entry.action,
    entry.objectType,
    entry.objectId ?? null,
    entry.fromStatus ?? null,
    entry.toStatus ?? null,
    entry.note ?? null,
    JSON.stringify(entry.data ?? {}),
    entry.actor?.ip ?? entry.ip ?? null,
    entry.commandId ?? null,
  ];
}

/** Writes one event into the ledger, in the caller's transaction. */
export async function recordAudit(sql: Sql, entry: AuditEntry): Promise<string> {
  const [row] = await sql.query<{ id: string }>(
    'audit.insert',
    `insert into audit_event (${AUDIT_COLUMNS}) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11::jsonb,$12,$13) returning id`,
    auditValues(entry),
  );
  return row!.id;
}
