import type { ColumnMapping, DateOrder, Header } from '@bihuan/domain/intake';
import type { BulkTrx, Sql, Trx } from '../../platform/db/index.ts';

export type ImportStatus = 'draft' | 'queued' | 'running' | 'cancelled' | 'done' | 'failed';

/** How a spreadsheet is read, fixed when the import starts. */
export interface ImportOptions {
  readonly header: Header;
  readonly closeAnswered: boolean;
  /** Epoch ms, for rows without a receiving time. */
  readonly defaultReceivedAt: number | null;
  readonly dateOrder: DateOrder | null;
}

export interface Counts {
  readonly read: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: number;
  readonly conflicts: number;
}
export const NO_COUNTS: Counts = { read: 0, created: 0, updated: 0, unchanged: 0, rejected: 0, conflicts: 0 };

export interface ImportJob {
  readonly id: string;
  readonly source_id: string;
  readonly source_name: string;
  readonly file_id: string;
  readonly file_name: string;
  readonly sheet: string | null;
  readonly mapping: ColumnMapping[];
  readonly options: ImportOptions;
  readonly status: ImportStatus;
  readonly cursor_row: number;
  readonly progress: number;
  readonly rows_read: number;
  readonly created_count: number;
  readonly updated_count: number;
  readonly unchanged_count: number;
  readonly rejected_count: number;
  readonly conflict_count: number;
  readonly compared_count: number;
  readonly compare_total: number | null;
  readonly reject_file_id: string | null;
  readonly error: string | null;
  readonly created_by: string | null;
  readonly created_by_name: string | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly cancel_requested_at: Date | null;
}

type Row = ImportJob & Record<string, unknown>;

const SELECT = `select j.id, j.source_id, s.name as source_name, j.file_id, j.file_name, j.sheet, j.mapping, j.options, j.status, j.cursor_row, j.progress,
  j.rows_read, j.created_count, j.updated_count, j.unchanged_count, j.rejected_count, j.conflict_count, j.compared_count, j.compare_total, j.reject_file_id, j.error,
  j.created_by, p.name as created_by_name, j.created_at, j.started_at, j.finished_at, j.cancel_requested_at
  from import_job j join intake_source s on s.id = j.source_id left join person p on p.id = j.created_by`;

export async function insertJob(
  sql: Sql,
  job: { sourceId: string; fileId: string; fileName: string; createdBy: string | null; now: number },
): Promise<string> {
  const [row] = await sql.query<{ id: string }>(
    'import.insert',
    `insert into import_job (source_id, file_id, file_name, mapping, status, created_by, created_at) values ($1,$2,$3,'[]','draft',$4,$5) returning id`,
    [job.sourceId, job.fileId, job.fileName, job.createdBy, new Date(job.now)],
  );
  return row!.id;
}

export async function findJob(sql: Sql, id: string): Promise<ImportJob | null> {
  const [row] = await sql.query<Row>('import.get', `${SELECT} where j.id = $1`, [id]);
  return row ?? null;
}

/** Started imports, newest first, by keyset. */
export async function listJobs(sql: Sql, after: string | null, limit: number): Promise<ImportJob[]> {
  return sql.query<Row>(
    'import.list',
    `${SELECT} where j.status <> 'draft' and ($1::uuid is null or (j.created_at, j.id) < (select created_at, id from import_job where id = $1))
      order by j.created_at desc, j.id desc limit $2`,
    [after, limit],
  );
}

export async function countJobs(sql: Sql, cap: number): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    'import.count',
    "select count(*)::int as count from (select 1 from import_job where status <> 'draft' limit $1) x",
    [cap],
  );
  return row!.count;
}

/** Locks the job; what it says stays true until the transaction ends. */
export async function lockJob(trx: Trx, id: string): Promise<ImportJob | null> {
  const [row] = await trx.query<Row>('import.lock', `${SELECT} where j.id = $1 for update of j`, [id]);
  return row ?? null;
}

export async function queueJob(
  trx: Trx,
  id: string,
  plan: {
    sourceId: string;
    sheet: string | null;
    mapping: readonly ColumnMapping[];
    options: ImportOptions;
    now: number;
  },
): Promise<void> {
  await trx.query(
    'import.queue',
    `update import_job set source_id = $2, sheet = $3, mapping = $4::jsonb, options = $5::jsonb, status = 'queued', heartbeat_at = $6 where id = $1`,
    [id, plan.sourceId, plan.sheet, JSON.stringify(plan.mapping), JSON.stringify(plan.options), new Date(plan.now)],
  );
}

export async function markRunning(trx: Trx, id: string, now: number): Promise<void> {
  await trx.query(
    'import.running',
    "update import_job set status = 'running', started_at = coalesce(started_at, $2), heartbeat_at = $2 where id = $1",
    [id, new Date(now)],
  );
}

