import type {
  BulletinFigure,
  BulletinKind,
  BulletinState,
  BulletinStatus,
  BulletinText,
  Section,
} from '@bihuan/domain/bulletin';
import type { Sql, Trx } from '../../platform/db/index.ts';
import type { Letterhead } from './letterhead.query.ts';
import type { Taken } from './take-figures.service.ts';

export interface BulletinRow {
  id: string;
  kind: BulletinKind;
  period_start: string;
  period_end: string;
  revision: number;
  supersedes_id: string | null;
  correction_reason: string | null;
  status: BulletinStatus;
  number: string | null;
  title: string;
  recipients: string;
  sections: readonly Section[];
  as_of: Date;
  drafted_by: string;
  drafted_at: Date;
  editor_ids: string[];
  reviewed_by: string | null;
  reviewed_at: Date | null;
  signed_by: string | null;
  published_at: Date | null;
  letterhead: Letterhead;
  version: number;
  latest: boolean;
  received_unit_ids: string[];
}

const ROW = `select b.*, not exists (select 1 from bulletin n where n.kind = b.kind and n.period_start = b.period_start and n.revision > b.revision) as latest,
       array(select r.unit_id from bulletin_receipt r where r.bulletin_id = b.id) as received_unit_ids
  from bulletin b`;

export async function findBulletin(sql: Sql, id: string): Promise<BulletinRow | null> {
  const [row] = await sql.query<BulletinRow>('bulletin.get', `${ROW} where b.id = $1`, [id]);
  return row ?? null;
}

/** The last revision of a period, or the last published one. */
export async function findByPeriod(
  sql: Sql,
  kind: BulletinKind,
  periodStart: string,
  publishedOnly = false,
): Promise<BulletinRow | null> {
  const [row] = await sql.query<BulletinRow>(
    null,
    `${ROW} where b.kind = $1 and b.period_start = $2 and (b.status = 'published' or not $3) order by b.revision desc limit 1`,
    [kind, periodStart, publishedOnly],
  );
  return row ?? null;
}

/** Locks and reads: the reading is a statement of its own, so that after waiting it sees what the other transaction wrote. */
export async function lockBulletin(trx: Trx, id: string): Promise<BulletinRow | null> {
  await trx.query('bulletin.lock', 'select 1 from bulletin where id = $1 for update', [id]);
  return findBulletin(trx, id);
}

export async function commandDone(sql: Sql, commandId: string): Promise<boolean> {
  return (await sql.query('audit.command', 'select 1 from audit_event where command_id = $1', [commandId])).length > 0;
}

export const stateOf = (row: BulletinRow): BulletinState => ({
  id: row.id,
  kind: row.kind,
  status: row.status,
  version: row.version,
  revision: row.revision,
  latest: row.latest,
  title: row.title,
  recipients: row.recipients,
  sections: row.sections,
  draftedBy: row.drafted_by,
  editorIds: row.editor_ids,
  reviewedBy: row.reviewed_by,
  receivedUnitIds: row.received_unit_ids,
});

export interface NewBulletin extends BulletinText {
  readonly kind: BulletinKind;
  readonly periodStart: string;
  readonly periodEnd: string;
  readonly revision: number;
  readonly supersedesId: string | null;
  readonly correctionReason: string | null;
  readonly asOf: Date;
  readonly draftedBy: string;
  readonly draftedAt: Date;
  readonly letterhead: Letterhead;
}

/** @returns the new id, or `null` when the period has this revision, or another one in hand, already */
export async function insertBulletin(trx: Trx, row: NewBulletin): Promise<string | null> {
  const [inserted] = await trx.query<{ id: string }>(
    null,
    `insert into bulletin (kind, period_start, period_end, revision, supersedes_id, correction_reason, status, title, recipients, sections, as_of, drafted_by, drafted_at, editor_ids, letterhead)
     values ($1, $2, $3, $4, $5, $6, 'draft', $7, $8, $9::jsonb, $10, $11::uuid, $12, array[$11::uuid], $13::jsonb) on conflict do nothing returning id`,
    [
      row.kind,
      row.periodStart,
      row.periodEnd,
      row.revision,
      row.supersedesId,
      row.correctionReason,
      row.title,
      row.recipients,
      JSON.stringify(row.sections),
      row.asOf,
      row.draftedBy,
      row.draftedAt,
      JSON.stringify(row.letterhead),
    ],
  );
  return inserted?.id ?? null;
}

/** Writes what a decision changed of the bulletin itself. */
export async function saveBulletin(
  trx: Trx,
  next: BulletinState,
  at: { reviewedAt?: Date | null; published?: { at: Date; by: string; number: string }; asOf?: Date },
): Promise<void> {
  await trx.query(
    null,
    `update bulletin set status = $2, version = $3, title = $4, recipients = $5, sections = $6::jsonb, editor_ids = $7, reviewed_by = $8,
            reviewed_at = case when $8::uuid is null then null else coalesce($9, reviewed_at) end,
            signed_by = $10, published_at = $11, number = $12, as_of = coalesce($13, as_of)
      where id = $1`,
    [
      next.id,
      next.status,
      next.version,
      next.title,
      next.recipients,
      JSON.stringify(next.sections),
      next.editorIds,
      next.reviewedBy,
      at.reviewedAt ?? null,
      at.published?.by ?? null,
      at.published?.at ?? null,
      at.published?.number ?? null,
      at.asOf ?? null,
    ],
  );
}

