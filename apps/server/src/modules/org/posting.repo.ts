import type { RoleGrant } from '@bihuan/contract/org';
import { type Role, roleDefinition } from '@bihuan/domain/access';
import type { Sql, Trx } from '../../platform/db/index.ts';

export interface PostingRow {
  id: string;
  person_id: string;
  unit_id: string;
  unit_name: string;
  role: Role;
  title: string | null;
  started_on: string;
  ended_on: string | null;
}

const POSTING = `select o.id, o.person_id, o.unit_id, u.name as unit_name, o.role, o.title, o.started_on, o.ended_on
  from posting o join unit u on u.id = o.unit_id`;

/** All posts a person has held, the latest first. */
export function postingHistory(sql: Sql, personId: string): Promise<PostingRow[]> {
  return sql.query<PostingRow>(
    'org.posting_history',
    `${POSTING} where o.person_id = $1 order by o.ended_on desc nulls first, o.started_on desc, o.id desc`,
    [personId],
  );
}

/** Present posts; call it with the person locked. */
export function presentPostings(trx: Trx, personId: string): Promise<PostingRow[]> {
  return trx.query<PostingRow>('org.present_postings', `${POSTING} where o.person_id = $1 and o.ended_on is null`, [
    personId,
  ]);
}

export async function findPosting(sql: Sql, id: string): Promise<PostingRow | null> {
  const [row] = await sql.query<PostingRow>('org.posting', `${POSTING} where o.id = $1`, [id]);
  return row ?? null;
}

export async function endPostingOn(trx: Trx, id: string, day: string): Promise<void> {
  await trx.query(
    'org.end_posting',
    'update posting set ended_on = greatest(started_on, $2::date) where id = $1 and ended_on is null',
    [id, day],
  );
}

export async function insertPosting(
  trx: Trx,
  posting: { personId: string; unitId: string; role: Role; title: string | null; startedOn: string },
): Promise<string> {
  const [row] = await trx.query<{ id: string }>(
    'org.insert_posting',
    'insert into posting (person_id, unit_id, role, title, started_on) values ($1,$2,$3,$4,$5) returning id',
    [posting.personId, posting.unitId, posting.role, posting.title, posting.startedOn],
  );
  return row!.id;
}

// ── grants ─────────────────────────────────────────────────────────────

export interface GrantRow {
  id: string;
  person_id: string;
  unit_id: string;
  role: Role;
  title: string | null;
  starts_on: string;
  replaces_posting_id: string | null;
  proposed_by: string;
  status: RoleGrant['status'];
}

export async function findGrant(sql: Sql, id: string): Promise<GrantRow | null> {
  const [row] = await sql.query<GrantRow>(
    'org.grant',
    'select id, person_id, unit_id, role, title, starts_on, replaces_posting_id, proposed_by, status from role_grant where id = $1',
    [id],
  );
  return row ?? null;
}

export async function lockGrant(trx: Trx, id: string): Promise<GrantRow | null> {
  const [row] = await trx.query<GrantRow>(
    'org.lock_grant',
    'select id, person_id, unit_id, role, title, starts_on, replaces_posting_id, proposed_by, status from role_grant where id = $1 for update',
    [id],
  );
  return row ?? null;
}

export async function isProposed(sql: Sql, personId: string, unitId: string, role: Role): Promise<boolean> {
  const rows = await sql.query(
    'org.is_proposed',
    "select 1 from role_grant where person_id = $1 and unit_id = $2 and role = $3 and status = 'pending'",
    [personId, unitId, role],
  );
  return rows.length > 0;
}

