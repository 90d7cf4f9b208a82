import { randomUUID } from 'node:crypto';
import type { BodyOf } from '@bihuan/contract';
import type { AuditVerificationView, verifyAuditChain } from '@bihuan/contract/audit';
import type { RequestActor } from '../../platform/access/index.ts';
import { type AuditProgress, countUnsealed, readSeal, recordAudit, verifyAudit } from '../../platform/audit/index.ts';
import type { Sql } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict, notFound } from '../../platform/errors.ts';
import {
  askToCancel,
  endVerification,
  findVerification,
  insertVerification,
  keepResult,
  listVerificationRows,
  lockVerification,
  noteProgress,
  takeVerification,
  type VerificationRow,
} from './verification.repo.ts';

export const VERIFY_TASK = 'audit.verifyChain';
const ATTEMPTS = 5;
/** Without a sign of life for so long, a verification has lost its runner. */
const SILENCE = 60_000;
/** Between two looks at whether to stop. */
const LOOK_EVERY = 400;
const OBJECT = 'audit';

const isOver = (row: VerificationRow): boolean => row.status !== 'queued' && row.status !== 'running';

function viewOf(row: VerificationRow): AuditVerificationView {
  const iso = (at: Date | null) => at?.toISOString() ?? null;
  return {
    id: row.id,
    status: row.status,
    cancelling: row.cancel_requested_at !== null && !isOver(row),
    anchor: row.anchor_seq === null ? null : { seq: row.anchor_seq, hash: row.anchor_hash! },
    requestedBy: { id: row.requested_by, name: row.requested_by_name },
    requestedAt: row.requested_at.toISOString(),
    startedAt: iso(row.started_at),
    finishedAt: iso(row.finished_at),
    checked: row.checked,
    total: row.total,
    ok: row.status === 'done' ? row.problems.length === 0 : null,
    unsealed: row.unsealed,
    head: row.head_seq === null ? null : { seq: row.head_seq, hash: row.head_hash! },
    problems: row.problems.map((problem) => ({ ...problem })),
    error: row.error,
  };
}

async function show(sql: Sql, id: string): Promise<AuditVerificationView> {
  return viewOf((await findVerification(sql, id))!);
}

export async function listVerifications(
  deps: Deps,
  { after, limit = 10 }: { after?: string | undefined; limit?: number | undefined },
): Promise<{ items: AuditVerificationView[]; next: string | null }> {
  const rows = await listVerificationRows(deps.db, after ?? null, limit + 1);
  const items = rows.slice(0, limit).map(viewOf);
  return { items, next: rows.length > limit ? items.at(-1)!.id : null };
}

/** @throws Problem 409 when another verification waits or runs */
export async function startVerification(
  deps: Deps,
  actor: RequestActor,
  { commandId, anchor }: BodyOf<typeof verifyAuditChain>,
): Promise<AuditVerificationView> {
  const now = deps.clock.now();
  await deps.db.transaction(async (trx) => {
    const given = { id: commandId, anchor: anchor ?? null, by: actor.personId, total: (await readSeal(trx))?.seq ?? 0 };
    if (!(await insertVerification(trx, { ...given, now }))) {
      if (await findVerification(trx, commandId)) return;
      throw conflict('verification_running', '已有一次核验正在进行，请等它结束或先取消');
    }
    await recordAudit(trx, {
      at: now,
      actor,
      action: 'audit.verify',
      objectType: OBJECT,
      objectId: commandId,
      data: anchor ? { anchor } : {},
      commandId,
    });
    await addRun(deps, trx, commandId);
  });
  return show(deps.db, commandId);
}

const addRun = (deps: Deps, sql: Sql, id: string): Promise<void> =>
  deps.jobs.add(sql, VERIFY_TASK, { id }, { key: `${VERIFY_TASK}:${id}`, maxAttempts: ATTEMPTS });

/** Asking again, or for one that is over, changes nothing. */
export async function cancelVerification(deps: Deps, actor: RequestActor, id: string): Promise<AuditVerificationView> {
  const now = deps.clock.now();
  await deps.db.transaction(async (trx) => {
    const row = await lockVerification(trx, id);
    if (!row) throw notFound('核验');
    if (isOver(row) || row.cancel_requested_at !== null) return;
    await askToCancel(trx, id, actor.personId, now);
    // Nobody is at work: there is no page at which to notice. One that comes back later finds that it is over.
    const isIdle = row.heartbeat_at === null || row.heartbeat_at.getTime() < now - SILENCE;
    if (row.status === 'queued' || isIdle) await endVerification(trx, id, { status: 'cancelled', error: null, now });
    await recordAudit(trx, { at: now, actor, action: 'audit.cancel_verification', objectType: OBJECT, objectId: id });
  });
  return show(deps.db, id);
}

class Cancelled extends Error {}
/** Another run of the same verification has begun, or it is over. */
class Overtaken extends Error {}

/** Runs to the end, to a cancellation, or until the server stops; may be called again at any time, by any process. */
export async function runVerification(deps: Deps, id: string, signal?: AbortSignal): Promise<void> {
  const run = randomUUID();
  const row = await deps.db.transaction(async (trx) => {
    const found = await lockVerification(trx, id);
    if (!found || isOver(found)) return null;
    await takeVerification(trx, id, run, deps.clock.now());
    return found;
  });
  if (!row) return;
  let looked = 0;
  const onProgress = async (progress: AuditProgress): Promise<void> => {
    if (performance.now() - looked < LOOK_EVERY) return;
    const answer = await noteProgress(deps.db, id, run, progress, deps.clock.now());
    if (answer === 'cancelled') throw new Cancelled();
    if (answer === 'overtaken') throw new Overtaken();
    looked = performance.now();
  };
  try {
    const result = await verifyAudit(deps.db, {
      ...(row.anchor_seq === null ? {} : { anchor: { seq: row.anchor_seq, hash: row.anchor_hash! } }),
      ...(signal ? { signal } : {}),
      onProgress,
    });
    await conclude(deps, id, run, result);
  } catch (error) {
    if (error instanceof Overtaken) return;
    if (error instanceof Cancelled) return stop(deps, id, 'cancelled', null);
    // Stopped with the server: the next one begins anew.
    if (signal?.aborted) return addRun(deps, deps.db, id);
    deps.log.error({ err: error, verification: id }, 'audit verification failed');
    return stop(deps, id, 'failed', '核验没有完成，请再试一次；仍不成功的，请系统管理员查看运行日志');
  }
}

async function conclude(
  deps: Deps,
  id: string,
  run: string,
  result: Awaited<ReturnType<typeof verifyAudit>>,
): Promise<void> {
  const now = deps.clock.now();
  const { checked, head, ok, problems } = result;
  const unsealed = await countUnsealed(deps.db);
  await deps.db.transaction(async (trx) => {
    // Asked to stop after the last page: it is all checked, so the result stands.
    if ((await noteProgress(trx, id, run, { checked, total: head.seq, problems }, now)) === 'overtaken') return;
    await keepResult(trx, id, { ...result, unsealed }, now);
    await recordAudit(trx, {
      at: now,
      actor: null,
      action: 'audit.verified',
      objectType: OBJECT,
      objectId: id,
      data: { ok, checked, head, problems: problems.length },
    });
  });
}

async function stop(deps: Deps, id: string, status: 'cancelled' | 'failed', error: string | null): Promise<void> {
  await deps.db.transaction(async (trx) => {
    const row = await lockVerification(trx, id);
    if (row && !isOver(row)) await endVerification(trx, id, { status, error, now: deps.clock.now() });
  });
}
