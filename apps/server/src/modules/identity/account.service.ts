import { PASSWORD_HISTORY, passwordFaults } from '@bihuan/domain/identity';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Sql, Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict, invalid, notFound, Problem } from '../../platform/errors.ts';
import {
  type Account,
  currentPostings,
  lockAccount,
  recentPasswordHashes,
  revokeSessions,
  setPassword,
} from './account.repo.ts';
import { hashPassword, initialPassword, passwordMatches } from './password.ts';

/** Changes the actor's own password; his other sessions end. */
export async function changePassword(deps: Deps, actor: RequestActor, current: string, next: string): Promise<void> {
  await deps.db.transaction(async (trx) => {
    const now = deps.clock.now();
    const account = (await lockAccount(trx, actor.accountId)) as Account;
    if (!(await passwordMatches(account.password_hash, current)))
      throw new Problem(403, 'wrong_password', '当前口令不正确', {
        errors: [{ field: '/current', message: '当前口令不正确' }],
      });
    const faults = passwordFaults(next, account.username);
    if (faults.length > 0)
      throw invalid(
        `新口令不符合要求：${faults.join('；')}`,
        faults.map((message) => ({ field: '/next', message })),
      );
    for (const used of [account.password_hash, ...(await recentPasswordHashes(trx, account.id, PASSWORD_HISTORY))]) {
      if (await passwordMatches(used, next))
        throw invalid(`不得与最近 ${PASSWORD_HISTORY} 次使用过的口令相同`, [
          { field: '/next', message: `不得与最近 ${PASSWORD_HISTORY} 次相同` },
        ]);
    }
    await setPassword(trx, account.id, await hashPassword(next), false, now);
    await revokeSessions(trx, account.id, actor.sessionId, now);
    await recordAudit(trx, {
      at: now,
      actor,
      action: 'identity.password_changed',
      objectType: 'account',
      objectId: account.id,
    });
  });
}

export interface NewAccount {
  personId: string;
  username: string;
  /** Given by the command line; otherwise a random one is made. */
  password?: string;
}

/** Opens an account with an initial password that must be changed. @returns the password, to be handed over once */
export async function openAccount(
  deps: Deps,
  actor: RequestActor | null,
  input: NewAccount,
): Promise<{ id: string; username: string; password: string }> {
  const username = input.username.trim().toLowerCase();
  const password = input.password ?? initialPassword();
  const faults = passwordFaults(password, username);
  if (faults.length > 0) throw invalid(`口令不符合要求：${faults.join('；')}`);
  const passwordHash = await hashPassword(password);
  return deps.db.transaction(async (trx) => {
    const now = deps.clock.now();
    const [person] = await trx.query<{ id: string }>(
      'person.active',
      'select id from person where id = $1 and left_at is null for update',
      [input.personId],
    );
    if (!person) throw notFound('人员');
    const [taken] = await trx.query<{ person_id: string }>(
      'account.taken',
      'select person_id from account where username = $1 or person_id = $2',
      [username, input.personId],
    );
    if (taken) {
      throw taken.person_id === input.personId
        ? conflict('account_exists', '该人员已有账号')
        : conflict('username_taken', '用户名已被使用', { errors: [{ field: '/username', message: '已被使用' }] });
    }
    const [row] = await trx.query<{ id: string }>(
      'account.insert',
      'insert into account (person_id, username, password_hash, password_changed_at) values ($1,$2,$3,$4) returning id',
      [input.personId, username, passwordHash, new Date(now)],
    );
    await recordAudit(trx, {
      at: now,
      actor,
      action: 'identity.account_opened',
      objectType: 'account',
      objectId: row!.id,
      data: { username },
    });
    return { id: row!.id, username, password };
  });
}

