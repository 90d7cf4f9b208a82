import type { Cell } from '@bihuan/domain/intake';
import type { Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { Problem } from '../../platform/errors.ts';
import { publish } from '../../platform/outbox/index.ts';
import { createDictionary } from '../complaint/index.ts';
import { countPending, detectMatters, learnIfGrown } from '../matter/index.ts';
import type { Incoming } from './incoming.ts';
import {
  advanceComparing,
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
import { type ReadChunk, readRows } from './read-rows.ts';
import { sealCells, storeRejectSheet } from './reject-sheet.service.ts';

const LEXICON_LIFE = 60_000;
/** Of the clock: a receiving time a little ahead of ours is a matter of clocks. */
const AHEAD = 60_000;
/** Of the whole import, reading takes about a third; the rest is comparing. */
export const READING_SHARE = 0.35;

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
    if (!options.signal?.aborted) await compareOrders(deps, job, options);
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
  const actor = job.created_by === null ? null : await actorOfImport(deps.db, job.created_by);
  const dictionary = createDictionary(deps.db, deps.clock);
  let lexicon: { at: number; value: Lexicon } | null = null;
  let cursor = job.cursor_row;
  let writing: Promise<void> = Promise.resolve();

  const reading = readRows(deps.keyring, {
    dataDir: deps.config.dataDir,
    file: { sha256: file.sha256, size: file.size },
    fileName: job.file_name,
    sheet: job.sheet,
    header: job.options.header,
    mapping: job.mapping,
    dateOrder: job.options.dateOrder,
    defaultReceivedAt: job.options.defaultReceivedAt,
    after: job.cursor_row,
  });
  // While the database takes one chunk in, the next is read and parsed in a thread of its own.
  for await (const chunk of reading) {
    await writing;
    if (options.signal?.aborted) break;
    const from = cursor;
    cursor = chunk.lastRowNumber;
    if (!lexicon || deps.clock.now() - lexicon.at > LEXICON_LIFE)
      lexicon = { at: deps.clock.now(), value: await loadLexicon(deps.db, dictionary) };
    writing = writeChunk(deps, job, { chunk, from, actor, lexicon: lexicon.value }).then((after) =>
      options.onProgress?.(after),
    );
    // Seen at the next chunk; until then it must not count as unhandled.
    writing.catch(() => {});
  }
  await writing;
}

/**
 * The import's last step: its orders are put to their matters. What is not reached (cancelled, stopped) is compared by the
 * minute's job, or when the import is taken up again.
 */
async function compareOrders(deps: Deps, job: ImportJob, options: RunOptions): Promise<void> {
  await learnIfGrown(deps, options.signal);
  const total = await countPending(deps.db);
  const stop = new AbortController();
  const signals = options.signal ? [options.signal, stop.signal] : [stop.signal];
  await detectMatters(deps, {
    signal: AbortSignal.any(signals),
    onProgress: async (compared) => {
      const after = await deps.db.transaction(async (trx) => {
        await advanceComparing(trx, job.id, {
          compared,
          total: Math.max(total, compared),
          progress: READING_SHARE + (1 - READING_SHARE) * Math.min(1, compared / Math.max(1, total)),
          now: deps.clock.now(),
        });
        await announce(trx, job);
        return findJob(trx, job.id);
      });
      deps.live.wake();
      if (after) options.onProgress?.(after);
      if (after?.cancel_requested_at) stop.abort();
    },
  });
  if (!stop.signal.aborted) return;
  await finish(deps, job.id, 'cancelled', null);
  throw new Overtaken();
}

interface Work {
  readonly chunk: ReadChunk;
  /** Where the cursor must stand. */
  readonly from: number;
  readonly actor: Origin['actor'];
  readonly lexicon: Lexicon;
}

/** Orders, returned rows, counts and cursor in one transaction. */
async function writeChunk(deps: Deps, job: ImportJob, { chunk, ...work }: Work): Promise<ImportJob> {
  const now = deps.clock.now();
  const orders: Incoming[] = [];
  const rejects: RejectRow[] = [];
  const rejectOf = (
    rowNo: number,
    kind: RejectRow['kind'],
    reasons: readonly string[],
    cells: string,
    complaintId: string | null = null,
  ): RejectRow => ({
    rowNo,
    kind,
    reasons,
    complaintId,
    cells: sealCells(deps.keyring, job.id, rowNo, JSON.parse(cells) as Cell[]),
  });

  for (const { rowNo, reasons, cells } of chunk.returned) rejects.push(rejectOf(rowNo, 'rejected', reasons, cells));
  for (const order of chunk.orders) {
    if (order.row.receivedAt > now + AHEAD)
      rejects.push(rejectOf(order.rowNo, 'rejected', ['受理时间晚于现在，请核对'], order.cells));
    else orders.push(order);
  }
  const after = await deps.db.bulk(async (trx) => {
    const locked = await lockJob(trx, job.id);
    if (locked?.status !== 'running' || locked.cursor_row !== work.from) throw new Overtaken();
    if (locked.cancel_requested_at !== null) return null;
    const counts: { -readonly [K in keyof Counts]: number } = {
      ...NO_COUNTS,
      read: chunk.orders.length + chunk.returned.length,
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
        rejects.push(rejectOf(incoming.rowNo, 'conflict', reasons, incoming.cells, complaintId));
      } else counts[result]++;
    }
    await insertRejects(trx, job.id, rejects);
    await advanceJob(trx, job.id, {
      cursorRow: chunk.lastRowNumber,
      progress: chunk.progress * READING_SHARE,
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
