import type { Sql } from '../db/index.ts';
import { conflict } from '../errors.ts';

export interface TrailEvent {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly at: Date;
  readonly action: string;
  readonly actor: string | null;
  readonly actorId: string | null;
  readonly unit: string | null;
  readonly note: string | null;
  readonly data: Record<string, unknown>;
}

/** All that the ledger says of one record, oldest first. Whoever asks has made sure that the record may be seen. */
export function readTrail(sql: Sql, objectType: string, objectId: string): Promise<TrailEvent[]> {
  return sql.query<TrailEvent>(
    'audit.trail',
    `select e.id, e.at, e.action, e.actor_id as "actorId", p.name as actor, u.name as unit, e.note, e.data
       from audit_event e left join person p on p.id = e.actor_id left join unit u on u.id = e.actor_unit_id
      where e.object_type = $1 and e.object_id = $2 order by e.at, e.id`,
    [objectType, objectId],
  );
}

/**
 * Whether a command was carried out before: it is not carried out again.
 * @throws Problem 409 when its id was used on another record
 */
export async function carriedOut(sql: Sql, commandId: string, objectId: string): Promise<boolean> {
  const done = await objectOfCommand(sql, commandId);
  if (done !== null && done !== objectId) throw conflict('command_id_used', '该操作编号已用于其他操作');
  return done !== null;
}

/** The record that a command made or changed; `null` when it was not carried out. */
export async function objectOfCommand(sql: Sql, commandId: string): Promise<string | null> {
  const [row] = await sql.query<{ object_id: string }>(
    'audit.object_of_command',
    'select object_id from audit_event where command_id = $1',
    [commandId],
  );
  return row?.object_id ?? null;
}
