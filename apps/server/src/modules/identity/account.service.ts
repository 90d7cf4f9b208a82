import { isAdministrator } from '@bihuan/domain/access';
import { PASSWORD_HISTORY, passwordFaults } from '@bihuan/domain/identity';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Sql, Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict, invalid, notFound, Problem } from '../../platform/errors.ts';
import { notify } from '../../platform/notify/index.ts';
import {
  type Account,
  currentPostings,
  lockAccount,
  recentPasswordHashes,
  revokeSessions,
  setPassword,
} from './account.repo.ts';
import { keepLastAdministrator } from './administrators.repo.ts';
import { countFailure, refuseLocked } from './lockout.repo.ts';
import { hashPassword, initialPassword, passwordMatches } from './password.ts';

/** Changes the actor's own password; his other sessions end. A wrong present password counts towards the lock. */
export async function changePassword(deps: Deps, actor: RequestActor, current: string, next: string): Promise<void> {
  const refused = await deps.db.transaction(async (trx) => {
    const now = deps.clock.now();
    const account = (await lockAccount(trx, actor.accountId)) as Account;
    refuseLocked(account, now);
    if (!(await passwordMatches(account.password_hash, current))) {
      const locked = await countFailure(trx, account, now, 'identity.password_failed', actor.ip);
      return (
        locked ??
        new Problem(403, 'wrong_password', '当前口令不正确', {
          errors: [{ field: '/current', message: '当前口令不正确' }],
        })
      );
    }
    const faults = passwordFaults(next, account.username);
    if (faults.length > 0)
      throw invalid(`新口令不符合要求：${faults.join('；')}`, [{ field: '/next', message: faults.join('；') }]);
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
    return null;
  });
  if (refused) throw refused;
}

/** From the command line: a new initial password at once; every session of the account ends. */
export async function resetPassword(
  deps: Deps,
  accountId: string,
  password = initialPassword(),
): Promise<{ username: string; password: string }> {
  return setInitialPassword(deps, null, accountId, password, 'identity.password_reset');
}

/**
 * Asks for a new initial password. The old one stays good until the security administrator issues the new one: whoever may
 * ask does not get to know it, whoever gets to know it may not ask.
 */
export function requestPassword(deps: Deps, actor: RequestActor, accountId: string, reason: string): Promise<void> {
  return onAccount(
    deps,
    actor,
    accountId,
    'identity.password_requested',
    async (trx, account, now) => {
      await trx.query(
        'account.want_password',
        'update account set password_wanted_by = $2, password_wanted_at = $3, password_wanted_reason = $4 where id = $1',
        [account.id, actor.personId, new Date(now), reason],
      );
    },
    reason,
  );
}

/** Issues the initial password that was asked for, once. The person is told of it. */
export async function issuePassword(
  deps: Deps,
  actor: RequestActor,
  accountId: string,
): Promise<{ username: string; password: string }> {
  const issued = await setInitialPassword(deps, actor, accountId, initialPassword(), 'identity.password_issued');
  deps.live.wake();
  return issued;
}

async function setInitialPassword(
  deps: Deps,
  actor: RequestActor | null,
  accountId: string,
  password: string,
  action: string,
): Promise<{ username: string; password: string }> {
  const passwordHash = await hashPassword(password);
  return onAccount(deps, actor, accountId, action, async (trx, account, now) => {
    const faults = passwordFaults(password, account.username);
    if (faults.length > 0) throw invalid(`口令不符合要求：${faults.join('；')}`);
    if (actor && !account.password_wanted_by)
      throw conflict('password_not_wanted', '没有待发放的口令申请，须由系统管理员先提出');
    if (actor && account.password_wanted_by === actor.personId)
      throw new Problem(403, 'same_hand', '提出与发放须由两人分别办理');
    await setPassword(trx, account.id, passwordHash, true, now);
    await revokeSessions(trx, account.id, null, now);
    await notify(trx, {
      at: now,
      personId: account.person_id,
      kind: 'identity.password_issued',
      level: 'warn',
      title: '您的登录口令已重新发放',
      body: '如非本人申请，请立即联系安全管理员。',
    });
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
      if (disabled) {
        const posts = await currentPostings(trx, account.person_id);
        await keepLastAdministrator(
          trx,
          account.person_id,
          posts.map((post) => post.role),
        );
      }
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
    // An administrator's post is never reached without a second factor.
    await trx.query(
      'session.switch',
      `update session s set posting_id = $2, second_factor_pending = s.second_factor_pending or ($3 and a.totp_confirmed_at is null)
         from account a where s.id = $1 and a.id = s.account_id`,
      [actor.sessionId, postingId, isAdministrator(posting.role)],
    );
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
