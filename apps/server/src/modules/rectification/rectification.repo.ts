import type {
  FileStage,
  PendingExtension,
  RectificationSource,
  RectificationState,
  RectificationStatus,
} from '@bihuan/domain/rectification';
import type { LedgerEntry } from '@bihuan/domain/workday';
import type { Sql, Trx } from '../../platform/db/index.ts';

interface StateRow {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly number: string;
  readonly problem: string;
  readonly status: RectificationStatus;
  readonly version: number;
  readonly source: RectificationSource;
  readonly owner_unit_id: string;
  readonly owner_person_id: string | null;
  readonly issued_by: string;
  readonly issued_unit_id: string;
  readonly issued_at: Date;
  readonly workdays: number;
  readonly cycle: number;
  readonly cause: string | null;
  readonly measure: string | null;
  readonly result: string | null;
  readonly lasting_rule: string | null;
  readonly recurrence_of: string | null;
  readonly doer_ids: string[];
  readonly submitted_at: Date | null;
  readonly submitted_by: string | null;
  readonly verified_by: string | null;
  readonly sent_back_count: number;
  readonly objected_by: string | null;
  readonly objection_decided_by: string | null;
  readonly appealed: boolean;
  readonly extension_days: number | null;
  readonly extension_reason: string | null;
  readonly extension_by: string | null;
  readonly extensions_granted: number;
  readonly next_check_at: Date | null;
  readonly ledger: { kind: LedgerEntry['kind']; at: string; workdays: number | null }[];
}

const STATE_COLUMNS = `r.id, r.number, r.problem, r.status, r.version, r.source, r.owner_unit_id, r.owner_person_id, r.issued_by, r.issued_unit_id, r.issued_at, r.workdays,
  r.cycle, r.cause, r.measure, r.result, r.lasting_rule, r.recurrence_of, r.doer_ids, r.submitted_at, r.submitted_by, r.verified_by, r.sent_back_count,
  r.objected_by, r.objection_decided_by, r.appealed, r.extension_days, r.extension_reason, r.extension_by, r.extensions_granted, r.next_check_at,
  (select coalesce(jsonb_agg(jsonb_build_object('kind', k.kind, 'at', k.at, 'workdays', k.workdays) order by k.seq), '[]') from rectification_clock k where k.rectification_id = r.id) as ledger`;

/** What decisions need of one rectification, and its words for notices. */
export interface Kept {
  readonly state: RectificationState;
  readonly number: string;
  readonly problem: string;
  readonly nextCheckAt: number | null;
}

const ms = (at: Date | null): number | null => at?.getTime() ?? null;

function toKept(row: StateRow): Kept {
  const extension: PendingExtension | null =
    row.extension_days === null
      ? null
      : { workdays: row.extension_days, reason: row.extension_reason ?? '', by: row.extension_by! };
  const ledger = row.ledger.map(({ kind, at, workdays }): LedgerEntry => {
    const instant = Date.parse(at);
    return kind === 'extend'
      ? { kind, at: instant, budget: { unit: 'workday', amount: workdays! } }
      : { kind, at: instant };
  });
  return {
    number: row.number,
    problem: row.problem,
    nextCheckAt: ms(row.next_check_at),
    state: {
      id: row.id,
      status: row.status,
      version: row.version,
      source: row.source,
      ownerUnitId: row.owner_unit_id,
      ownerPersonId: row.owner_person_id,
      issuedBy: row.issued_by,
      issuedUnitId: row.issued_unit_id,
      issuedAt: row.issued_at.getTime(),
      workdays: row.workdays,
      ledger,
      cycle: row.cycle,
      cause: row.cause,
      measure: row.measure,
      result: row.result,
      lastingRule: row.lasting_rule,
      isRecurrence: row.recurrence_of !== null,
      doerIds: row.doer_ids,
      submittedAt: ms(row.submitted_at),
      submittedBy: row.submitted_by,
      verifiedBy: row.verified_by,
      sentBackCount: row.sent_back_count,
      objectedBy: row.objected_by,
      objectionDecidedBy: row.objection_decided_by,
      appealed: row.appealed,
      extension,
      extensionsGranted: row.extensions_granted,
    },
  };
}

export async function findRectification(sql: Sql, id: string): Promise<Kept | null> {
  const [row] = await sql.query<StateRow>(
    'rectification.find',
    `select ${STATE_COLUMNS} from rectification r where r.id = $1`,
    [id],
  );
  return row ? toKept(row) : null;
}

