import { passwordFaults } from '@bihuan/domain/identity';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict, invalid, notFound } from '../../platform/errors.ts';
import { hashPassword, initialPassword, unusablePassword } from './password.ts';

export interface NewAccount {
  readonly personId: string;
  readonly username: string;
  /** Absent: a random one is made. */
  readonly password?: string;
}

/**
 * Opens an account from the command line, whose user holds the server anyway, with an initial password that must be
 * changed. @returns the password, to be handed over once
 */
export async function createAccount(
  deps: Pick<Deps, 'db' | 'clock'>,
  { personId, username, password = initialPassword() }: NewAccount,
): Promise<{ id: string; username: string; password: string }> {
  const faults = passwordFaults(password, username);
  if (faults.length > 0) throw invalid(`口令不符合要求：${faults.join('；')}`);
  const hash = await hashPassword(password);
  const account = await deps.db.transaction((trx) =>
    insertAccount(trx, deps.clock.now(), null, personId, username, hash),
  );
  return { ...account, password };
}

/** Opens an account that nobody can sign in to yet: its initial password is the security administrator's to issue. */
export async function openAccount(
  deps: Deps,
  actor: RequestActor,
  { personId, username }: { personId: string; username: string },
): Promise<{ id: string; username: string }> {
  const hash = await unusablePassword();
  return deps.db.transaction(async (trx) => {
    const now = deps.clock.now();
    const account = await insertAccount(trx, now, actor, personId, username, hash);
    await trx.query(
      'account.want_password',
      'update account set password_wanted_by = $2, password_wanted_at = $3, password_wanted_reason = $4 where id = $1',
      [account.id, actor.personId, new Date(now), '新开账号'],
    );
    return account;
  });
}

async function insertAccount(
  trx: Trx,
  now: number,
  actor: RequestActor | null,
  personId: string,
  name: string,
  passwordHash: string,
): Promise<{ id: string; username: string }> {
  const username = name.trim().toLowerCase();
  const [person] = await trx.query<{ id: string }>(
    'person.active',
    'select id from person where id = $1 and left_at is null for update',
    [personId],
  );
  if (!person) throw notFound('人员');
  const taken = await trx.query<{ person_id: string }>(
    'account.taken',
    'select person_id from account where username = $1 or person_id = $2',
    [username, personId],
  );
  if (taken.some((row) => row.person_id === personId)) throw conflict('account_exists', '该人员已有账号');
  if (taken.length > 0)
    throw conflict('username_taken', '用户名已被使用', { errors: [{ field: '/username', message: '已被使用' }] });
  const [row] = await trx.query<{ id: string }>(
    'account.insert',
    'insert into account (person_id, username, password_hash, password_changed_at) values ($1,$2,$3,$4) returning id',
    [personId, username, passwordHash, new Date(now)],
  );
  await recordAudit(trx, {
    at: now,
    actor,
    action: 'identity.account_opened',
    objectType: 'account',
    objectId: row!.id,
    data: { username, personId },
  });
  return { id: row!.id, username };
}
