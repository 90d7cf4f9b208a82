import type { ResponseOf } from '@bihuan/contract';
import type { enrolSecondFactor } from '@bihuan/contract/identity';
import { generateSecret, generateURI, verifySync } from 'otplib';
import QRCode from 'qrcode';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict, Problem } from '../../platform/errors.ts';
import { type Account, lockAccount } from './account.repo.ts';
import { countFailure, refuseLocked } from './lockout.repo.ts';
import { passwordMatches } from './password.ts';

/** A code is good for its own half minute and the one before and after, for clocks that differ. */
const TOLERANCE_SECONDS = 30;

const context = (accountId: string) => `account.totp:${accountId}`;

/** Makes a secret and shows it once; it counts only after a code made with it has been entered. */
export async function enrol(
  deps: Deps,
  actor: RequestActor,
  password: string,
): Promise<ResponseOf<typeof enrolSecondFactor>> {
  const secret = generateSecret();
  const outcome = await deps.db.transaction(async (trx): Promise<string | Problem> => {
    const now = deps.clock.now();
    const account = (await lockAccount(trx, actor.accountId)) as Account;
    refuseLocked(account, now);
    if (!(await passwordMatches(account.password_hash, password))) {
      const locked = await countFailure(trx, account, now, 'identity.password_failed', actor.ip);
      return (
        locked ??
        new Problem(403, 'wrong_password', '口令不正确', { errors: [{ field: '/password', message: '口令不正确' }] })
      );
    }
    if (account.totp_confirmed_at)
      throw conflict('already_enrolled', '已绑定第二因子；更换手机请联系安全管理员解除后重新绑定');
    await trx.query('account.enrol', 'update account set totp_secret_enc = $2, totp_last_step = null where id = $1', [
      account.id,
      deps.keyring.encrypt(secret, context(account.id)),
    ]);
    return account.username;
  });
  if (outcome instanceof Problem) throw outcome;
  const uri = generateURI({ issuer: '闭环', label: outcome, secret });
  return { secret, uri, qrSvg: await QRCode.toString(uri, { type: 'svg', margin: 1 }) };
}

export async function confirmEnrolment(deps: Deps, actor: RequestActor, code: string): Promise<void> {
  await checkCode(deps, actor, code, 'identity.second_factor_enrolled', (account) => {
    if (account.totp_confirmed_at) throw conflict('already_enrolled', '已绑定第二因子');
  });
}

export async function verifyAtSignIn(deps: Deps, actor: RequestActor, code: string): Promise<void> {
  await checkCode(deps, actor, code, 'identity.second_factor', (account) => {
    if (!account.totp_confirmed_at) throw conflict('not_enrolled', '尚未绑定第二因子');
  });
}

/**
 * One code, once: the time step it belongs to is remembered under the account's lock, so that the same code is refused
 * afterwards, also from a second tab at the same instant. Wrong codes count towards the lock like wrong passwords.
 */
async function checkCode(
  deps: Deps,
  actor: RequestActor,
  code: string,
  action: string,
  expect: (account: Account) => void,
): Promise<void> {
  const refused = await deps.db.transaction(async (trx) => {
    const now = deps.clock.now();
    const account = (await lockAccount(trx, actor.accountId)) as Account;
    expect(account);
    refuseLocked(account, now);
    if (!account.totp_secret_enc) throw conflict('not_enrolled', '尚未绑定第二因子');
    const secret = deps.keyring.decrypt(account.totp_secret_enc, context(account.id));
    const result = verifySync({
      secret,
      token: code,
      epoch: Math.floor(deps.wallClock.now() / 1000),
      epochTolerance: TOLERANCE_SECONDS,
      ...(account.totp_last_step === null ? {} : { afterTimeStep: account.totp_last_step }),
    });
    if (!result.valid || !('timeStep' in result)) {
      const locked = await countFailure(trx, account, now, 'identity.second_factor_failed', actor.ip);
      return locked ?? new Problem(401, 'wrong_code', '验证码不正确或已使用，请等待下一个验证码');
    }
    await trx.query(
      'account.code_used',
      'update account set totp_last_step = $2, totp_confirmed_at = coalesce(totp_confirmed_at, $3), failed_count = 0 where id = $1',
      [account.id, result.timeStep, new Date(now)],
    );
    await trx.query('session.factor_done', 'update session set second_factor_pending = false where id = $1', [
      actor.sessionId,
    ]);
    await recordAudit(trx, { at: now, actor, action, objectType: 'account', objectId: account.id });
    return null;
  });
  if (refused) throw refused;
}
