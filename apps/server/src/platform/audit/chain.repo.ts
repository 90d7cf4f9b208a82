import type { Sql, Trx } from '../db/index.ts';
import type { LedgerEvent } from './chain.ts';

/** All columns of `audit_event` (alias `e`), as the exact text that is hashed. */
const EVENT = `e.id::text as id, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
  e.actor_id::text as actor_id, e.actor_unit_id::text as actor_unit_id, e.actor_role, e.action, e.object_type,
  e.object_id::text as object_id, e.from_status, e.to_status, e.ip, e.command_id::text as command_id,
  e.tx::text as tx, e.note, e.data::text as data`;

export interface Seal {
  /** Every event of a transaction before this one is sealed. */
  readonly tx: string;
  /** Number of links. */
  readonly seq: number;
  readonly hash: Buffer;
}

/** Holds until the transaction's end that no other process seals. */
export async function tryLockSealer(trx: Trx): Promise<boolean> {
  const [row] = await trx.query<{ locked: boolean }>(
    'audit.lock_sealer',
    `select pg_try_advisory_xact_lock(hashtextextended('bihuan:audit:' || current_schema(), 0)) as locked`,
  );
  return row!.locked;
}

export async function readSeal(sql: Sql): Promise<Seal | null> {
  const [row] = await sql.query<Seal>('audit.seal', 'select tx::text as tx, seq, hash from audit_seal');
  return row ?? null;
}

/**
 * Events not sealed yet, in order of (transaction, id); only of transactions older than every open one, so that a late
 * commit cannot end up before what is sealed already.
 */
export async function unsealedEvents(
  trx: Trx,
  fromTx: string,
  limit: number,
): Promise<{ events: LedgerEvent[]; horizon: string }> {
  const rows = await trx.query<LedgerEvent & { horizon: string; id: string | null }>(
    'audit.unsealed',
    `with snapshot as materialized (select pg_snapshot_xmin(pg_current_snapshot()) as horizon),
          found as (
            select ${EVENT} from audit_event e
             where e.tx >= $1::text::xid8 and e.tx < (select horizon from snapshot)
               and not exists (select 1 from audit_link l where l.event_id = e.id)
             order by e.tx, e.id limit $2)
     select s.horizon::text as horizon, f.* from snapshot s left join found f on true order by f.tx::xid8, f.id::uuid`,
    [fromTx, limit],
  );
  const horizon = rows[0]!.horizon;
  return { events: rows.filter((row) => row.id !== null), horizon };
}

export async function insertLinks(
  trx: Trx,
  firstSeq: number,
  links: readonly { eventId: string; hash: Buffer }[],
): Promise<void> {
  await trx.query(
    'audit.insert_links',
    `insert into audit_link (seq, event_id, hash)
     select $1::bigint + n - 1, id, hash from unnest($2::uuid[], $3::bytea[]) with ordinality as t (id, hash, n)`,
    [firstSeq, links.map((link) => link.eventId), links.map((link) => link.hash)],
  );
}

export async function writeSeal(trx: Trx, seal: Seal): Promise<void> {
  await trx.query(
    'audit.write_seal',
    `insert into audit_seal (tx, seq, hash) values ($1::text::xid8, $2, $3)
     on conflict (only_row) do update set tx = excluded.tx, seq = excluded.seq, hash = excluded.hash`,
    [seal.tx, seal.seq, seal.hash],
  );
}

export interface LinkRow extends Omit<LedgerEvent, 'id'> {
  readonly seq: number;
  readonly event_id: string;
  readonly hash: Buffer;
  /** Null when the event is gone. */
  readonly id: string | null;
}

/** A page of the chain in order, each link with its event. */
export async function readLinks(sql: Sql, afterSeq: number, untilSeq: number, limit: number): Promise<LinkRow[]> {
  return sql.query<LinkRow>(
    'audit.read_links',
    `select l.seq, l.event_id::text as event_id, l.hash, ${EVENT}
       from audit_link l left join audit_event e on e.id = l.event_id
      where l.seq > $1 and l.seq <= $2 order by l.seq limit $3`,
    [afterSeq, untilSeq, limit],
  );
}

export async function linkHashAt(sql: Sql, seq: number): Promise<Buffer | null> {
  const [row] = await sql.query<{ hash: Buffer }>('audit.link_at', 'select hash from audit_link where seq = $1', [seq]);
  return row?.hash ?? null;
}

/** Events that claim to be older than what is sealed but are not in the chain. */
export async function strayEvents(sql: Sql, horizonTx: string, limit: number): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    'audit.strays',
    `select e.id::text as id from audit_event e
      where e.tx < $1::text::xid8 and not exists (select 1 from audit_link l where l.event_id = e.id) limit $2`,
    [horizonTx, limit],
  );
  return rows.map((row) => row.id);
}

/** How many events wait to be sealed. */
export async function countUnsealed(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    'audit.count_unsealed',
    `select count(*) as count from audit_event e
      where e.tx >= coalesce((select tx from audit_seal), '0'::xid8)
        and not exists (select 1 from audit_link l where l.event_id = e.id)`,
  );
  return row!.count;
}

/** The stretch of the chain that holds every sealed event of a period; contiguous, so it may hold a few neighbours. */
export async function seqRange(sql: Sql, from: Date, to: Date): Promise<{ first: number; last: number } | null> {
  const [row] = await sql.query<{ first: number | null; last: number | null }>(
    'audit.seq_range',
    `select min(l.seq) as first, max(l.seq) as last from audit_event e join audit_link l on l.event_id = e.id
      where e.at >= $1 and e.at < $2`,
    [from, to],
  );
  return row?.first ? { first: row.first, last: row.last! } : null;
}
