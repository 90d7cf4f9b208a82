import type { BodyOf } from '@bihuan/contract';
import type { SavedView, saveMyView } from '@bihuan/contract/identity';
import type { RequestActor } from '../../platform/access/index.ts';
import type { Database, Sql } from '../../platform/db/index.ts';
import { conflict, invalid } from '../../platform/errors.ts';

const MOST_VIEWS = 30;

export async function viewsOf(sql: Sql, actor: RequestActor, list: string): Promise<SavedView[]> {
  const rows = await sql.query<{ id: string; name: string; query: string }>(
    'saved_view.list',
    'select id, name, query from saved_view where account_id = $1 and list = $2 order by sort, name',
    [actor.accountId, list],
  );
  return rows.map(({ query, ...row }) => ({ ...row, query: Object.fromEntries(new URLSearchParams(query)) }));
}

/** @throws Problem 400 when a personal number would be kept in the clear, 409 when there are too many */
export async function saveView(
  db: Database,
  actor: RequestActor,
  { list, name, query }: BodyOf<typeof saveMyView>,
): Promise<SavedView[]> {
  if (Object.values(query).some((value) => /\d{11}/.test(value)))
    throw invalid('视图中不能保存电话、证件号码', [{ field: '/query', message: '请先清除查询框中的号码' }]);
  return db.transaction(async (trx) => {
    await trx.query(null, 'select pg_advisory_xact_lock(hashtext($1))', [`bihuan:views:${actor.accountId}`]);
    await trx.query(
      null,
      `insert into saved_view (account_id, list, name, query) values ($1, $2, $3, $4)
       on conflict (account_id, list, name) do update set query = excluded.query`,
      [actor.accountId, list, name.trim(), new URLSearchParams(query).toString()],
    );
    const views = await viewsOf(trx, actor, list);
    if (views.length > MOST_VIEWS) throw conflict('too_many', `每个列表最多保存 ${MOST_VIEWS} 个视图，请先删除不用的`);
    return views;
  });
}

/** Of another's view nothing is said, not even that it exists. */
export async function dropView(sql: Sql, actor: RequestActor, id: string): Promise<void> {
  await sql.query(null, 'delete from saved_view where id = $1 and account_id = $2', [id, actor.accountId]);
}
