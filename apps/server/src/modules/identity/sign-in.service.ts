import { isAdministrator } from '@bihuan/domain/access';
import type { FastifyReply } from 'fastify';
import { recordAudit } from '../../platform/audit/index.ts';
import { newToken, tokenHash } from '../../platform/crypto/index.ts';
import type { Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { Problem } from '../../platform/errors.ts';
import { type Account, currentPostings, findByUsername, lockAccount, type PostingRow } from './account.repo.ts';
import { countAddress, countFailure, countUnknown, lockedProblem, refuseAddress } from './lockout.repo.ts';
import { passwordMatches } from './password.ts';
import { SESSION_COOKIE } from './session.repo.ts';

/** Signed out after this long, whatever is done in between. */
const SESSION_HOURS = 12;
const MINUTE_MS = 60_000;

const wrong = () => new Problem(401, 'wrong_credentials', '用户名或口令不正确');

export interface Client {
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/**
 * Checks user name and password and opens a session. An unknown user name is answered like a known one, in words, in time
 * and in locking.
 * @returns the new session's token
 */
export async function signIn(deps: Deps, username: string, password: string, client: Client): Promise<string> {
  await refuseAddress(deps.db, client.ip, deps.clock.now());
  const found = await findByUsername(deps.db, username);
  const matches = await passwordMatches(found?.password_hash ?? null, password);
  const outcome = await deps.db.transaction((trx) => openOrRefuse(trx, deps, username, found, matches, client));
  if ('token' in outcome) return outcome.token;
  if (outcome.counts) await countAddress(deps.db, client.ip, deps.clock.now());
  throw outcome.refused;
}

type Outcome = { token: string } | { refused: Problem; counts: boolean };

async function openOrRefuse(
  trx: Trx,
  deps: Deps,
  username: string,
  found: Account | null,
  matches: boolean,
  client: Client,
): Promise<Outcome> {
  const now = deps.clock.now();
  if (!found) return { refused: (await countUnknown(trx, username, now, client.ip)) ?? wrong(), counts: true };
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
    return { refused: lockedProblem(account.locked_until), counts: true };
  }
  // The password may have been changed between the check and the lock.
  if (!matches || account.password_hash !== found.password_hash) {
    const refused = await countFailure(trx, account, now, 'identity.sign_in_failed', client.ip);
    return { refused: refused ?? wrong(), counts: true };
  }
  if (account.disabled_at) {
    await record('identity.sign_in_disabled');
    return { refused: new Problem(403, 'account_disabled', '账号已停用，请联系系统管理员'), counts: false };
  }
  const posting = (await currentPostings(trx, account.person_id))[0];
  if (!posting) {
    await record('identity.sign_in_no_post');
    return { refused: new Problem(403, 'no_posting', '尚未授予岗位，请联系安全管理员'), counts: false };
  }
  await trx.query('account.succeeded', 'update account set failed_count = 0, locked_until = null where id = $1', [
    account.id,
  ]);
  const token = await openSession(trx, account, posting, client, now);
  await record('identity.sign_in', { role: posting.role });
  return { token };
}

async function openSession(
  trx: Trx,
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