/** A new initial password; every session of the account ends at once. */
export async function resetPassword(
  deps: Deps,
  actor: RequestActor | null,
  accountId: string,
  given?: string,
): Promise<{ username: string; password: string }> {
  const password = given ?? initialPassword();
  const passwordHash = await hashPassword(password);
  return onAccount(deps, actor, accountId, 'identity.password_reset', async (trx, account, now) => {
    await setPassword(trx, account.id, passwordHash, true, now);
    await revokeSessions(trx, account.id, null, now);
    return { username: account.username, password };
  });
}

export function setDisabled(
  deps: Deps,
  actor: RequestActor,
  accountId: string,
  disabled: boolean,
  reason: string,
): Promise<void> {
  return onAccount(
    deps,
    actor,
    accountId,
    disabled ? 'identity.disabled' : 'identity.enabled',
    async (trx, account, now) => {
      await trx.query('account.disable', 'update account set disabled_at = $2, version = version + 1 where id = $1', [
        account.id,
        disabled ? new Date(now) : null,
      ]);
      if (disabled) await revokeSessions(trx, account.id, null, now);
    },
    reason,
  );
}

export function unlock(deps: Deps, actor: RequestActor | null, accountId: string): Promise<void> {
  return onAccount(deps, actor, accountId, 'identity.unlocked', async (trx, account) => {
    await trx.query('account.unlock', 'update account set failed_count = 0, locked_until = null where id = $1', [
      account.id,
    ]);
  });
}

export function resetSecondFactor(deps: Deps, actor: RequestActor, accountId: string): Promise<void> {
  return onAccount(deps, actor, accountId, 'identity.second_factor_reset', async (trx, account, now) => {
    await trx.query(
      'account.factor_reset',
      'update account set totp_secret_enc = null, totp_confirmed_at = null, totp_last_step = null where id = $1',
      [account.id],
    );
    await revokeSessions(trx, account.id, null, now);
  });
}

/** One change to somebody's account, under its lock and in the ledger. Nobody does it to himself. */
async function onAccount<T>(
  deps: Deps,
  actor: RequestActor | null,
  accountId: string,
  action: string,
  change: (trx: Trx, account: Account, now: number) => Promise<T>,
  note?: string,
): Promise<T> {
  if (actor?.accountId === accountId) throw new Problem(403, 'own_account', '不能对自己的账号执行此操作');
  return deps.db.transaction(async (trx) => {
    const now = deps.clock.now();
    const account = await lockAccount(trx, accountId);
    if (!account) throw notFound('账号');
    const result = await change(trx, account, now);
    await recordAudit(trx, {
      at: now,
      actor,
      action,
      objectType: 'account',
      objectId: account.id,
      note: note ?? null,
      data: { username: account.username },
    });
    return result;
  });
}

/** Acts in another of the person's posts from now on. */
export async function switchPosting(deps: Deps, actor: RequestActor, postingId: string): Promise<void> {
  await deps.db.transaction(async (trx) => {
    const posting = (await currentPostings(trx, actor.personId)).find((row) => row.id === postingId);
    if (!posting) throw notFound('岗位');
    await trx.query('session.switch', 'update session set posting_id = $2 where id = $1', [actor.sessionId, postingId]);
    await recordAudit(trx, {
      at: deps.clock.now(),
      actor,
      action: 'identity.posting_switched',
      objectType: 'session',
      objectId: actor.sessionId,
      data: { role: posting.role },
    });
  });
}

/** Ends one session: one's own, or (`accountId` null) anybody's. */
export async function revokeSession(
  deps: Deps,
  actor: RequestActor,
  sessionId: string,
  accountId: string | null,
): Promise<void> {
  await deps.db.transaction(async (trx: Sql) => {
    const now = deps.clock.now();
    const rows = await trx.query(
      'session.revoke',
      'update session set revoked_at = $2 where id = $1 and revoked_at is null and ($3::uuid is null or account_id = $3) returning 1',
      [sessionId, new Date(now), accountId],
    );
    if (rows.length === 0) throw notFound('会话');
    await recordAudit(trx, {
      at: now,
      actor,
      action: 'identity.session_revoked',
      objectType: 'session',
      objectId: sessionId,
    });
  });
}