/** Moves the cursor and the counts, with the rows they tell of. */
export async function advanceJob(
  trx: Trx,
  id: string,
  step: { cursorRow: number; progress: number; counts: Counts; now: number },
): Promise<void> {
  const { counts } = step;
  await trx.query(
    'import.advance',
    `update import_job set cursor_row = $2, progress = greatest(progress, $3), heartbeat_at = $4, rows_read = rows_read + $5, created_count = created_count + $6,
            updated_count = updated_count + $7, unchanged_count = unchanged_count + $8, rejected_count = rejected_count + $9, conflict_count = conflict_count + $10
      where id = $1`,
    [
      id,
      step.cursorRow,
      step.progress,
      new Date(step.now),
      counts.read,
      counts.created,
      counts.updated,
      counts.unchanged,
      counts.rejected,
      counts.conflicts,
    ],
  );
}

/** How far the comparing is. A sign of life as well. */
export async function advanceComparing(
  trx: Trx,
  id: string,
  step: { compared: number; total: number; progress: number; now: number },
): Promise<void> {
  await trx.query(
    'import.advance_comparing',
    `update import_job set compared_count = $2, compare_total = $3, heartbeat_at = $4, progress = greatest(progress, $5) where id = $1`,
    [id, step.compared, step.total, new Date(step.now), step.progress],
  );
}

/** The next runner may take the job up at once. */
export async function releaseJob(sql: Sql, id: string): Promise<void> {
  await sql.query(
    'import.release',
    "update import_job set heartbeat_at = '-infinity' where id = $1 and status = 'running'",
    [id],
  );
}

export async function finishJob(
  trx: Trx,
  id: string,
  end: { status: 'done' | 'cancelled' | 'failed'; rejectFileId: string | null; error: string | null; now: number },
): Promise<void> {
  await trx.query(
    'import.finish',
    `update import_job set status = $2, reject_file_id = coalesce($3, reject_file_id), error = $4, finished_at = $5, rows_total = rows_read,
            progress = case when $2 = 'done' then 1 else progress end where id = $1`,
    [id, end.status, end.rejectFileId, end.error, new Date(end.now)],
  );
}

export async function requestCancel(trx: Trx, id: string, personId: string, now: number): Promise<void> {
  await trx.query(
    'import.cancel',
    'update import_job set cancel_requested_at = coalesce(cancel_requested_at, $3), cancelled_by = coalesce(cancelled_by, $2) where id = $1',
    [id, personId, new Date(now)],
  );
}

/** Fraction of the file read, by import. */
export async function progressOfJobs(sql: Sql, ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await sql.query<{ id: string; progress: number }>(
    'import.progress_of',
    'select id, progress from import_job where id = any($1::uuid[])',
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row.progress]));
}

/** Unfinished imports that nobody has worked on since. */
export async function abandonedJobs(sql: Sql, before: number): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    'import.abandoned',
    "select id from import_job where status in ('queued', 'running') and (heartbeat_at is null or heartbeat_at < $1)",
    [new Date(before)],
  );
  return rows.map((row) => row.id);
}

export interface RejectRow {
  readonly rowNo: number;
  readonly kind: 'rejected' | 'conflict';
  readonly reasons: readonly string[];
  readonly cells: Buffer;
  readonly complaintId: string | null;
}

export async function insertRejects(trx: BulkTrx, jobId: string, rejects: readonly RejectRow[]): Promise<void> {
  if (rejects.length === 0) return;
  await trx.query(
    'import.rejects',
    `insert into import_reject (job_id, row_no, kind, reasons, cells_enc, complaint_id)
     select $1, r.row_no, r.kind, r.reasons::jsonb, r.cells, r.complaint_id
       from unnest($2::int[], $3::text[], $4::text[], $5::bytea[], $6::uuid[]) as r (row_no, kind, reasons, cells, complaint_id)`,
    [
      jobId,
      rejects.map((reject) => reject.rowNo),
      rejects.map((reject) => reject.kind),
      rejects.map((reject) => JSON.stringify(reject.reasons)),
      rejects.map((reject) => reject.cells),
      rejects.map((reject) => reject.complaintId),
    ],
  );
}

export async function rejectsAfter(
  sql: Sql,
  jobId: string,
  rowNo: number,
  limit: number,
): Promise<
  { row_no: number; kind: 'rejected' | 'conflict'; reasons: string[]; cells_enc: Buffer; number: string | null }[]
> {
  return sql.query(
    'import.rejects_after',
    `select r.row_no, r.kind, r.reasons, r.cells_enc, c.number from import_reject r left join complaint c on c.id = r.complaint_id
      where r.job_id = $1 and r.row_no > $2 order by r.row_no limit $3`,
    [jobId, rowNo, limit],
  );
}
