import { createHash } from 'node:crypto';
import { LOCK_AFTER, LOCK_MINUTES } from '@bihuan/domain/identity';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Sql, Trx } from '../../platform/db/index.ts';
import { Problem } from '../../platform/errors.ts';
import type { Account } from './account.repo.ts';

/** Failures from one address within a quarter of an hour before it must wait: a whole bureau may stand behind one address. */
export const ADDRESS_LIMIT = 60;
const WINDOW_MINUTES = 15;
const MINUTE_MS = 60_000;

export const lockedProblem = (until: Date): Problem =>
  new Problem(423, 'account_locked', `连续输错，账号已锁定，请于 ${local(until)} 后再试，或联系安全管理员解锁`);

/** 14:05, in Asia/Shanghai. */
function local(at: Date): string {
  return new Date(at.getTime() + 8 * 60 * MINUTE_MS).toISOString().slice(11, 16);
}

/** @throws Problem account_locked */
export function refuseLocked(account: Pick<Account, 'locked_until'>, now: number): void {
  if (account.locked_until && account.locked_until.getTime() > now) throw lockedProblem(account.locked_until);
}

/**
 * Counts a wrong password or code under the account's lock, so that many tabs at once get no more attempts than one. The
 * caller commits, also when it refuses. @returns the refusal if the account is locked now
 */
export async function countFailure(
  trx: Trx,
  account: Account,
  now: number,
  action: string,
  ip: string | null,
): Promise<Problem | null> {
  const failures = account.failed_count + 1;
  const until = failures >= LOCK_AFTER ? new Date(now + LOCK_MINUTES * MINUTE_MS) : null;
  await trx.query(
    'account.failed',
    'update account set failed_count = $2, locked_until = coalesce($3, locked_until) where id = $1',
    [account.id, until ? 0 : failures, until],
  );
  await recordAudit(trx, {
    at: now,
    actor: null,
    action: until ? 'identity.locked' : action,
    objectType: 'account',
    objectId: account.id,
    data: { failures, ...(until ? { by: action } : {}) },
    ip,
  });
  return until ? lockedProblem(until) : null;
}

/** The same for a user name that does not exist: it locks like one that does, so that nobody can tell them apart. */
export async function countUnknown(
  trx: Trx,
  username: string,
  now: number,
  ip: string | null,
): Promise<Problem | null> {
  const key = `name:${createHash('sha256').update(username.trim().toLowerCase()).digest('base64url')}`;
  await trx.query(
    'sign_in.ensure',
    'insert into sign_in_failure (key, failures, since) values ($1, 0, $2) on conflict (key) do nothing',
    [key, new Date(now)],
  );
  const [row] = await trx.query<{ failures: number; locked_until: Date | null }>(
    'sign_in.lock',
    'select failures, locked_until from sign_in_failure where key = $1 for update',
    [key],
  );
  const locked = row!.locked_until !== null && row!.locked_until.getTime() > now ? row!.locked_until : null;
  const failures = row!.failures + 1;
  const until = !locked && failures >= LOCK_AFTER ? new Date(now + LOCK_MINUTES * MINUTE_MS) : locked;
  await trx.query(
    'sign_in.failed',
    'update sign_in_failure set failures = $2, locked_until = $3, since = $4 where key = $1',
    [key, locked || until ? 0 : failures, until, new Date(now)],
  );
  await recordAudit(trx, { at: now, actor: null, action: 'identity.sign_in_unknown', objectType: 'account', ip });
  return until ? lockedProblem(until) : null;
}

/** @throws Problem too_many when the address has failed too often of late */
export async function refuseAddress(sql: Sql, ip: string | null, now: number): Promise<void> {
  if (ip === null) return;
  const rows = await sql.query(
    'sign_in.address',
    `select 1 from sign_in_failure where key = $1 and failures >= ${ADDRESS_LIMIT} and since > $2`,
    [`ip:${ip}`, new Date(now - WINDOW_MINUTES * MINUTE_MS)],
  );
  if (rows.length > 0) throw new Problem(429, 'too_many', '本机登录失败次数过多，请一刻钟后再试');
}

/** Counts a failure to the address; old counts are cleared on the way. */
export async function countAddress(sql: Sql, ip: string | null, now: number): Promise<void> {
  if (ip === null) return;
  const windowStart = new Date(now - WINDOW_MINUTES * MINUTE_MS);
  await sql.query(
    'sign_in.count_address',
    `insert into sign_in_failure as f (key, failures, since) values ($1, 1, $2)
     on conflict (key) do update set failures = case when f.since > $3 then f.failures + 1 else 1 end,
                                     since = case when f.since > $3 then f.since else $2 end`,
    [`ip:${ip}`, new Date(now), windowStart],
  );
  await sql.query('sign_in.forget', "delete from sign_in_failure where since < $1::timestamptz - interval '1 day'", [
    windowStart,
  ]);
}
