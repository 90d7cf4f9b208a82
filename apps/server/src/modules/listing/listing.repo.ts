import type {
  EntryKind,
  ListingFileStage,
  ListingLevel,
  ListingSource,
  ListingState,
  ListingStatus,
} from '@bihuan/domain/listing';
import type { LedgerEntry } from '@bihuan/domain/workday';
import type { Sql, Trx } from '../../platform/db/index.ts';

interface StateRow {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly number: string;
  readonly subject: string;
  readonly matter_id: string | null;
  readonly status: ListingStatus;
  readonly version: number;
  readonly source: ListingSource;
  readonly level: ListingLevel;
  readonly owner_unit_id: string;
  readonly leader_id: string;
  readonly proposed_by: string;
  readonly proposed_unit_id: string;
  readonly listed_at: Date | null;
  readonly approved_by: string | null;
  readonly workdays: number;
  readonly report_every: number;
  readonly cycle: number;
  readonly doer_ids: string[];
  readonly asked_at: Date | null;
  readonly checked_by: string | null;
  readonly sent_back_count: number;
  readonly next_check_at: Date | null;
  readonly open_rectifications: number;
  readonly reported: number[];
  readonly ledger: { kind: LedgerEntry['kind']; at: string; workdays: number | null }[];
}

/** What decisions need of one listed matter, and its words for notices. */
export interface KeptListing {
  readonly state: ListingState;
  readonly number: string;
  readonly subject: string;
  readonly matterId: string | null;
  readonly proposedUnitId: string;
  readonly nextCheckAt: number | null;
  readonly openRectifications: number;
  /** Report periods with a report. */
  readonly reported: ReadonlySet<number>;
}

const ms = (at: Date | null): number | null => at?.getTime() ?? null;

export const ledgerOf = (rows: StateRow['ledger']): LedgerEntry[] =>
  rows.map(({ kind, at, workdays }): LedgerEntry => {
    const instant = Date.parse(at);
    return kind === 'extend'
      ? { kind, at: instant, budget: { unit: 'workday', amount: workdays! } }
      : { kind, at: instant };
  });

export async function findListing(sql: Sql, id: string): Promise<KeptListing | null> {
  const [row] = await sql.query<StateRow>(
    'listing.find',
    `select l.id, l.number, l.subject, l.matter_id, l.status, l.version, l.source, l.level, l.owner_unit_id, l.leader_id, l.proposed_by, l.proposed_unit_id,
            l.listed_at, l.approved_by, l.workdays, l.report_every, l.cycle, l.doer_ids, l.asked_at, l.checked_by, l.sent_back_count, l.next_check_at,
            (select count(*)::int from rectification r where r.status not in ('closed','cancelled')
               and (r.source = 'listing' and r.source_id = l.id or r.id = l.rectification_id)) as open_rectifications,
            (select coalesce(array_agg(distinct e.period), '{}') from listing_entry e where e.listing_id = l.id and e.kind = 'report') as reported,
            (select coalesce(jsonb_agg(jsonb_build_object('kind', k.kind, 'at', k.at, 'workdays', k.workdays) order by k.seq), '[]')
               from listing_clock k where k.listing_id = l.id) as ledger
       from listing l where l.id = $1`,
    [id],
  );
  if (!row) return null;
  return {
    number: row.number,
    subject: row.subject,
    matterId: row.matter_id,
    proposedUnitId: row.proposed_unit_id,
    nextCheckAt: ms(row.next_check_at),
    openRectifications: row.open_rectifications,
    reported: new Set(row.reported),
    state: {
      id: row.id,
      status: row.status,
      version: row.version,
      source: row.source,
      level: row.level,
      ownerUnitId: row.owner_unit_id,
      leaderId: row.leader_id,
      proposedBy: row.proposed_by,
      listedAt: ms(row.listed_at),
      approvedBy: row.approved_by,
      workdays: row.workdays,
      reportEvery: row.report_every,
      ledger: ledgerOf(row.ledger),
      cycle: row.cycle,
      doerIds: row.doer_ids,
      askedAt: ms(row.asked_at),
      checkedBy: row.checked_by,
      sentBackCount: row.sent_back_count,
    },
  };
}

/** Locked until the transaction ends; read after the wait, so that it is what the one before left. */
export async function lockListing(trx: Trx, id: string): Promise<KeptListing | null> {
  await trx.query('listing.lock', 'select 1 from listing where id = $1 for update', [id]);
  return findListing(trx, id);
}

export interface InsertedListing {
  readonly number: string;
  readonly source: ListingSource;
  readonly matterId: string | null;
  readonly rectificationId: string | null;
  readonly sourceNote: string | null;
  readonly level: ListingLevel;
  readonly subject: string;
  readonly reason: string;
  readonly demand: string;
  readonly ownerUnitId: string;
  readonly leaderId: string;
  readonly proposedBy: string;
  readonly proposedUnitId: string;
  readonly proposedAt: number;
  readonly workdays: number;
  readonly reportEvery: number;
}

/** @returns its id; `null` when the same matter or rectification is on the list or proposed already */
export async function insertListing(trx: Trx, row: InsertedListing): Promise<string | null> {
  const [made] = await trx.query<{ id: string }>(
    'listing.insert',
    `insert into listing (number, source, matter_id, rectification_id, source_note, level, subject, reason, demand, owner_unit_id, leader_id,
       proposed_by, proposed_unit_id, proposed_at, workdays, report_every)
     values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16) on conflict do nothing returning id`,
    [
      row.number,
      row.source,
      row.matterId,
      row.rectificationId,
      row.sourceNote,
      row.level,
      row.subject,
      row.reason,
      row.demand,
      row.ownerUnitId,
      row.leaderId,
      row.proposedBy,
      row.proposedUnitId,
      new Date(row.proposedAt),
      row.workdays,
      row.reportEvery,
    ],
  );
  return made?.id ?? null;
}

