import type { SessionItem } from '@bihuan/contract/identity';
import type { Role } from '@bihuan/domain/access';
import type { RequestActor } from '../../platform/access/index.ts';
import { tokenHash } from '../../platform/crypto/index.ts';
import type { Sql } from '../../platform/db/index.ts';
import { invalid } from '../../platform/errors.ts';

export const SESSION_COOKIE = 'bihuan_session';
/** Signed out after so long without a request (等保 2.0: 登录连接超时自动退出). */
export const IDLE_MINUTES = 30;

interface SessionRow {
  session_id: string;
  account_id: string;
  posting_id: string;
  person_id: string;
  person_name: string;
  unit_id: string;
  unit_name: string;
  town_id: string | null;
  role: Role;
  must_change: boolean;
  second_factor_pending: boolean;
  has_factor: boolean;
  stale: boolean;
}

export interface AuthenticatedSession {
  readonly actor: RequestActor;
  /** The initial password must be changed before anything else. */
  readonly mustChangePassword: boolean;
  readonly secondFactorPending: boolean;
  /** A second factor is enrolled and confirmed. */
  readonly hasSecondFactor: boolean;
  /** `last_seen_at` is old enough to be worth writing. */
  readonly stale: boolean;
}

/** The live session of a cookie's token, or nothing: unknown, expired, idle too long, revoked, account closed, posting ended. */
export async function findSession(
  sql: Sql,
  token: string,
  now: number,
  ip: string | null,
): Promise<AuthenticatedSession | null> {
  const [row] = await sql.query<SessionRow>(
    'session.find',
    `select s.id as session_id, s.account_id, s.posting_id, p.id as person_id, p.name as person_name,
            u.id as unit_id, u.name as unit_name, case when u.kind = 'town' then u.id else u.town_id end as town_id,
            o.role, a.must_change, s.second_factor_pending, a.totp_confirmed_at is not null as has_factor, s.last_seen_at < $2::timestamptz - interval '1 minute' as stale
       from session s
       join account a on a.id = s.account_id and a.disabled_at is null
       join posting o on o.id = s.posting_id and o.ended_on is null
       join person p on p.id = o.person_id and p.left_at is null
       join unit u on u.id = o.unit_id and u.closed_at is null
      where s.token_hash = $1 and s.revoked_at is null and s.expires_at > $2::timestamptz
        and s.last_seen_at > $2::timestamptz - make_interval(mins => ${IDLE_MINUTES})`,
    [tokenHash(token), new Date(now)],
  );
  if (!row) return null;
  return {
    actor: {
      personId: row.person_id,
      unitId: row.unit_id,
      townId: row.town_id,
      role: row.role,
      accountId: row.account_id,
      sessionId: row.session_id,
      postingId: row.posting_id,
      name: row.person_name,
      unitName: row.unit_name,
      ip,
    },
    mustChangePassword: row.must_change,
    secondFactorPending: row.second_factor_pending,
    hasSecondFactor: row.has_factor,
    stale: row.stale,
  };
}

export async function touchSession(sql: Sql, sessionId: string, now: number): Promise<void> {
  await sql.query('session.touch', 'update session set last_seen_at = $2 where id = $1 and last_seen_at < $2', [
    sessionId,
    new Date(now),
  ]);
}

export interface SessionFilter {
  accountId?: string;
  q?: string | undefined;
  /** The asker's own. */
  currentId: string;
}

/** Counted up to here. */
const CAP = 1000;

/** A page of the sessions in use, latest sign-in first: ids follow time, and unlike the last use they stand still while pages are turned. */
export async function sessionPage(
  sql: Sql,
  now: number,
  filter: SessionFilter,
  { after, limit = 50 }: { after?: string | undefined; limit?: number | undefined } = {},
): Promise<{ items: SessionItem[]; next: string | null; total: number; totalIsCapped: boolean }> {
  if (after !== undefined && !/^[0-9a-f-]{36}$/.test(after)) throw invalid('翻页位置不对，请从第一页重新查看');
  const from = `from session s join account a on a.id = s.account_id join posting o on o.id = s.posting_id
       join person p on p.id = o.person_id join unit u on u.id = o.unit_id
      where s.revoked_at is null and s.expires_at > $1 and s.last_seen_at > $1::timestamptz - make_interval(mins => ${IDLE_MINUTES})
        and ($2::uuid is null or s.account_id = $2) and ($3::text is null or p.name like $3 or a.username like $3 or u.name like $3)`;
  const values = [
    new Date(now),
    filter.accountId ?? null,
    filter.q ? `%${filter.q.replace(/[\\%_]/g, '\\$&')}%` : null,
  ];
  const [rows, [counted]] = await Promise.all([
    sql.query<Omit<SessionItem, 'createdAt' | 'lastSeenAt'> & { createdAt: Date; lastSeenAt: Date }>(
      'session.active',
      `select s.id, p.name as "personName", a.username, u.name as "unitName", s.created_at as "createdAt", s.last_seen_at as "lastSeenAt",
            s.ip, s.user_agent as "userAgent", s.id = $4 as current ${from} and ($5::uuid is null or s.id < $5) order by s.id desc limit $6`,
      [...values, filter.currentId, after ?? null, limit + 1],
    ),
    sql.query<{ n: number }>(
      'session.count',
      `select count(*)::int as n from (select 1 ${from} limit ${CAP + 1}) x`,
      values,
    ),
  ]);
  const items = rows.slice(0, limit).map((row) => ({
    ...row,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
  }));
  const total = counted!.n;
  return {
    items,
    next: rows.length > limit ? items.at(-1)!.id : null,
    total: Math.min(total, CAP),
    totalIsCapped: total > CAP,
  };
}