/** Only a draft can go (trigger): nobody has been sent it, and the ledger keeps that it was there. */
export async function deleteDraft(trx: Trx, id: string): Promise<void> {
  await trx.query(null, 'delete from bulletin_figure where bulletin_id = $1', [id]);
  await trx.query(null, 'delete from bulletin where id = $1', [id]);
}

const uuidArray = (ids: readonly string[]): string => `{${ids.join(',')}}`;

/** Puts a taking's figures in the place of those there are. Only a draft lets it (trigger). */
export async function replaceFigures(trx: Trx, bulletinId: string, { figures }: Taken): Promise<void> {
  await trx.query(null, 'delete from bulletin_figure where bulletin_id = $1', [bulletinId]);
  await trx.query(
    null,
    `insert into bulletin_figure (bulletin_id, key, label, value, numerator, denominator, numerator_ids, denominator_ids, data)
     select $1, x.key, x.label, x.value, x.numerator, x.denominator, x.numerator_ids::uuid[], x.denominator_ids::uuid[], x.data::jsonb
       from unnest($2::text[], $3::text[], $4::float8[], $5::int[], $6::int[], $7::text[], $8::text[], $9::text[])
            x(key, label, value, numerator, denominator, numerator_ids, denominator_ids, data)`,
    [
      bulletinId,
      figures.map((f) => f.key),
      figures.map((f) => f.label),
      figures.map((f) => f.value),
      figures.map((f) => f.numerator),
      figures.map((f) => f.denominator),
      figures.map((f) => uuidArray(f.numeratorIds)),
      figures.map((f) => uuidArray(f.denominatorIds)),
      figures.map((f) => JSON.stringify(f.data)),
    ],
  );
}

/** A correction that keeps the frozen figures begins with the very same rows. */
export async function copyFigures(trx: Trx, from: string, to: string): Promise<void> {
  await trx.query(
    null,
    `insert into bulletin_figure (bulletin_id, key, label, value, numerator, denominator, numerator_ids, denominator_ids, data)
     select $2, key, label, value, numerator, denominator, numerator_ids, denominator_ids, data from bulletin_figure where bulletin_id = $1`,
    [from, to],
  );
}

/** All figures of a bulletin, without the ids behind them. */
export async function readBulletinFigures(sql: Sql, bulletinId: string): Promise<BulletinFigure[]> {
  return sql.query<BulletinFigure & object>(
    'bulletin.figures',
    'select key, label, value, numerator, denominator, data from bulletin_figure where bulletin_id = $1 order by key',
    [bulletinId],
  );
}

/** The next number of a series in a year: 宝城执通〔2023〕6号. Under a lock, so that numbers run without gap or double. */
export async function nextNumber(trx: Trx, series: string, year: number): Promise<string> {
  await trx.query(null, 'select pg_advisory_xact_lock(hashtext($1))', [`bihuan:bulletin-number:${series}:${year}`]);
  const head = `${series}〔${year}〕`;
  const [row] = await trx.query<{ last: number }>(
    null,
    `select coalesce(max(substring(number from char_length($1) + 1 for char_length(number) - char_length($1) - 1)::int), 0) as last
       from bulletin where starts_with(number, $1)`,
    [head],
  );
  return `${head}${row!.last + 1}号`;
}

export async function insertReceipt(
  trx: Trx,
  receipt: { bulletinId: string; unitId: string; by: string; at: Date },
): Promise<void> {
  await trx.query(
    null,
    'insert into bulletin_receipt (bulletin_id, unit_id, received_by, received_at) values ($1, $2, $3, $4)',
    [receipt.bulletinId, receipt.unitId, receipt.by, receipt.at],
  );
}

/** Which units are asked for a receipt: all that stand open in the district's house and around it. */
export const RECEIVER = `u.kind in ('squadron', 'section', 'town', 'partner') and u.closed_at is null`;

export async function receivers(sql: Sql): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    null,
    `select u.id from unit u where ${RECEIVER} order by u.sort, u.code`,
  );
  return rows.map((row) => row.id);
}

/** Units in which somebody holds one of the roles now. */
export async function unitsWithRole(sql: Sql, roles: readonly string[]): Promise<string[]> {
  const rows = await sql.query<{ unit_id: string }>(
    'posting.duty_units',
    'select distinct unit_id from posting where role = any($1::text[]) and ended_on is null',
    [roles],
  );
  return rows.map((row) => row.unit_id);
}

export async function archivedFile(sql: Sql, bulletinId: string, format: string): Promise<string | null> {
  const [row] = await sql.query<{ file_id: string }>(
    null,
    'select file_id from bulletin_file where bulletin_id = $1 and format = $2',
    [bulletinId, format],
  );
  return row?.file_id ?? null;
}

/** The first one kept is the document; a later one is not kept. @returns the id of the kept file */
export async function keepFile(sql: Sql, bulletinId: string, format: string, fileId: string): Promise<string> {
  await sql.query(
    null,
    'insert into bulletin_file (bulletin_id, format, file_id) values ($1, $2, $3) on conflict do nothing',
    [bulletinId, format, fileId],
  );
  return (await archivedFile(sql, bulletinId, format))!;
}