/** Locked until the transaction ends; read after the wait, so that it is what the one before left. */
export async function lockRectification(trx: Trx, id: string): Promise<Kept | null> {
  await trx.query('rectification.lock', 'select 1 from rectification where id = $1 for update', [id]);
  return findRectification(trx, id);
}

/** Numbers run by year without gaps: a transaction that fails gives its number back. */
export async function nextNumber(trx: Trx, year: number): Promise<string> {
  const [row] = await trx.query<{ n: number }>(
    'rectification.number',
    `insert into rectification_counter (year, n) values ($1, 1) on conflict (year) do update set n = rectification_counter.n + 1 returning n`,
    [year],
  );
  return `ZG${year}-${String(row!.n).padStart(4, '0')}`;
}

export interface InsertedRectification {
  readonly number: string;
  readonly source: RectificationSource;
  readonly sourceId: string | null;
  readonly complaintId: string | null;
  readonly matterId: string | null;
  readonly typeCode: string;
  readonly problem: string;
  readonly basis: string | null;
  readonly ownerUnitId: string;
  readonly ownerPersonId: string | null;
  readonly issuedBy: string;
  readonly issuedUnitId: string;
  readonly issuedAt: number;
  readonly workdays: number;
  readonly dueAt: number;
  readonly nextCheckAt: number | null;
  readonly recurrenceOf: string | null;
}

export async function insertRectification(trx: Trx, row: InsertedRectification): Promise<string> {
  const [made] = await trx.query<{ id: string }>(
    'rectification.insert',
    `insert into rectification (number, source, source_id, complaint_id, matter_id, type_code, problem, basis, owner_unit_id, owner_person_id,
       issued_by, issued_unit_id, issued_at, workdays, due_at, next_check_at, recurrence_of)
     values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17) returning id`,
    [
      row.number,
      row.source,
      row.sourceId,
      row.complaintId,
      row.matterId,
      row.typeCode,
      row.problem,
      row.basis,
      row.ownerUnitId,
      row.ownerPersonId,
      row.issuedBy,
      row.issuedUnitId,
      new Date(row.issuedAt),
      row.workdays,
      new Date(row.dueAt),
      row.nextCheckAt === null ? null : new Date(row.nextCheckAt),
      row.recurrenceOf,
    ],
  );
  return made!.id;
}

export interface Moments {
  readonly now: number;
  readonly dueAt: number;
  readonly nextCheckAt: number | null;
}

/** The row as decided; the ledger's new entries are added, never changed. */
export async function saveRectification(
  trx: Trx,
  before: RectificationState,
  next: RectificationState,
  actorId: string,
  { now, dueAt, nextCheckAt }: Moments,
): Promise<void> {
  const at = (value: number | null) => (value === null ? null : new Date(value));
  const verifiedNow = next.verifiedBy !== null && before.verifiedBy === null;
  await trx.query(
    'rectification.save',
    `update rectification set status = $2, version = $3, owner_person_id = $4, cycle = $5, cause = $6, measure = $7, result = $8, lasting_rule = $9, doer_ids = $10,
            submitted_at = $11, submitted_by = $12, verified_by = $13::uuid, verified_at = case when $13::uuid is null then null when $14 then $15 else verified_at end,
            closed_at = case when $2 = 'closed' then $15::timestamptz end, closed_by = case when $2 = 'closed' then $16::uuid end,
            sent_back_count = $17, objected_by = $18, objection_decided_by = $19, appealed = $20, extension_days = $21, extension_reason = $22, extension_by = $23,
            extensions_granted = $24, due_at = $25, next_check_at = $26
      where id = $1`,
    [
      next.id,
      next.status,
      next.version,
      next.ownerPersonId,
      next.cycle,
      next.cause,
      next.measure,
      next.result,
      next.lastingRule,
      next.doerIds,
      at(next.submittedAt),
      next.submittedBy,
      next.verifiedBy,
      verifiedNow,
      new Date(now),
      actorId,
      next.sentBackCount,
      next.objectedBy,
      next.objectionDecidedBy,
      next.appealed,
      next.extension?.workdays ?? null,
      next.extension?.reason ?? null,
      next.extension?.by ?? null,
      next.extensionsGranted,
      new Date(dueAt),
      at(nextCheckAt),
    ],
  );
  for (let seq = before.ledger.length; seq < next.ledger.length; seq++) {
    const entry = next.ledger[seq]!;
    await trx.query(
      'rectification.clock',
      'insert into rectification_clock (rectification_id, seq, kind, at, workdays) values ($1,$2,$3,$4,$5)',
      [next.id, seq, entry.kind, new Date(entry.at), entry.kind === 'extend' ? entry.budget.amount : null],
    );
  }
}