export async function insertGrant(
  trx: Trx,
  grant: Omit<GrantRow, 'status'> & { reason: string; proposed_at: Date },
): Promise<void> {
  await trx.query(
    'org.insert_grant',
    `insert into role_grant (id, person_id, unit_id, role, title, starts_on, replaces_posting_id, reason, proposed_by, proposed_at)
     values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
    [
      grant.id,
      grant.person_id,
      grant.unit_id,
      grant.role,
      grant.title,
      grant.starts_on,
      grant.replaces_posting_id,
      grant.reason,
      grant.proposed_by,
      grant.proposed_at,
    ],
  );
}

export async function settleGrant(
  trx: Trx,
  id: string,
  settled: {
    status: 'granted' | 'refused' | 'withdrawn';
    by: string;
    at: Date;
    note: string | null;
    postingId: string | null;
  },
): Promise<void> {
  await trx.query(
    'org.settle_grant',
    'update role_grant set status = $2, decided_by = $3, decided_at = $4, decision_note = $5, posting_id = $6 where id = $1',
    [id, settled.status, settled.by, settled.at, settled.note, settled.postingId],
  );
}

export async function withdrawGrantsOf(trx: Trx, personId: string, by: string, at: Date, note: string): Promise<void> {
  await trx.query(
    'org.withdraw_grants',
    "update role_grant set status = 'withdrawn', decided_by = $2, decided_at = $3, decision_note = $4 where person_id = $1 and status = 'pending'",
    [personId, by, at, note],
  );
}

interface GrantView {
  id: string;
  person_id: string;
  person_name: string;
  staff_no: string;
  unit_id: string;
  unit_name: string;
  role: Role;
  title: string | null;
  starts_on: string;
  old_unit_id: string | null;
  old_unit_name: string | null;
  old_role: Role | null;
  reason: string;
  proposed_by: string;
  proposed_name: string;
  proposed_at: Date;
  status: RoleGrant['status'];
  decided_by: string | null;
  decided_name: string | null;
  decided_at: Date | null;
  decision_note: string | null;
}

/** Grants of one person, or of everybody: what waits (oldest first), or what was settled lately (newest first). */
export async function grantViews(sql: Sql, filter: { personId: string } | { decided: boolean }): Promise<RoleGrant[]> {
  const rows = await sql.query<GrantView>(
    'org.grants',
    `select g.id, g.person_id, p.name as person_name, p.staff_no, g.unit_id, u.name as unit_name, g.role, g.title, g.starts_on,
            ou.id as old_unit_id, ou.name as old_unit_name, o.role as old_role, g.reason, g.proposed_by, b.name as proposed_name,
            g.proposed_at, g.status, g.decided_by, d.name as decided_name, g.decided_at, g.decision_note
       from role_grant g join person p on p.id = g.person_id join unit u on u.id = g.unit_id join person b on b.id = g.proposed_by
       left join person d on d.id = g.decided_by left join posting o on o.id = g.replaces_posting_id left join unit ou on ou.id = o.unit_id
      where ($1::uuid is null or g.person_id = $1) and ($2::boolean is null or (g.status <> 'pending') = $2)
      order by g.decided_at desc nulls first, g.proposed_at limit 200`,
    'personId' in filter ? [filter.personId, null] : [null, filter.decided],
  );
  return rows.map((row) => ({
    id: row.id,
    person: { id: row.person_id, name: row.person_name, staffNo: row.staff_no },
    unit: { id: row.unit_id, name: row.unit_name },
    role: row.role,
    roleLabel: roleDefinition(row.role).label,
    title: row.title,
    startsOn: row.starts_on,
    replaces:
      row.old_unit_id && row.old_unit_name && row.old_role
        ? {
            unit: { id: row.old_unit_id, name: row.old_unit_name },
            roleLabel: roleDefinition(row.old_role).label,
          }
        : null,
    reason: row.reason,
    proposedBy: { id: row.proposed_by, name: row.proposed_name },
    proposedAt: row.proposed_at.toISOString(),
    status: row.status,
    decidedBy: row.decided_by && row.decided_name ? { id: row.decided_by, name: row.decided_name } : null,
    decidedAt: row.decided_at?.toISOString() ?? null,
    decisionNote: row.decision_note,
  }));
}
