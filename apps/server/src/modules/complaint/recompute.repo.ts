import type { Sql, Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';

/** Add this job, with itself as key, in the transaction that changes the working calendar, the shifts or the deadline rules. */
export const RECOMPUTE_TASK = 'complaint.recomputeDeadlines';

/** A recomputation asked for: its progress and result are read by whoever asked. */
export interface RecomputeRow {
  readonly id: string;
  readonly cause: 'calendar' | 'shifts' | 'rules';
  readonly note: string;
  readonly asked_by: string | null;
  readonly asked_by_name: string | null;
  readonly asked_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly total: number | null;
  readonly checked: number;
  readonly changed: number;
}

/** Queues the job and records who asked for it and why, in the transaction of the change. @returns the record's id */
export async function askRecompute(
  deps: Deps,
  trx: Trx,
  why: { cause: RecomputeRow['cause']; note: string; shiftsFrom?: string; askedBy: string | null },
): Promise<string> {
  const [row] = await trx.query<{ id: string }>(
    'recompute.ask',
    'insert into deadline_recompute (cause, note, shifts_from, asked_by, asked_at) values ($1,$2,$3,$4,$5) returning id',
    [why.cause, why.note, why.shiftsFrom ?? null, why.askedBy, new Date(deps.clock.now())],
  );
  await deps.jobs.add(trx, RECOMPUTE_TASK, {}, { key: RECOMPUTE_TASK });
  return row!.id;
}

/** The latest twenty, newest first. */
export async function recentRecomputes(sql: Sql, id: string | null): Promise<RecomputeRow[]> {
  return sql.query<RecomputeRow & Record<string, unknown>>(
    'recompute.recent',
    `select r.id, r.cause, r.note, r.asked_by, p.name as asked_by_name, r.asked_at, r.started_at, r.finished_at, r.total, r.checked, r.changed
       from deadline_recompute r left join person p on p.id = r.asked_by
      where $1::uuid is null or r.id = $1 order by r.id desc limit 20`,
    [id],
  );
}

/** Takes over all that was asked for and is not finished. What is asked for from now on waits for the next run. */
export async function takeRecomputes(sql: Sql, now: number): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    'recompute.take',
    'update deadline_recompute set started_at = coalesce(started_at, $1), checked = 0 where finished_at is null returning id',
    [new Date(now)],
  );
  return rows.map((row) => row.id);
}

export async function countOpen(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    'recompute.count',
    "select count(*)::int as count from complaint where status not in ('closed', 'declined')",
  );
  return row!.count;
}

/** `moved` is what was moved since the last report. */
export async function reportRecomputes(
  sql: Sql,
  ids: readonly string[],
  progress: { total: number; checked: number; moved: number; finishedAt: number | null },
): Promise<void> {
  if (ids.length === 0) return;
  await sql.query(
    'recompute.report',
    'update deadline_recompute set total = $2, checked = $3, changed = changed + $4, finished_at = $5 where id = any($1)',
    [
      ids,
      progress.total,
      progress.checked,
      progress.moved,
      progress.finishedAt === null ? null : new Date(progress.finishedAt),
    ],
  );
}
