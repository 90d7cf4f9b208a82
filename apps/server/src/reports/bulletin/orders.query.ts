import type { ResponseOf } from '@bihuan/contract';
import type { bulletinOrders } from '@bihuan/contract/bulletin';
import type { BulletinFigure } from '@bihuan/domain/bulletin';
import type { Status } from '@bihuan/domain/complaint';
import type { Part } from '@bihuan/domain/indicator';
import { complaintScope, type RequestActor } from '../../platform/access/index.ts';
import type { Sql } from '../../platform/db/index.ts';
import { notFound } from '../../platform/errors.ts';

/** How often an order stands in a part of a figure: it is there once for each handling that was counted. */
const TIMES: Readonly<Record<Part, string>> = {
  denominator: 'd.n',
  numerator: 'coalesce(m.n, 0)',
  missed: 'd.n - coalesce(m.n, 0)',
};

/**
 * The orders frozen behind a figure, as far as the actor may see them; what lies outside is only counted.
 * @throws Problem 404 when the bulletin has no such figure
 */
export async function ordersBehind(
  sql: Sql,
  actor: RequestActor,
  request: { bulletinId: string; key: string; part: Part; after: string | null; limit: number },
): Promise<ResponseOf<typeof bulletinOrders>> {
  const { bulletinId, key, part, after, limit } = request;
  const [figure] = await sql.query<BulletinFigure & object>(
    null,
    'select key, label, value, numerator, denominator, data from bulletin_figure where bulletin_id = $1 and key = $2',
    [bulletinId, key],
  );
  if (!figure) throw notFound('数据');
  const scope = complaintScope(actor, 'c', 3);
  const next = 3 + scope.values.length;
  const behind = `with f as (select numerator_ids, denominator_ids from bulletin_figure where bulletin_id = $1 and key = $2),
       d as (select id, count(*)::int as n from f, unnest(f.denominator_ids) id group by 1),
       m as (select id, count(*)::int as n from f, unnest(f.numerator_ids) id group by 1),
       p as (select d.id, ${TIMES[part]} as times from d left join m using (id) where ${TIMES[part]} > 0)`;
  const [counts] = await sql.query<{ total: number; orders: number; visible: number }>(
    null,
    `${behind} select coalesce(sum(p.times), 0)::int as total, count(*)::int as orders, count(c.id)::int as visible
       from p left join complaint c on c.id = p.id and ${scope.sql}`,
    [bulletinId, key, ...scope.values],
  );
  const rows = await sql.query<{
    id: string;
    number: string;
    title: string;
    status: Status;
    unit_id: string | null;
    unit_name: string | null;
    category: string | null;
    received_at: Date;
    times: number;
  }>(
    null,
    `${behind} select c.id, c.number, c.title, c.status, c.unit_id, u.short_name as unit_name, k.name as category, c.received_at, p.times
       from p join complaint c on c.id = p.id left join unit u on u.id = c.unit_id left join category k on k.code = c.category_code
      where ${scope.sql} and ($${next}::uuid is null or c.id < $${next}) order by c.id desc limit $${next + 1}`,
    [bulletinId, key, ...scope.values, after, limit + 1],
  );
  const items = rows.slice(0, limit);
  return {
    figure,
    ...counts!,
    items: items.map((row) => ({
      id: row.id,
      number: row.number,
      title: row.title,
      status: row.status,
      unit: row.unit_id === null ? null : { id: row.unit_id, name: row.unit_name ?? '' },
      category: row.category,
      receivedAt: row.received_at.toISOString(),
      times: row.times,
    })),
    next: rows.length > limit ? items.at(-1)!.id : null,
  };
}
