import type { Sql } from '../../platform/db/index.ts';

/** What a command has changed already; `null` = it has not been carried out. */
export async function changedByCommand(sql: Sql, commandId: string): Promise<{ objectId: string | null } | null> {
  const [row] = await sql.query<{ objectId: string | null }>(
    'dictionary.command',
    'select object_id as "objectId" from audit_event where command_id = $1',
    [commandId],
  );
  return row ?? null;
}

/** Of two changes that must see each other, the second waits for the first. */
export async function takeTurn(sql: Sql, what: 'shifts' | 'calendar'): Promise<void> {
  await sql.query('dictionary.turn', 'select pg_advisory_xact_lock(hashtext($1))', [`bihuan:dictionary:${what}`]);
}
