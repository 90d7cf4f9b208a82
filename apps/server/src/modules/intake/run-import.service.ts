import { type Cell, parseRow, type RowResult, rowKind, type SheetRow } from '@bihuan/domain/intake';
import type { Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { Problem } from '../../platform/errors.ts';
import { publish } from '../../platform/outbox/index.ts';
import { openSheet } from '../../platform/spreadsheet/index.ts';
import { createDictionary } from '../complaint/index.ts';
import { type Incoming, incomingOf, numberOf, SeenNumbers } from './incoming.ts';
import {
  advanceJob,
  type Counts,
  findJob,
  finishJob,
  type ImportJob,
  insertRejects,
  lockJob,
  markRunning,
  NO_COUNTS,
  type RejectRow,
  releaseJob,
} from './jobs.repo.ts';
import type { Origin } from './merge.repo.ts';
import { mergeOrders } from './merge.service.ts';
import { actorOfImport } from './people.query.ts';
import { type Lexicon, loadLexicon } from './prepare.ts';
import { sealCells, storeRejectSheet } from './reject-sheet.service.ts';

/** Rows of one transaction: what a kill can cost, and what is held in memory. */
const CHUNK_ROWS = 2_000;
/** Rows of a chunk are few when its cells are large. */
const CHUNK_CHARACTERS = 8_000_000;
const LEXICON_LIFE = 60_000;
/** Of the clock: a receiving time a little ahead of ours is a matter of clocks. */
const AHEAD = 60_000;

/** The job moved on under another runner, was cancelled or is over: this runner has nothing left to do. */
class Overtaken extends Error {}

export interface RunOptions {
  /** Stops at the next chunk; the job is taken up later. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (job: ImportJob) => void;
}

/**
 * Runs an import from its cursor to its end. May be called again at any time, by any process, also while another one runs it:
 * every chunk is written together with the cursor it started from, so each row is taken exactly once.
 */
export async function runImport(deps: Deps, jobId: string, options: RunOptions = {}): Promise<void> {
  const job = await begin(deps, jobId);
  if (!job) return;
  try {
    await takeRows(deps, job, options);
  } catch (error) {
    if (error instanceof Overtaken) return;
    // What the file's owner can mend ends the import; anything else (database, disk) is tried again.
    if (!(error instanceof Problem)) throw error;
    await finish(deps, jobId, 'failed', error.detail);
    return;
  }
  if (options.signal?.aborted) await releaseJob(deps.db, jobId);
  else await finish(deps, jobId, 'done', null);
}

async function begin(deps: Deps, jobId: string): Promise<ImportJob | null> {
  return deps.db.transaction(async (trx) => {
    const job = await lockJob(trx, jobId);
    if (!job || (job.status !== 'queued' && job.status !== 'running')) return null;
    await markRunning(trx, jobId, deps.clock.now());
    return job;
  });
}

async function takeRows(deps: Deps, job: ImportJob, options: RunOptions): Promise<void> {
  const file = await deps.files.get(job.file_id);
  const sheet = await openSheet(file.path, { filename: job.file_name });
  const actor = job.created_by === null ? null : await actorOfImport(deps.db, job.created_by);
  const dictionary = createDictionary(deps.db, deps.clock);
  let lexicon: { at: number; value: Lexicon } | null = null;
  const { header } = job.options;
  const rowOptions = {
    date1904: sheet.date1904,
    ...(job.options.dateOrder === null ? {} : { dateOrder: job.options.dateOrder }),
    ...(job.options.defaultReceivedAt === null ? {} : { defaultReceivedAt: job.options.defaultReceivedAt }),
  };
  const seen = new SeenNumbers();
  let fraction = job.progress;
  let cursor = job.cursor_row;
  let parsed: ParsedRow[] = [];
  let characters = 0;
  let writing: Promise<void> = Promise.resolve();

  /** While the database takes one chunk in, the next is read and parsed. */
  async function handOver(): Promise<void> {
    await writing;
    const chunk = parsed;
    parsed = [];
    characters = 0;
    if (chunk.length === 0) return;
    const from = cursor;
    cursor = chunk.at(-1)!.row.rowNumber;
    if (!lexicon || deps.clock.now() - lexicon.at > LEXICON_LIFE)
      lexicon = { at: deps.clock.now(), value: await loadLexicon(deps.db, dictionary) };
    const names = lexicon.value;
    const progress = fraction;
    writing = writeChunk(deps, job, { chunk, from, progress, actor, seen, lexicon: names }).then((after) =>
      options.onProgress?.(after),
    );
    // Seen at the next hand-over; until then it must not count as unhandled.
    writing.catch(() => {});
  }

  for await (const row of sheet.rows(job.sheet ?? undefined, (read) => {
    fraction = read;
  })) {
    if (row.rowNumber <= header.lastRowNumber || rowKind(row.cells, header.columns) !== 'data') continue;
    const result = parseRow(row.cells, job.mapping, rowOptions);
    if (row.rowNumber <= job.cursor_row) {
      // Taken before the interruption; its number is remembered for repetitions further down.
      if (result.ok) seen.add(numberOf(deps.keyring, result.value));
      continue;
    }
    parsed.push({ row, result });
    for (const cell of row.cells) if (typeof cell === 'string') characters += cell.length;
    if (parsed.length < CHUNK_ROWS && characters < CHUNK_CHARACTERS) continue;
    await handOver();
    if (options.signal?.aborted) break;
  }
  if (!options.signal?.aborted) await handOver();
  await writing;
}

interface ParsedRow {
  readonly row: SheetRow;
  readonly result: RowResult;
}

interface Chunk {
  readonly chunk: readonly ParsedRow[];
  /** Where the cursor must stand. */
  readonly from: number;
  readonly progress: number;
  readonly actor: Origin['actor'];
  readonly seen: SeenNumbers;
  readonly lexicon: Lexicon;
}

/** Orders, returned rows, counts and cursor in one transaction. */
async function writeChunk(deps: Deps, job: ImportJob, work: Chunk): Promise<ImportJob> {
  const now = deps.clock.now();
  const orders: Incoming[] = [];
  const rejects: RejectRow[] = [];
  const cellsOf = new Map<number, readonly Cell[]>();
  const rejectOf = (
    rowNo: number,
    kind: RejectRow['kind'],
    reasons: readonly string[],
    cells: readonly Cell[],
    complaintId: string | null = null,
  ): RejectRow => ({ rowNo, kind, reasons, complaintId, cells: sealCells(deps.keyring, job.id, rowNo, cells) });

  for (const { row, result } of work.chunk) {
    const { rowNumber, cells } = row;
    if (!result.ok) {
      rejects.push(
        rejectOf(
          rowNumber,
          'rejected',
          result.reasons.map(({ message }) => message),
          cells,
        ),
      );
    } else if (result.value.receivedAt > now + AHEAD) {
      rejects.push(rejectOf(rowNumber, 'rejected', ['受理时间晚于现在，请核对'], cells));
    } else {
      orders.push(incomingOf(deps.keyring, work.seen, rowNumber, result.value));
      cellsOf.set(rowNumber, cells);
    }
  }
  const after = await deps.db.bulk(async (trx) => {
    const locked = await lockJob(trx, job.id);
    if (locked?.status !== 'running' || locked.cursor_row !== work.from) throw new Overtaken();
    if (locked.cancel_requested_at !== null) return null;
    const counts: { -readonly [K in keyof Counts]: number } = {
      ...NO_COUNTS,
      read: work.chunk.length,
      rejected: rejects.length,
    };
    const merged = await mergeOrders(
      deps,
      trx,
      work.lexicon,
      {
        sourceId: job.source_id,
        actor: work.actor,
        now,
        action: 'complaint.import',
        facts: { importId: job.id },
        announce: false,
      },
      orders,
      { closeAnswered: job.options.closeAnswered },
    );
    for (const { incoming, result, reasons, complaintId } of merged) {
      if (result === 'conflict') {
        counts.conflicts++;
        rejects.push(rejectOf(incoming.rowNo, 'conflict', reasons, cellsOf.get(incoming.rowNo)!, complaintId));
      } else counts[result]++;
    }
    await insertRejects(trx, job.id, rejects);
    await advanceJob(trx, job.id, {
      cursorRow: work.chunk.at(-1)!.row.rowNumber,
      progress: work.progress,
      counts,
      now,
    });
    await announce(trx, job);
    return findJob(trx, job.id);
  });
  if (after === null) {
    await finish(deps, job.id, 'cancelled', null);
    throw new Overtaken();
  }
  deps.live.wake();
  return after;
}

/** To whoever started it; an import from the command line has nobody to tell. */
async function announce(trx: Trx, job: ImportJob): Promise<void> {
  if (job.created_by !== null)
    await publish(trx, { topic: 'import.progress', objectId: job.id, officerId: job.created_by });
}

/** The returned rows become a spreadsheet, then the job is over. */
async function finish(
  deps: Deps,
  jobId: string,
  status: 'done' | 'cancelled' | 'failed',
  error: string | null,
): Promise<void> {
  const job = await findJob(deps.db, jobId);
  if (job?.status !== 'running') return;
  const returned = job.rejected_count + job.conflict_count;
  const rejectFileId = returned === 0 ? null : await storeRejectSheet(deps, job);
  await deps.db.transaction(async (trx) => {
    const locked = await lockJob(trx, jobId);
    // Another runner was faster, or took more rows in since.
    if (locked?.status !== 'running' || locked.rejected_count + locked.conflict_count !== returned) return;
    await finishJob(trx, jobId, { status, rejectFileId, error, now: deps.clock.now() });
    await announce(trx, job);
  });
  deps.live.wake();
}
