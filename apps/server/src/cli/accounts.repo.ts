import type { Role } from '@bihuan/domain/access';
import { recordAudit } from '../platform/audit/index.ts';
import type { Sql, Trx } from '../platform/db/index.ts';
import { conflict } from '../platform/errors.ts';

export interface AccountLine {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly unit: string | null;
  readonly role: string | null;
  readonly locked: boolean;
  readonly disabled: boolean;
}

export function listAccounts(sql: Sql, now: number): Promise<AccountLine[]> {
  return sql.query<AccountLine>(
    null,
    `select a.id, a.username, p.name, u.name as unit, o.role, coalesce(a.locked_until > $1, false) as locked, a.disabled_at is not null as disabled
       from account a join person p on p.id = a.person_id
       left join lateral (select * from posting x where x.person_id = p.id and x.ended_on is null order by x.started_on limit 1) o on true
       left join unit u on u.id = o.unit_id order by a.username`,
    [new Date(now)],
  );
}

export async function accountId(sql: Sql, username: string): Promise<string | null> {
  const [row] = await sql.query<{ id: string }>(null, 'select id from account where username = $1', [
    username.trim().toLowerCase(),
  ]);
  return row?.id ?? null;
}

export interface NewAdministrator {
  readonly name: string;
  readonly staffNo: string;
  readonly role: Role;
  /** Name of the bureau, made when the system has none yet. */
  readonly bureau: string;
}

/**
 * A person with the post of an administrator, without a signed-in actor: the way into an empty system. Kept to the three
 * administrators; every other post is granted by them on the screens.
 * @returns the person's id
 */
export async function insertAdministrator(trx: Trx, input: NewAdministrator, at: number): Promise<string> {
  await trx.query(null, "select pg_advisory_xact_lock(hashtext('bihuan:first-administrator'))");
  const [bureau] = await trx.query<{ id: string }>(
    null,
    `with found as (select id from unit where kind = 'bureau' and closed_at is null order by sort limit 1),
          made as (insert into unit (code, name, short_name, kind) select 'bureau', $1, $1, 'bureau' where not exists (select 1 from found) returning id)
     select id from found union all select id from made`,
    [input.bureau],
  );
  const [taken] = await trx.query(null, 'select 1 from person where staff_no = $1', [input.staffNo]);
  if (taken) throw conflict('staff_no_taken', `工号 ${input.staffNo} 已被使用`);
  const [person] = await trx.query<{ id: string }>(
    null,
    'insert into person (staff_no, name) values ($1, $2) returning id',
    [input.staffNo, input.name],
  );
  await trx.query(
    null,
    "insert into posting (person_id, unit_id, role, started_on) values ($1, $2, $3, ($4::timestamptz at time zone 'Asia/Shanghai')::date)",
    [person!.id, bureau!.id, input.role, new Date(at)],
  );
  await recordAudit(trx, {
    at,
    actor: null,
    action: 'org.administrator_created',
    objectType: 'person',
    objectId: person!.id,
    note: '由命令行建立',
    data: { staffNo: input.staffNo, role: input.role },
  });
  return person!.id;
}