export async function insertFiles(
  trx: Trx,
  id: string,
  files: { readonly ids: readonly string[]; readonly stage: FileStage; readonly cycle: number },
  by: string,
  at: number,
): Promise<void> {
  await trx.query(
    'rectification.files',
    `insert into rectification_file (rectification_id, file_id, stage, cycle, added_by, added_at)
     select $1, f, $3, $4, $5, $6 from unnest($2::uuid[]) as f on conflict do nothing`,
    [id, files.ids, files.stage, files.cycle, by, new Date(at)],
  );
}

/** How many of the files the person uploaded as evidence and may therefore attach. */
export async function ownFiles(sql: Sql, fileIds: readonly string[], personId: string): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    'rectification.own_files',
    "select count(*)::int as count from file where id = any($1::uuid[]) and created_by = $2 and purpose = 'evidence'",
    [fileIds, personId],
  );
  return row!.count;
}

export async function findType(sql: Sql, code: string): Promise<{ name: string; workdays: number } | null> {
  const [row] = await sql.query<{ name: string; workdays: number }>(
    'rectification.type',
    'select name, workdays from rectification_type where code = $1 and closed_at is null',
    [code],
  );
  return row ?? null;
}

export async function openUnit(sql: Sql, id: string): Promise<{ name: string; kind: string } | null> {
  const [row] = await sql.query<{ name: string; kind: string }>(
    'rectification.unit',
    'select name, kind from unit where id = $1 and closed_at is null',
    [id],
  );
  return row ?? null;
}

/** Whether the person serves in the unit now. */
export async function servesIn(sql: Sql, personId: string, unitId: string): Promise<boolean> {
  const rows = await sql.query(
    'rectification.serves',
    `select 1 from posting o join person p on p.id = o.person_id
      where o.person_id = $1 and o.unit_id = $2 and o.ended_on is null and p.left_at is null`,
    [personId, unitId],
  );
  return rows.length > 0;
}

/** A closed one of the same unit, to be named as what comes back. */
export async function isClosedOf(sql: Sql, id: string, unitId: string): Promise<boolean> {
  const rows = await sql.query(
    'rectification.closed_of',
    "select 1 from rectification where id = $1 and owner_unit_id = $2 and status = 'closed'",
    [id, unitId],
  );
  return rows.length > 0;
}

/** Units where somebody holds one of the roles now. */
export async function unitsOfRoles(sql: Sql, roles: readonly string[]): Promise<string[]> {
  const rows = await sql.query<{ unit_id: string }>(
    'posting.duty_units',
    'select distinct unit_id from posting where role = any($1::text[]) and ended_on is null',
    [roles],
  );
  return rows.map(({ unit_id }) => unit_id);
}

// ── the clock ───────────────────────────────────────────────────────────────

export async function dueForReminding(sql: Sql, now: number, limit: number): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    'rectification.due',
    'select id from rectification where next_check_at <= $1 order by next_check_at limit $2',
    [new Date(now), limit],
  );
  return rows.map(({ id }) => id);
}

/** @returns whether this reminder is the first of its kind in the cycle */
export async function markReminded(
  trx: Trx,
  id: string,
  cycle: number,
  reminder: string,
  at: number,
): Promise<boolean> {
  const rows = await trx.query(
    'rectification.remind',
    'insert into rectification_reminder (rectification_id, cycle, reminder, sent_at) values ($1,$2,$3,$4) on conflict do nothing returning 1',
    [id, cycle, reminder, new Date(at)],
  );
  return rows.length > 0;
}

export async function setNextCheck(trx: Trx, id: string, dueAt: number, at: number | null): Promise<void> {
  await trx.query('rectification.next', 'update rectification set due_at = $2, next_check_at = $3 where id = $1', [
    id,
    new Date(dueAt),
    at === null ? null : new Date(at),
  ]);
}
