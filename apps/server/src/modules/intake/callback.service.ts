import { type DeliveryView, SIGNATURE_HEADERS } from '@bihuan/contract/intake';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { notFound } from '../../platform/errors.ts';
import {
  type Claimed,
  claimDue,
  type DeliveryRow,
  type DeliveryState,
  listDeliveryRows,
  makeDue,
  markDelivered,
  markFailed,
} from './callback.repo.ts';
import { AddressRefused, postGuarded } from './guarded-request.ts';
import { secretContext } from './platform.service.ts';
import { sign } from './signature.ts';

export const DELIVER_TASK = 'intake.deliver';
const TIMEOUT = 10_000;
/** Longer than any attempt: then the process that held it is dead. */
const LEASE = 60_000;
const BATCH = 20;
const FIRST_PAUSE = 60_000;
const LONGEST_PAUSE = 6 * 3_600_000;
const PATIENCE = 3 * 86_400_000;

/** Pause after a failed attempt: 1, 2, 4 … minutes, at most 6 hours; `null` when three days are over. */
export function nextAttempt(attempts: number, createdAt: number, now: number): number | null {
  const at = now + Math.min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE);
  return at - createdAt > PATIENCE ? null : at;
}

/** Delivers what is due, until nothing is or the signal says stop. A delivery may come twice; its id tells. */
export async function deliverDue(deps: Deps, signal?: AbortSignal): Promise<void> {
  while (!signal?.aborted) {
    const now = deps.clock.now();
    const claimed = await claimDue(deps.db, now, now + LEASE, BATCH);
    if (claimed.length === 0) return;
    await Promise.all(claimed.map((delivery) => deliver(deps, delivery)));
  }
}

async function deliver(deps: Deps, delivery: Claimed): Promise<void> {
  const { status, error } = await attempt(deps, delivery);
  const now = deps.clock.now();
  if (error === null) return markDelivered(deps.db, delivery.id, status!, now);
  await markFailed(deps.db, delivery.id, {
    status,
    error,
    nextAt: nextAttempt(delivery.attempts, delivery.created_at.getTime(), now),
    now,
  });
}

async function attempt(deps: Deps, delivery: Claimed): Promise<{ status: number | null; error: string | null }> {
  if (delivery.callback_url === null) return { status: null, error: '来源已没有回传地址' };
  if (delivery.secret_enc === null) return { status: null, error: '来源还没有生成接口密钥' };
  const body = Buffer.from(JSON.stringify({ id: delivery.id, event: delivery.event, ...delivery.payload }));
  const url = new URL(delivery.callback_url);
  // Real time: the other side compares it with its own clock.
  const timestamp = String(Math.floor(deps.clock.now() / 1000));
  const secret = deps.keyring.decrypt(delivery.secret_enc, secretContext(delivery.source_id));
  const signature = sign(delivery.signature_algorithm, secret, {
    method: 'POST',
    path: url.pathname + url.search,
    timestamp,
    idempotencyKey: delivery.id,
    body,
  });
  try {
    const status = await postGuarded(
      delivery.callback_url,
      body,
      {
        [SIGNATURE_HEADERS.timestamp]: timestamp,
        [SIGNATURE_HEADERS.signature]: signature,
        [SIGNATURE_HEADERS.idempotencyKey]: delivery.id,
      },
      TIMEOUT,
    );
    if (status >= 200 && status < 300) return { status, error: null };
    return {
      status,
      error: status >= 300 && status < 400 ? `对方要求转往他处（${status}），不予跟随` : `对方答复 ${status}`,
    };
  } catch (error) {
    return { status: null, error: failureOf(error) };
  }
}

function failureOf(error: unknown): string {
  if (error instanceof AddressRefused) return error.message;
  const { code, name } = error as NodeJS.ErrnoException;
  if (name === 'AbortError' || name === 'TimeoutError') return '对方 10 秒内没有答复';
  if (code === 'ECONNREFUSED') return '对方拒绝连接';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return '回传地址的域名无法解析';
  return `连接失败（${code ?? name}）`;
}

export function deliveryView(row: DeliveryRow): DeliveryView {
  const iso = (at: Date | null) => at?.toISOString() ?? null;
  return {
    id: row.id,
    source: { id: row.source_id, name: row.source_name },
    externalNo: row.payload.externalNo,
    status: row.payload.status,
    state: row.delivered_at ? 'delivered' : row.given_up_at ? 'given_up' : 'waiting',
    attempts: row.attempts,
    lastStatus: row.last_status,
    lastError: row.last_error,
    nextAttemptAt: iso(row.next_attempt_at),
    deliveredAt: iso(row.delivered_at),
    createdAt: row.created_at.toISOString(),
  };
}

export async function listDeliveryViews(
  deps: Deps,
  filter: { sourceId?: string | undefined; state?: DeliveryState | undefined },
): Promise<{ items: DeliveryView[] }> {
  return { items: (await listDeliveryRows(deps.db, filter)).map(deliveryView) };
}

export async function retryNow(deps: Deps, actor: RequestActor, id: string): Promise<DeliveryView> {
  const now = deps.clock.now();
  await deps.db.transaction(async (trx) => {
    const [row] = await listDeliveryRows(trx, { id });
    if (!row) throw notFound('回传记录');
    if (!(await makeDue(trx, id, now))) return;
    await recordAudit(trx, {
      at: now,
      actor,
      action: 'intake.retry_delivery',
      objectType: 'webhook_delivery',
      objectId: id,
    });
    await deps.jobs.add(trx, DELIVER_TASK, {}, { key: DELIVER_TASK });
  });
  return deliveryView((await listDeliveryRows(deps.db, { id }))[0]!);
}
