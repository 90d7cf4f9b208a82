import type { PersonItem } from '@bihuan/contract/org';
import { type Role, roleDefinition } from '@bihuan/domain/access';
import type { Keyring } from '../../platform/crypto/index.ts';
import type { Sql, Trx } from '../../platform/db/index.ts';
import { likePattern } from './names.query.ts';

export interface PersonRow {
  id: string;
  staff_no: string;
  name: string;
  badge_no: string | null;
  mobile_enc: Buffer | null;
  left_at: Date | null;
  version: number;
}

const COLUMNS = 'id, staff_no, name, badge_no, mobile_enc, left_at, version';

export async function lockPerson(trx: Trx, id: string): Promise<PersonRow | null> {
  const [row] = await trx.query<PersonRow>(
    'org.lock_person',
    `select ${COLUMNS} from person where id = $1 for update`,
    [id],
  );
  return row ?? null;
}

export async function findPerson(sql: Sql, id: string): Promise<PersonRow | null> {
  const [row] = await sql.query<PersonRow>('org.person', `select ${COLUMNS} from person where id = $1`, [id]);
  return row ?? null;
}

export async function personByStaffNo(trx: Trx, staffNo: string): Promise<PersonRow | null> {
  const [row] = await trx.query<PersonRow>(
    'org.person_by_staff_no',
    `select ${COLUMNS} from person where staff_no = $1 for update`,
    [staffNo],
  );
  return row ?? null;
}

export interface PersonValues {
  staffNo: string;
  name: string;
  badgeNo: string | null;
  mobile: string | null;
}

const mobileContext = (personId: string) => `person.mobile:${personId}`;

export function mobileOf(keyring: Keyring, person: PersonRow): string | null {
  return person.mobile_enc ? keyring.decrypt(person.mobile_enc, mobileContext(person.id)) : null;
}

export async function insertPerson(trx: Trx, keyring: Keyring, person: PersonValues): Promise<string> {
  const [row] = await trx.query<{ id: string }>(
    'org.insert_person',
    'insert into person (staff_no, name) values ($1,$2) returning id',
    [person.staffNo, person.name.trim()],
  );
  await savePerson(trx, keyring, row!.id, person);
  return row!.id;
}

/** @returns the new version */
export async function savePerson(trx: Trx, keyring: Keyring, id: string, person: PersonValues): Promise<number> {
  const [row] = await trx.query<{ version: number }>(
    'org.save_person',
    'update person set staff_no = $2, name = $3, badge_no = $4, mobile_enc = $5, mobile_bidx = $6, version = version + 1 where id = $1 returning version',
    [
      id,
      person.staffNo,
      person.name.trim(),
      person.badgeNo?.trim() || null,
      person.mobile ? keyring.encrypt(person.mobile, mobileContext(id)) : null,
      person.mobile ? keyring.blindIndex(person.mobile, 'phone') : null,
    ],
  );
  return row!.version;
}

export async function savePersonLeft(trx: Trx, id: string, leftAt: Date | null): Promise<number> {
  const [row] = await trx.query<{ version: number }>(
    'org.person_left',
    'update person set left_at = $2, version = version + 1 where id = $1 returning version',
    [id, leftAt],
  );
  return row!.version;
}

/** Who else has this staff number. */
export async function isStaffNoTaken(sql: Sql, staffNo: string, exceptId: string | null): Promise<boolean> {
  const rows = await sql.query('org.staff_no', 'select 1 from person where staff_no = $1 and id is distinct from $2', [
    staffNo,
    exceptId,
  ]);
  return rows.length > 0;
}

/**
 * Orders not closed that are assigned to a person (in one unit, if given). A number and nothing else: whoever moves people
 * does not read complaints.
 */
export async function openOrders(sql: Sql, personId: string, unitId: string | null = null): Promise<number> {
  const [row] = await sql.query<{ n: number }>(
    'org.open_orders',
    `select count(*)::int as n from complaint c
      where c.officer_id = $1 and c.status not in ('closed', 'declined') and ($2::uuid is null or c.unit_id = $2)`,
    [personId, unitId],
  );
  return row!.n;
}

export interface PeopleFilter {
  q?: string | undefined;
  unitId?: string | undefined;
  role?: Role | undefined;
  left?: boolean | undefined;
  without?: 'post' | 'account' | undefined;
}

const CAP = 1000;

/** A page by staff number. */
export async function peoplePage(
  sql: Sql,
  filter: PeopleFilter,
  after: string | undefined,
  limit: number,
): Promise<{ items: PersonItem[]; next: string | null; total: number; totalIsCapped: boolean }> {
  const where = `
    (p.left_at is not null) = $1
    and ($2::text is null or p.name like $2 or p.staff_no like $2 or p.badge_no like $2)
    and (($3::uuid is null and $4::text is null) or exists (
      select 1 from posting o where o.person_id = p.id and o.ended_on is null and ($3::uuid is null or o.unit_id = $3) and ($4::text is null or o.role = $4)))
    and ($5::text is distinct from 'post' or not exists (select 1 from posting o where o.person_id = p.id and o.ended_on is null))
    and ($5::text is distinct from 'account' or not exists (select 1 from account a where a.person_id = p.id))`;
  const values = [
    filter.left ?? false,
    filter.q?.trim() ? likePattern(filter.q) : null,
    filter.unitId ?? null,
    filter.role ?? null,
    filter.without ?? null,
  ];
  const [rows, [counted]] = await Promise.all([
    sql.query<{
      id: string;
      staff_no: string;
      name: string;
      badge_no: string | null;
      left_at: Date | null;
      has_account: boolean;
      pending: number;
      posts: { unit_id: string; unit_name: string; role: Role; title: string | null }[];
    }>(
      'org.people',
      `select p.id, p.staff_no, p.name, p.badge_no, p.left_at,
              exists (select 1 from account a where a.person_id = p.id) as has_account,
              (select count(*)::int from role_grant g where g.person_id = p.id and g.status = 'pending') as pending,
              coalesce((select jsonb_agg(jsonb_build_object('unit_id', u.id, 'unit_name', u.name, 'role', o.role, 'title', o.title) order by o.started_on)
                          from posting o join unit u on u.id = o.unit_id where o.person_id = p.id and o.ended_on is null), '[]') as posts
         from person p where ${where} and ($6::text is null or p.staff_no > $6)
        order by p.staff_no limit $7`,
      [...values, after ?? null, limit + 1],
    ),
    sql.query<{ n: number }>(
      'org.people_count',
      `select count(*)::int as n from (select 1 from person p where ${where} limit ${CAP + 1}) x`,
      values,
    ),
  ]);
  const total = counted!.n;
  const shown = rows.slice(0, limit);
  return {
    items: shown.map((row) => ({
      id: row.id,
      staffNo: row.staff_no,
      name: row.name,
      badgeNo: row.badge_no,
      left: row.left_at !== null,
      hasAccount: row.has_account,
      pendingGrants: row.pending,
      posts: row.posts.map((post) => ({
        unit: { id: post.unit_id, name: post.unit_name },
        role: post.role,
        roleLabel: roleDefinition(post.role).label,
        title: post.title,
      })),
    })),
    next: rows.length > limit ? shown.at(-1)!.staff_no : null,
    total: Math.min(total, CAP),
    totalIsCapped: total > CAP,
  };
}
