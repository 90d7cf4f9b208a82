import { isAdministrator } from '@bihuan/domain/access';
import { LOCK_AFTER, LOCK_MINUTES } from '@bihuan/domain/identity';
import type { FastifyReply } from 'fastify';
import { recordAudit } from '../../platform/audit/index.ts';
import { newToken, tokenHash } from '../../platform/crypto/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { Problem } from '../../platform/errors.ts';
import { type Account, currentPostings, findByUsername, lockAccount, type PostingRow } from './account.repo.ts';
import { passwordMatches } from './password.ts';
import { SESSION_COOKIE } from './session.repo.ts';

/** Signed out after this long, whatever is done in between. */
const SESSION_HOURS = 12;
const MINUTE_MS = 60_000;

const wrong = () => new Problem(401, 'wrong_credentials', '用户名或口令不正确');
const locked = (until: Date) =>
  new Problem(423, 'account_locked', `连续输错口令，账号已锁定，请于${local(until)}后再试，或联系安全管理员解锁`);

export interface Client {
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/**
 * Checks user name and password and opens a session. Failures are counted under the account's lock, so that many tabs at
 * once get no more attempts than one.
 * @returns the new session's token
 */
export async function signIn(deps: Deps, username: string, password: string, client: Client): Promise<string> {
  const found = await findByUsername(deps.db, username);
  // An unknown user and a locked or closed account cost the same time as a wrong password.
  const matches = await passwordMatches(found?.password_hash ?? null, password);
  if (!found) {
    await recordAudit(deps.db, {
      at: deps.clock.now(),
      actor: null,
      action: 'identity.sign_in_unknown',
      objectType: 'account',
      ip: client.ip,
    });
    throw wrong();
  }
  const outcome = await deps.db.transaction(async (trx): Promise<{ token: string } | { refused: Problem }> => {
    const now = deps.clock.now();
    const account = (await lockAccount(trx, found.id)) as Account;
    const record = (action: string, data: Record<string, unknown> = {}) =>
      recordAudit(trx, {
        at: now,
        actor: null,
        action,
        objectType: 'account',
        objectId: account.id,
        data,
        ip: client.ip,
      });
    if (account.locked_until && account.locked_until.getTime() > now) {
      await record('identity.sign_in_locked');
      return { refused: locked(account.locked_until) };
    }
    // The password may have been changed between the check and the lock.
    if (!matches || account.password_hash !== found.password_hash) {
      const failures = account.failed_count + 1;
      const until = failures >= LOCK_AFTER ? new Date(now + LOCK_MINUTES * MINUTE_MS) : null;
      await trx.query(
        'account.failed',
        'update account set failed_count = $2, locked_until = coalesce($3, locked_until) where id = $1',
        [account.id, until ? 0 : failures, until],
      );
      await record(until ? 'identity.locked' : 'identity.sign_in_failed', { failures });
      return { refused: until ? locked(until) : wrong() };
    }
    if (account.disabled_at) {
      await record('identity.sign_in_disabled');
      return { refused: new Problem(403, 'account_disabled', '账号已停用，请联系系统管理员') };
    }
    const postings = await currentPostings(trx, account.person_id);
    const posting = postings[0];
    if (!posting) return { refused: new Problem(403, 'no_posting', '尚未授予岗位，请联系安全管理员') };
    await trx.query('account.succeeded', 'update account set failed_count = 0, locked_until = null where id = $1', [
      account.id,
    ]);
    const token = await openSession(trx, account, posting, client, now);
    await record('identity.sign_in', { role: posting.role });
    return { token };
  });
  if ('refused' in outcome) throw outcome.refused;
  return outcome.token;
}

async function openSession(
  trx: Parameters<typeof lockAccount>[0],
  account: Account,
  posting: PostingRow,
  client: Client,
  now: number,
): Promise<string> {
  const token = newToken();
  const needsFactor = account.totp_confirmed_at !== null || isAdministrator(posting.role);
  await trx.query(
    'session.open',
    `insert into session (token_hash, account_id, posting_id, second_factor_pending, created_at, last_seen_at, expires_at, ip, user_agent)
     values ($1,$2,$3,$4,$5,$5,$6,$7,$8)`,
    [
      tokenHash(token),
      account.id,
      posting.id,
      needsFactor,
      new Date(now),
      new Date(now + SESSION_HOURS * 60 * MINUTE_MS),
      client.ip,
      client.userAgent?.slice(0, 300) ?? null,
    ],
  );
  return token;
}

export function setSessionCookie(deps: Deps, reply: FastifyReply, token: string): void {
  reply.setCookie(SESSION_COOKIE, token, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: deps.config.secureCookies,
  });
}

/** 14:05, in Asia/Shanghai. */
function local(at: Date): string {
  return new Date(at.getTime() + 8 * 60 * MINUTE_MS).toISOString().slice(11, 16);
}
