import type { Sql } from '../db/index.ts';

/** A place in the outbox: everything up to and including it has been read. */
export interface OutboxPosition {
  /** Transaction id, decimal. */
  readonly tx: string;
  readonly id: number;
}

export interface OutboxRow {
  readonly tx: string;
  readonly id: number;
  readonly topic: string;
  readonly object_id: string;
  readonly unit_id: string | null;
  readonly town_id: string | null;
  readonly officer_id: string | null;
  readonly data: Record<string, unknown>;
}

export interface OutboxBatch {
  readonly rows: OutboxRow[];
  /** More rows are there but a transaction that began earlier is still open: read again shortly. */
  readonly held: boolean;
}

/** From now on: every transaction that has ended is behind, every one still open or yet to come is ahead. */
export async function outboxNow(sql: Sql): Promise<OutboxPosition> {
  const [row] = await sql.query<{ tx: string }>(
    'outbox.now',
    'select pg_snapshot_xmin(pg_current_snapshot())::text as tx',
  );
  return { tx: row!.tx, id: 0 };
}

/**
 * The next rows, ordered by (transaction, id). Only transactions older than every open one are read: ids are given out
 * before the commit, so by id alone a late commit would fall behind the reader and be lost.
 */
export async function readOutbox(sql: Sql, after: OutboxPosition, limit: number): Promise<OutboxBatch> {
  const rows = await sql.query<OutboxRow & { is_held: boolean }>(
    'outbox.read',
    `select tx::text as tx, id, topic, object_id, unit_id, town_id, officer_id, data, tx >= pg_snapshot_xmin(pg_current_snapshot()) as is_held
       from outbox where (tx, id) > ($1::text::xid8, $2::bigint) order by outbox.tx, id limit $3`,
    [after.tx, after.id, limit],
  );
  const firstHeld = rows.findIndex((row) => row.is_held);
  return { rows: firstHeld < 0 ? rows : rows.slice(0, firstHeld), held: firstHeld >= 0 };
}

/** Removes messages older than `days`. @returns how many */
export async function purgeOutbox(sql: Sql, now: number, days: number): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    null,
    `with gone as (delete from outbox where created_at < $1::timestamptz - make_interval(days => $2) returning 1)
     select count(*)::int as count from gone`,
    [new Date(now), days],
  );
  return row!.count;
}

/** Messages that readers cannot take yet, and the age of the oldest. */
export async function unreadOutbox(sql: Sql, now: number): Promise<{ held: number; lagSeconds: number }> {
  const [row] = await sql.query<{ held: number; oldest: Date | null }>(
    'outbox.held',
    'select count(*)::int as held, min(created_at) as oldest from outbox where tx >= pg_snapshot_xmin(pg_current_snapshot())',
  );
  return { held: row!.held, lagSeconds: row!.oldest ? Math.max(0, (now - row!.oldest.getTime()) / 1000) : 0 };
}
