import type { MatterRun } from '@bihuan/contract/matter';
import type { Sql, Trx } from '../../platform/db/index.ts';

interface RunRow {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly checked: number;
  readonly total: number;
  readonly changed: number;
  readonly asked_by: string | null;
  readonly asker: string | null;
  readonly asked_at: Date;
  readonly finished_at: Date | null;
  readonly cancelled: boolean;
}

const SELECT = `select r.id, r.checked, r.total, r.changed, r.asked_by, p.name as asker, r.asked_at, r.finished_at, r.cancelled_by is not null as cancelled
  from matter_run r left join person p on p.id = r.asked_by`;

const toRun = (row: RunRow): MatterRun => ({
  id: row.id,
  checked: row.checked,
  total: row.total,
  changed: row.changed,
  askedBy: row.asked_by === null ? null : { id: row.asked_by, name: row.asker ?? '' },
  askedAt: row.asked_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
  cancelled: row.cancelled,
});

export async function runsNewestFirst(sql: Sql, limit: number): Promise<MatterRun[]> {
  return (
    await sql.query<RunRow>('matter.runs', `${SELECT} order by r.asked_at desc, r.id desc limit $1`, [limit])
  ).map(toRun);
}

export async function findRun(sql: Sql, id: string): Promise<MatterRun | null> {
  const [row] = await sql.query<RunRow>('matter.run', `${SELECT} where r.id = $1`, [id]);
  return row ? toRun(row) : null;
}

export async function activeRun(sql: Sql): Promise<string | null> {
  const [row] = await sql.query<{ id: string }>(
    'matter.active_run',
    'select id from matter_run where finished_at is null',
  );
  return row?.id ?? null;
}

export async function insertRun(
  trx: Trx,
  run: { modelId: number; lastTurn: number; by: string | null; at: number },
): Promise<string> {
  const [row] = await trx.query<{ id: string }>(
    'matter.insert_run',
    `insert into matter_run (model_id, last_turn, total, asked_by, asked_at) values ($1, $2::bigint, $2::bigint, $3, $4) returning id`,
    [run.modelId, run.lastTurn, run.by, new Date(run.at)],
  );
  return row!.id;
}

export interface Progress {
  readonly [column: string]: unknown;
  readonly modelId: number;
  readonly cursor: number;
}

/** `null` when it is over. */
export async function lockRun(trx: Trx, id: string): Promise<Progress | null> {
  const [row] = await trx.query<Progress>(
    'matter.lock_run',
    'select model_id as "modelId", cursor from matter_run where id = $1 and finished_at is null for update',
    [id],
  );
  return row ?? null;
}

export async function advanceRun(
  trx: Trx,
  id: string,
  step: { cursor: number; checked: number; changed: number },
): Promise<void> {
  await trx.query(
    'matter.advance_run',
    'update matter_run set cursor = $2, checked = checked + $3, changed = changed + $4, total = greatest(total, checked + $3) where id = $1',
    [id, step.cursor, step.checked, step.changed],
  );
}

export async function finishRun(sql: Sql, id: string, at: number, cancelledBy: string | null): Promise<void> {
  await sql.query(
    'matter.finish_run',
    'update matter_run set finished_at = $2, cancelled_by = $3 where id = $1 and finished_at is null',
    [id, new Date(at), cancelledBy],
  );
}

export async function progressOfRuns(sql: Sql, ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await sql.query<{ id: string; share: number }>(
    'matter.progress',
    'select id, (checked::float8 / greatest(total, 1)) as share from matter_run where id = any($1::uuid[])',
    [ids],
  );
  return new Map(rows.map(({ id, share }) => [id, Math.min(1, share)]));
}
