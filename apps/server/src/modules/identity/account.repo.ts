import type { AccountItem } from '@bihuan/contract/identity';
import type { Role } from '@bihuan/domain/access';
import type { Sql, Trx } from '../../platform/db/index.ts';

export interface Account {
  id: string;
  person_id: string;
  username: string;
  password_hash: string;
  must_change: boolean;
  failed_count: number;
  locked_until: Date | null;
  totp_secret_enc: Buffer | null;
  totp_confirmed_at: Date | null;
  totp_last_step: number | null;
  disabled_at: Date | null;
  password_wanted_by: string | null;
}

export async function findByUsername(sql: Sql, username: string): Promise<Account | null> {
  const [row] = await sql.query<Account>('account.by_username', 'select * from account where username = $1', [
    username.trim().toLowerCase(),
  ]);
  return row ?? null;
}

export async function lockAccount(trx: Trx, id: string): Promise<Account | null> {
  const [row] = await trx.query<Account>('account.lock', 'select * from account where id = $1 for update', [id]);
  return row ?? null;
}

export interface PostingRow {
  id: string;
  unit_id: string;
  unit_name: string;
  role: Role;
}

/** The person's present posts, longest held first. */
export async function currentPostings(sql: Sql, personId: string): Promise<PostingRow[]> {
  return sql.query<PostingRow>(
    'posting.current',
    `select o.id, o.unit_id, u.name as unit_name, o.role from posting o join unit u on u.id = o.unit_id
      where o.person_id = $1 and o.ended_on is null and u.closed_at is null order by o.started_on, o.id`,
    [personId],
  );
}

export async function recentPasswordHashes(sql: Sql, accountId: string, most: number): Promise<string[]> {
  const rows = await sql.query<{ password_hash: string }>(
    'account.password_history',
    'select password_hash from password_history where account_id = $1 order by created_at desc limit $2',
    [accountId, most],
  );
  return rows.map((row) => row.password_hash);
}

/** Sets a password, keeps the old one in the history, and clears failures and locks. */
export async function setPassword(
  trx: Trx,
  accountId: string,
  passwordHash: string,
  mustChange: boolean,
  at: number,
): Promise<void> {
  await trx.query(
    'account.set_password',
    `with old as (select id, password_hash from account where id = $1),
          kept as (insert into password_history (account_id, password_hash, created_at) select id, password_hash, $4 from old)
     update account set password_hash = $2, must_change = $3, password_changed_at = $4, failed_count = 0, locked_until = null,
            password_wanted_by = null, password_wanted_at = null, password_wanted_reason = null, version = version + 1 where id = $1`,
    [accountId, passwordHash, mustChange, new Date(at)],
  );
}

/** Ends every session of the account, or all but one. */
export async function revokeSessions(sql: Sql, accountId: string, exceptId: string | null, at: number): Promise<void> {
  await sql.query(
    'session.revoke_all',
    'update session set revoked_at = $3 where account_id = $1 and id is distinct from $2 and revoked_at is null',
    [accountId, exceptId, new Date(at)],
  );
}

const ITEM = `
  select a.id, a.username, p.id as "personId", p.name as "personName", p.staff_no as "staffNo",
         (select u.name from posting o join unit u on u.id = o.unit_id where o.person_id = p.id and o.ended_on is null order by o.started_on limit 1) as "unitName",
         a.disabled_at is not null as disabled, case when a.locked_until > $1 then a.locked_until end as "lockedUntil",
         a.must_change as "mustChangePassword", a.totp_confirmed_at is not null as "secondFactor",
         a.password_wanted_at as "passwordWantedAt", a.password_wanted_reason as "passwordWantedReason", w.name as "passwordWantedBy",
         (select max(s.last_seen_at) from session s where s.account_id = a.id) as "lastSeenAt"
    from account a join person p on p.id = a.person_id left join person w on w.id = a.password_wanted_by`;

export interface AccountFilter {
  q?: string | undefined;
  personId?: string | undefined;
  /** Only those locked now, with a password to issue, or with a second factor. */
  only?: 'locked' | 'wanted' | 'bound';
}

/** Counted up to here. */
const CAP = 1000;

/** A page by user name. */
export async function accountPage(
  sql: Sql,
  now: number,
  filter: AccountFilter,
  { after, limit = 50 }: { after?: string | undefined; limit?: number | undefined },
): Promise<{ items: AccountItem[]; next: string | null; total: number; totalIsCapped: boolean }> {
  const where = `
    ($2::text is null or a.username like $2 or p.name like $2 or p.staff_no like $2) and ($3::uuid is null or p.id = $3)
    and ($4::text is distinct from 'locked' or a.locked_until > $1) and ($4::text is distinct from 'wanted' or a.password_wanted_at is not null)
    and ($4::text is distinct from 'bound' or a.totp_confirmed_at is not null)`;
  const values = [
    new Date(now),
    filter.q ? `%${filter.q.replace(/[\\%_]/g, '\\$&')}%` : null,
    filter.personId ?? null,
    filter.only ?? null,
  ];
  const [rows, [counted]] = await Promise.all([
    sql.query<
      Omit<AccountItem, 'lockedUntil' | 'lastSeenAt' | 'passwordWantedAt'> & {
        lockedUntil: Date | null;
        lastSeenAt: Date | null;
        passwordWantedAt: Date | null;
      }
    >(
      'account.items',
      `${ITEM} where ${where} and ($5::text is null or a.username > $5) order by a.username limit $6`,
      [...values, after ?? null, limit + 1],
    ),
    sql.query<{ n: number }>(
      'account.count',
      `select count(*)::int as n from (
         select 1 from account a join person p on p.id = a.person_id where ${where} limit ${CAP + 1}) x`,
      values,
    ),
  ]);
  const items = rows.slice(0, limit).map((row) => ({
    ...row,
    lockedUntil: row.lockedUntil?.toISOString() ?? null,
    lastSeenAt: row.lastSeenAt?.toISOString() ?? null,
    passwordWantedAt: row.passwordWantedAt?.toISOString() ?? null,
  }));
  const total = counted!.n;
  return {
    items,
    next: rows.length > limit ? items.at(-1)!.username : null,
    total: Math.min(total, CAP),
    totalIsCapped: total > CAP,
  };
}
