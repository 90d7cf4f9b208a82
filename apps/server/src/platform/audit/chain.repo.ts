import type { Sql, Trx } from '../db/index.ts';
import type { LedgerEvent } from './chain.ts';

/** All columns of `audit_event` (alias `e`), as the exact text that is hashed. */
const EVENT = `e.id::text as id, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
  e.actor_id::text as actor_id, e.actor_unit_id::text as actor_unit_id, e.actor_role, e.action, e.object_type,
  e.object_id::text as object_id, e.from_status, e.to_status, e.ip, e.command_id::text as command_id,
  e.tx::text as tx, e.note, e.data::text as data`;

export interface Position {
  /** Transaction id, decimal. */
  readonly tx: string;
  readonly id: string;
}

/** Before every event of a transaction. */
export const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** Everything up to this position is sealed. */
export interface Seal extends Position {
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
  const [row] = await sql.query<Seal>('audit.seal', 'select tx::text as tx, id::text as id, seq, hash from audit_seal');
  return row ?? null;
}

/**
 * The next events in order of (transaction, id); only of transactions older than every open one, so that a late commit
 * cannot end up before what is sealed already.
 * @returns `events`: those not sealed yet; `end`: the position reached; `more`: the page was full
 */
export async function eventsAfter(
  trx: Trx,
  after: Position,
  limit: number,
): Promise<{ events: LedgerEvent[]; end: Position; more: boolean }> {
  // A ledger restored into another server keeps the transaction ids of the old one: sealed events may lie ahead again.
  const rows = await trx.query<LedgerEvent & { horizon: string; id: string | null; is_sealed: boolean }>(
    'audit.events_after',
    `with snapshot as materialized (select pg_snapshot_xmin(pg_current_snapshot()) as horizon),
          page as materialized (
            select ${EVENT} from audit_event e
             where (e.tx, e.id) > ($1::text::xid8, $2::uuid) and e.tx < (select horizon from snapshot)
             order by e.tx, e.id limit $3)
     select s.horizon::text as horizon, p.*, exists (select 1 from audit_link l where l.event_id = p.id::uuid) as is_sealed
       from snapshot s left join page p on true order by p.tx::xid8, p.id::uuid`,
    [after.tx, after.id, limit],
  );
  const page = rows.filter((row) => row.id !== null);
  const last = page.at(-1);
  const more = page.length === limit;
  return {
    events: page.filter((row) => !row.is_sealed),
    end: more ? { tx: last!.tx, id: last!.id } : { tx: rows[0]!.horizon, id: FIRST_ID },
    more,
  };
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
    `insert into audit_seal (tx, id, seq, hash) values ($1::text::xid8, $2, $3, $4)
     on conflict (only_row) do update set tx = excluded.tx, id = excluded.id, seq = excluded.seq, hash = excluded.hash`,
    [seal.tx, seal.id, seal.seq, seal.hash],
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
export async function strayEvents(sql: Sql, sealed: Position, limit: number): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    'audit.strays',
    `select e.id::text as id from audit_event e
      where (e.tx, e.id) <= ($1::text::xid8, $2::uuid)
        and not exists (select 1 from audit_link l where l.event_id = e.id) limit $3`,
    [sealed.tx, sealed.id, limit],
  );
  return rows.map((row) => row.id);
}

/** How many events wait to be sealed. */
export async function countUnsealed(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    'audit.count_unsealed',
    `select count(*)::int as count from audit_event
      where (tx, id) > (coalesce((select tx from audit_seal), '0'::xid8), coalesce((select id from audit_seal), '${FIRST_ID}'))`,
  );
  return row!.count;
}

/**
 * After a ledger was brought into another server, whose transaction ids start low again: events not sealed yet take a
 * place in the new order. For the migrator, before anybody else writes.
 */
export async function adoptRestoredLedger(sql: Sql): Promise<void> {
  await sql.query(
    null,
    `update audit_event e set tx = pg_current_xact_id()
      where not exists (select 1 from audit_link l where l.event_id = e.id)`,
  );
  await sql.query(null, `update audit_seal set tx = '0', id = '${FIRST_ID}'`);
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
