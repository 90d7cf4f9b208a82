import type { NoticeItem } from '@bihuan/contract/notice';
import { complaintScope, type RequestActor, type ScopeCondition } from '../../platform/access/index.ts';
import type { Sql } from '../../platform/db/index.ts';

export const MOST_COUNTED = 100;

/**
 * Addressed to the actor, in the post they act in; and while it is about a complaint, only as long as they may see that
 * complaint: one passed on to another squadron takes its notices with it. Parameters 1 to 3; the scope's follow.
 */
function mine(actor: RequestActor): { scope: ScopeCondition; sql: string; values: unknown[]; next: number } {
  const scope = complaintScope(actor, 'c', 4);
  return {
    scope,
    sql: `(n.person_id = $1::uuid or (n.unit_id = $2::uuid and (n.roles is null or $3 = any(n.roles))))
      and (n.object_type is distinct from 'complaint'
           or exists (select 1 from complaint c where c.id = n.object_id and ${scope.sql}))`,
    values: [actor.personId, actor.unitId, actor.role, ...scope.values],
    next: 4 + scope.values.length,
  };
}

const UNREAD = 'not exists (select 1 from notice_read r where r.notice_id = n.id and r.person_id = $1::uuid)';

export async function listMyNotices(
  sql: Sql,
  actor: RequestActor,
  { unread = false, after, limit = 30 }: { unread?: boolean; after?: string; limit?: number },
): Promise<{ items: NoticeItem[]; next: string | null }> {
  const own = mine(actor);
  const rows = await sql.query<Omit<NoticeItem, 'at'> & { at: Date }>(
    `notice.list.${own.scope.scope}.${unread}`,
    `select n.id, n.kind, n.level, n.title, n.body, n.object_type as "objectType", n.object_id as "objectId",
            n.created_at as at, not ${UNREAD} as read
       from notice n where ${own.sql} and ($${own.next}::uuid is null or n.id < $${own.next}) ${unread ? `and ${UNREAD}` : ''}
      order by n.id desc limit $${own.next + 1}`,
    [...own.values, after ?? null, limit + 1],
  );
  const items = rows.slice(0, limit).map((row) => ({ ...row, at: row.at.toISOString() }));
  return { items, next: rows.length > limit ? items.at(-1)!.id : null };
}

/** At most one more than `MOST_COUNTED`. */
export async function unreadCount(sql: Sql, actor: RequestActor): Promise<number> {
  const own = mine(actor);
  const [row] = await sql.query<{ count: number }>(
    `notice.unread.${own.scope.scope}`,
    `select count(*)::int as count from (
       select 1 from notice n where ${own.sql} and ${UNREAD} limit ${MOST_COUNTED + 1}) counted`,
    own.values,
  );
  return row!.count;
}

/** @returns whether there is such a notice for the actor; reading twice is no error */
export async function markRead(sql: Sql, actor: RequestActor, id: string, now: number): Promise<boolean> {
  const own = mine(actor);
  const rows = await sql.query(
    `notice.mark_read.${own.scope.scope}`,
    `with found as (select n.id from notice n where n.id = $${own.next}::uuid and ${own.sql}),
          marked as (insert into notice_read (notice_id, person_id, read_at)
                     select id, $1::uuid, $${own.next + 1} from found on conflict do nothing)
     select id from found`,
    [...own.values, id, new Date(now)],
  );
  return rows.length > 0;
}

export async function markAllRead(sql: Sql, actor: RequestActor, now: number): Promise<number> {
  const own = mine(actor);
  const rows = await sql.query(
    `notice.mark_all.${own.scope.scope}`,
    `insert into notice_read (notice_id, person_id, read_at)
     select n.id, $1::uuid, $${own.next} from notice n where ${own.sql} and ${UNREAD} on conflict do nothing returning notice_id`,
    [...own.values, new Date(now)],
  );
  return rows.length;
}
