import type { AuditVerificationView } from '@bihuan/contract/audit';
import type { AuditProblem, AuditProgress, AuditVerification } from '../../platform/audit/index.ts';
import type { Sql, Trx } from '../../platform/db/index.ts';

export interface VerificationRow {
  readonly id: string;
  readonly status: AuditVerificationView['status'];
  readonly anchor_seq: number | null;
  readonly anchor_hash: string | null;
  readonly requested_by: string;
  readonly requested_by_name: string;
  readonly requested_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly cancel_requested_at: Date | null;
  readonly heartbeat_at: Date | null;
  readonly checked: number;
  readonly total: number;
  readonly unsealed: number | null;
  readonly head_seq: number | null;
  readonly head_hash: string | null;
  readonly problems: AuditProblem[];
  readonly error: string | null;
}

const SELECT = `select v.id, v.status, v.anchor_seq, v.anchor_hash, v.requested_by, p.name as requested_by_name, v.requested_at, v.started_at, v.finished_at,
  v.cancel_requested_at, v.heartbeat_at, v.checked, v.total, v.unsealed, v.head_seq, v.head_hash, v.problems, v.error
  from audit_verification v join person p on p.id = v.requested_by`;

type Row = VerificationRow & Record<string, unknown>;

/** @returns `false` when another verification waits or runs, or this id is known */
export async function insertVerification(
  trx: Trx,
  given: { id: string; anchor: { seq: number; hash: string } | null; by: string; total: number; now: number },
): Promise<boolean> {
  const rows = await trx.query(
    'verification.insert',
    `insert into audit_verification (id, anchor_seq, anchor_hash, requested_by, requested_at, total)
     values ($1,$2,$3,$4,$5,$6) on conflict do nothing returning id`,
    [given.id, given.anchor?.seq ?? null, given.anchor?.hash ?? null, given.by, new Date(given.now), given.total],
  );
  return rows.length > 0;
}

export async function findVerification(sql: Sql, id: string): Promise<VerificationRow | null> {
  const [row] = await sql.query<Row>('verification.get', `${SELECT} where v.id = $1`, [id]);
  return row ?? null;
}

export async function lockVerification(trx: Trx, id: string): Promise<VerificationRow | null> {
  const [row] = await trx.query<Row>('verification.lock', `${SELECT} where v.id = $1 for update of v`, [id]);
  return row ?? null;
}

export async function listVerificationRows(sql: Sql, after: string | null, limit: number): Promise<VerificationRow[]> {
  return sql.query<Row>(
    'verification.list',
    `${SELECT} where $1::uuid is null or (v.requested_at, v.id) < (select requested_at, id from audit_verification where id = $1)
      order by v.requested_at desc, v.id desc limit $2`,
    [after, limit],
  );
}

/** Begins from the first link, also when an earlier run was broken off: one run vouches for the whole chain. */
export async function takeVerification(trx: Trx, id: string, run: string, now: number): Promise<void> {
  await trx.query(
    'verification.take',
    `update audit_verification set status = 'running', run = $2, started_at = coalesce(started_at, $3), heartbeat_at = $3, checked = 0, problems = '[]' where id = $1`,
    [id, run, new Date(now)],
  );
}

/** @returns whether to go on: `cancelled` when somebody asked to stop, `overtaken` when another run has taken over or it is over */
export async function noteProgress(
  sql: Sql,
  id: string,
  run: string,
  progress: AuditProgress,
  now: number,
): Promise<'go on' | 'cancelled' | 'overtaken'> {
  const [row] = await sql.query<{ cancelled: boolean }>(
    'verification.progress',
    `update audit_verification set checked = $3, total = $4, problems = $5::jsonb, heartbeat_at = $6
      where id = $1 and run = $2 and status = 'running' returning cancel_requested_at is not null as cancelled`,
    [id, run, progress.checked, progress.total, JSON.stringify(progress.problems), new Date(now)],
  );
  if (!row) return 'overtaken';
  return row.cancelled ? 'cancelled' : 'go on';
}

export async function keepResult(
  trx: Trx,
  id: string,
  result: AuditVerification & { unsealed: number },
  now: number,
): Promise<void> {
  await trx.query(
    'verification.result',
    `update audit_verification set status = 'done', finished_at = $2, checked = $3, total = greatest(total, $3), head_seq = $4, head_hash = $5,
            unsealed = $6, problems = $7::jsonb where id = $1`,
    [
      id,
      new Date(now),
      result.checked,
      result.head.seq,
      result.head.hash,
      result.unsealed,
      JSON.stringify(result.problems),
    ],
  );
}

export async function endVerification(
  trx: Trx,
  id: string,
  end: { status: 'cancelled' | 'failed'; error: string | null; now: number },
): Promise<void> {
  await trx.query(
    'verification.end',
    'update audit_verification set status = $2, error = $3, finished_at = $4 where id = $1',
    [id, end.status, end.error, new Date(end.now)],
  );
}

export async function askToCancel(trx: Trx, id: string, personId: string, now: number): Promise<void> {
  await trx.query(
    'verification.cancel',
    'update audit_verification set cancel_requested_at = $3, cancelled_by = $2 where id = $1',
    [id, personId, new Date(now)],
  );
}

/** Progress of those that wait or run, 0 to 1, by id. */
export async function progressOf(sql: Sql, ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await sql.query<{ id: string; progress: number }>(
    'verification.progress_of',
    'select id, case when total = 0 then 0 else least(1, checked::float8 / total) end as progress from audit_verification where id = any($1::uuid[])',
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row.progress]));
}
