import type { OrderBehind } from '@bihuan/contract/indicator';
import type { IndicatorId, Part } from '@bihuan/domain/indicator';
import { complaintScope, type RequestActor } from '../../platform/access/index.ts';
import type { Sql } from '../../platform/db/index.ts';
import { invalid } from '../../platform/errors.ts';
import { orderSource, type Span } from './statement.query.ts';

export interface OrderPage {
  readonly items: OrderBehind[];
  readonly next: string | null;
}

/** How many handlings a part of a figure has, and how many of them the actor may see. */
export async function countOrders(
  sql: Sql,
  actor: RequestActor,
  indicator: IndicatorId,
  span: Span,
  part: Part,
): Promise<{ total: number; visible: number }> {
  const source = orderSource(indicator, span, part);
  const scope = complaintScope(actor, 'c', source.nextParameter);
  const [row] = await sql.query<{ total: number; visible: number }>(
    `ord.n/${source.name}/${scope.scope}`,
    `select count(*)::int as total, count(*) filter (where ${scope.scope === 'district' ? 'true' : `exists (select 1 from complaint c where c.id = r.complaint_id and ${scope.sql})`})::int as visible
  from ${source.from}`,
    [...source.values, ...scope.values],
  );
  return row!;
}

interface OrderRecord
  extends Omit<
    OrderBehind,
    'category' | 'unit' | 'town' | 'officer' | 'startedAt' | 'dueAt' | 'concludedAt' | 'countedAt'
  > {
  category: string | null;
  unit_id: string | null;
  unit_name: string | null;
  town_id: string | null;
  town_name: string | null;
  officer_id: string | null;
  officer_name: string | null;
  started_at: Date;
  due_at: Date;
  concluded_at: Date | null;
  counted_at: Date;
  cursor: string;
}

/** The handlings behind a part of a figure that the actor may see, newest first. @throws Problem 400 for a cursor that is not ours */
export async function listOrders(
  sql: Sql,
  actor: RequestActor,
  indicator: IndicatorId,
  span: Span,
  part: Part,
  page: { after: string | null; limit: number },
): Promise<OrderPage> {
  const source = orderSource(indicator, span, part);
  const scope = complaintScope(actor, 'c', source.nextParameter);
  const next = source.nextParameter + scope.values.length;
  const after = page.after === null ? null : readCursor(page.after);
  const rows = await sql.query<OrderRecord>(
    `ord/${source.name}/${scope.scope}/${after ? 'next' : ''}`,
    `select c.id, o.round, c.number, c.title, c.status, k.name as category, o.unit_id, u.short_name as unit_name, o.town_id, t.short_name as town_name,
       o.officer_id, p.name as officer_name, o.started_at, o.due_at, o.concluded_at, o.counted_at, o.hit, o.counted_at::text as cursor
  from (select r.*, ${source.column} as counted_at, ${source.hit} as hit from ${source.from}) o
  join complaint c on c.id = o.complaint_id
  left join category k on k.code = o.category_code
  left join unit u on u.id = o.unit_id
  left join unit t on t.id = o.town_id
  left join person p on p.id = o.officer_id
 where ${scope.sql}${after ? ` and (o.counted_at, o.complaint_id, o.round) < ($${next + 1}::timestamptz, $${next + 2}::uuid, $${next + 3}::smallint)` : ''}
 order by o.counted_at desc, o.complaint_id desc, o.round desc limit $${next}`,
    [...source.values, ...scope.values, page.limit + 1, ...(after ?? [])],
  );
  const items = rows.slice(0, page.limit);
  const last = items.at(-1);
  return {
    items: items.map(toOrder),
    next: rows.length > page.limit && last ? writeCursor([last.cursor, last.id, String(last.round)]) : null,
  };
}

function toOrder(row: OrderRecord): OrderBehind {
  const ref = (id: string | null, name: string | null) => (id === null ? null : { id, name: name ?? '' });
  return {
    id: row.id,
    round: row.round,
    number: row.number,
    title: row.title,
    status: row.status,
    category: row.category,
    unit: ref(row.unit_id, row.unit_name),
    town: ref(row.town_id, row.town_name),
    officer: ref(row.officer_id, row.officer_name),
    startedAt: row.started_at.toISOString(),
    dueAt: row.due_at.toISOString(),
    concludedAt: row.concluded_at?.toISOString() ?? null,
    countedAt: row.counted_at.toISOString(),
    hit: row.hit,
  };
}

const writeCursor = (parts: readonly string[]): string => Buffer.from(parts.join('|')).toString('base64url');

function readCursor(text: string): readonly string[] {
  const parts = Buffer.from(text, 'base64url').toString().split('|');
  const [at = '', id = '', round = ''] = parts;
  if (parts.length !== 3 || !/^[\d :.+-]{19,40}$/.test(at) || !/^[0-9a-f-]{36}$/.test(id) || !/^\d{1,4}$/.test(round)) {
    throw invalid('翻页位置无效，请回到第一页');
  }
  return parts;
}