export interface ListingMoments {
  readonly now: number;
  readonly dueAt: number | null;
  readonly nextCheckAt: number | null;
}
/** Words that a decision leaves on the row; the rest are in the ledger of events. */
export interface ListingWords {
  readonly decisionNote?: string | null;
  readonly result?: string;
  readonly checkResult?: string;
  readonly delistNote?: string | null;
}

/** The row as decided; the ledger's new entries are added, never changed. */
export async function saveListing(
  trx: Trx,
  before: ListingState,
  next: ListingState,
  actorId: string,
  { now, dueAt, nextCheckAt }: ListingMoments,
  words: ListingWords,
): Promise<void> {
  const at = (value: number | null) => (value === null ? null : new Date(value));
  const checkedNow = next.checkedBy !== null && before.checkedBy === null;
  await trx.query(
    'listing.save',
    `update listing set status = $2, version = $3, cycle = $4, approved_by = $5, listed_at = $6, due_at = $7, doer_ids = $8, asked_at = $9,
            checked_by = $10::uuid, checked_at = case when $10::uuid is null then null when $11 then $12 else checked_at end, sent_back_count = $13,
            delisted_by = case when $2 = 'delisted' then $14::uuid end, delisted_at = case when $2 = 'delisted' then $12::timestamptz end,
            next_check_at = $15, decision_note = coalesce($16, decision_note), result = coalesce($17, result),
            check_result = coalesce($18, check_result), delist_note = coalesce($19, delist_note)
      where id = $1`,
    [
      next.id,
      next.status,
      next.version,
      next.cycle,
      next.approvedBy,
      at(next.listedAt),
      at(dueAt),
      next.doerIds,
      at(next.askedAt),
      next.checkedBy,
      checkedNow,
      new Date(now),
      next.sentBackCount,
      actorId,
      at(nextCheckAt),
      words.decisionNote ?? null,
      words.result ?? null,
      words.checkResult ?? null,
      words.delistNote ?? null,
    ],
  );
  for (let seq = before.ledger.length; seq < next.ledger.length; seq++) {
    const entry = next.ledger[seq]!;
    await trx.query(
      'listing.clock',
      'insert into listing_clock (listing_id, seq, kind, at, workdays) values ($1,$2,$3,$4,$5)',
      [next.id, seq, entry.kind, new Date(entry.at), entry.kind === 'extend' ? entry.budget.amount : null],
    );
  }
}

export async function insertEntry(
  trx: Trx,
  id: string,
  entry: { readonly kind: EntryKind; readonly period: number; readonly text: string },
  by: { readonly personId: string; readonly unitId: string },
  at: number,
): Promise<string> {
  const [row] = await trx.query<{ id: string }>(
    'listing.entry',
    `insert into listing_entry (listing_id, kind, period, text, made_by, unit_id, made_at) values ($1,$2,$3,$4,$5,$6,$7) returning id`,
    [id, entry.kind, entry.period, entry.text, by.personId, by.unitId, new Date(at)],
  );
  return row!.id;
}

export async function insertListingFiles(
  trx: Trx,
  id: string,
  files: { readonly ids: readonly string[]; readonly stage: ListingFileStage; readonly entryId: string | null },
  by: string,
  at: number,
): Promise<void> {
  await trx.query(
    'listing.files',
    `insert into listing_file (listing_id, file_id, entry_id, stage, added_by, added_at)
     select $1, f, $3, $4, $5, $6 from unnest($2::uuid[]) as f on conflict do nothing`,
    [id, files.ids, files.entryId, files.stage, by, new Date(at)],
  );
}

export async function matterIsThere(sql: Sql, id: string): Promise<boolean> {
  return (await sql.query('listing.matter_there', 'select 1 from matter where id = $1', [id])).length > 0;
}

export async function rectificationOwner(sql: Sql, id: string): Promise<string | null> {
  const [row] = await sql.query<{ owner_unit_id: string }>(
    'listing.rectification_owner',
    "select owner_unit_id from rectification where id = $1 and status <> 'cancelled'",
    [id],
  );
  return row?.owner_unit_id ?? null;
}

// ── the clock ───────────────────────────────────────────────────────────────

export async function listingsToLookAt(sql: Sql, now: number, limit: number): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    'listing.due',
    'select id from listing where next_check_at <= $1 order by next_check_at limit $2',
    [new Date(now), limit],
  );
  return rows.map(({ id }) => id);
}

/** @returns whether this reminder was not sent before */
export async function markListingReminded(
  trx: Trx,
  id: string,
  reminder: string,
  n: number,
  at: number,
): Promise<boolean> {
  const rows = await trx.query(
    'listing.remind',
    'insert into listing_reminder (listing_id, reminder, n, sent_at) values ($1,$2,$3,$4) on conflict do nothing returning 1',
    [id, reminder, n, new Date(at)],
  );
  return rows.length > 0;
}

export async function setNextListingCheck(trx: Trx, id: string, dueAt: number | null, at: number | null) {
  await trx.query('listing.next', 'update listing set due_at = $2, next_check_at = $3 where id = $1', [
    id,
    dueAt === null ? null : new Date(dueAt),
    at === null ? null : new Date(at),
  ]);
}
