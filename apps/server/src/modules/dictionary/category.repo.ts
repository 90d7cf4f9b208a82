import type { CategoryFilter, CategoryItem } from '@bihuan/contract/dictionary';
import type { Sql, Trx } from '../../platform/db/index.ts';

export interface CategoryRow {
  readonly id: string;
  readonly code: string;
  readonly parent_code: string | null;
  readonly name: string;
  readonly keywords: string[];
  readonly hot: boolean;
  readonly sort: number;
  readonly closed_at: Date | null;
  readonly version: number;
}
export interface CategoryValues {
  name: string;
  parentCode: string | null;
  keywords: string[];
  hot: boolean;
  sort: number;
}
type Row = CategoryRow & Record<string, unknown>;

/** Counted once for all, not category by category. */
const ITEM = `
select c.id, c.code, c.parent_code as "parentCode", p.name as "parentName", c.name, c.keywords, c.hot, c.sort,
       c.closed_at is not null as closed, c.version, coalesce(u.used, 0) as used, coalesce(u.open, 0) as open,
       u.used is null and not exists (select 1 from category k where k.parent_code = c.code)
         and not exists (select 1 from statement_template t where t.category_code = c.code) as removable
  from category c
  left join category p on p.code = c.parent_code
  left join (select o.category_code, count(*)::int as used, (count(*) filter (where o.status not in ('closed', 'declined')))::int as open
               from complaint o group by o.category_code) u on u.category_code = c.code`;

/** Also when an order has since been filed elsewhere: an earlier round of it keeps the category. */
export async function isCategoryReferred(sql: Sql, code: string): Promise<boolean> {
  const rows = await sql.query(
    'category.referred',
    `select 1 where exists (select 1 from complaint where category_code = $1) or exists (select 1 from handling_round where category_code = $1)
       or exists (select 1 from category where parent_code = $1) or exists (select 1 from statement_template where category_code = $1)`,
    [code],
  );
  return rows.length > 0;
}

/** Groups before their members, in their order. */
const ORDER = {
  tree: 'coalesce(p.sort, c.sort), coalesce(p.code, c.code), c.parent_code is not null, c.sort, c.code',
  name: 'c.name, c.code',
  used: 'u.used desc nulls last, c.code',
} as const;

export async function listCategoryItems(sql: Sql, filter: CategoryFilter): Promise<CategoryItem[]> {
  const order = ORDER[filter.sort ?? 'tree'];
  return sql.query<CategoryItem>(
    null,
    `${ITEM}
     where ($1::text is null or c.name ilike $1 or c.code ilike $1 or array_to_string(c.keywords, ' ') ilike $1)
       and ($2::text is null or c.parent_code = $2 or c.code = $2)
       and ($3::text is null or (c.closed_at is null) = ($3 = 'open'))
       and ($4::boolean is null or c.hot = $4)
     order by ${order}`,
    [filter.q ? `%${likeText(filter.q)}%` : null, filter.parentCode ?? null, filter.state ?? null, filter.hot ?? null],
  );
}

/** Searched for as it is written. */
export const likeText = (text: string): string => text.trim().replace(/[\\%_]/g, '\\$&');

export async function readCategoryItem(sql: Sql, id: string): Promise<CategoryItem | null> {
  const [row] = await sql.query<CategoryItem>('category.item', `${ITEM} where c.id = $1`, [id]);
  return row ?? null;
}

const ROW = 'select id, code, parent_code, name, keywords, hot, sort, closed_at, version from category';

export async function lockCategory(trx: Trx, id: string): Promise<CategoryRow | null> {
  const [row] = await trx.query<Row>('category.lock', `${ROW} where id = $1 for update`, [id]);
  return row ?? null;
}

/** Held in share, so that it is not retired or moved while something is put below it. */
export async function holdCategory(trx: Trx, code: string): Promise<CategoryRow | null> {
  const [row] = await trx.query<Row>('category.hold', `${ROW} where code = $1 for share`, [code]);
  return row ?? null;
}

export async function countMembers(trx: Trx, code: string): Promise<{ all: number; open: number }> {
  const [row] = await trx.query<{ all: number; open: number }>(
    'category.members',
    'select count(*)::int as all, (count(*) filter (where closed_at is null))::int as open from category where parent_code = $1',
    [code],
  );
  return row!;
}

export async function insertCategory(trx: Trx, code: string, values: CategoryValues): Promise<string> {
  const [row] = await trx.query<{ id: string }>(
    'category.insert',
    'insert into category (code, name, parent_code, keywords, hot, sort) values ($1,$2,$3,$4,$5,$6) returning id',
    [code, values.name, values.parentCode, values.keywords, values.hot, values.sort],
  );
  return row!.id;
}

export async function updateCategory(trx: Trx, id: string, values: CategoryValues): Promise<void> {
  await trx.query(
    'category.update',
    'update category set name = $2, parent_code = $3, keywords = $4, hot = $5, sort = $6, version = version + 1 where id = $1',
    [id, values.name, values.parentCode, values.keywords, values.hot, values.sort],
  );
}

export async function closeCategory(trx: Trx, id: string, at: Date | null): Promise<void> {
  await trx.query('category.close', 'update category set closed_at = $2, version = version + 1 where id = $1', [
    id,
    at,
  ]);
}

export async function deleteCategory(trx: Trx, id: string): Promise<void> {
  await trx.query('category.delete', 'delete from category where id = $1', [id]);
}
