import type { Database } from '../../platform/db/index.ts';

const STEP = 20_000;

/** Orders by the hundred thousand, made inside the database: spread evenly over days, units, categories and officers. */
export async function insertMany(
  db: Database,
  source: string,
  options: { orders: number; from: string; to: string },
): Promise<void> {
  // In steps: one statement for all would outlast the statement timeout on a busy machine.
  for (let first = 1; first <= options.orders; first += STEP) {
    await db.query(
      null,
      `with unit_list as (select array_agg(id order by code) as ids, array_agg(town_id order by code) as towns from unit where kind = 'squadron'),
          people as (select array_agg(id) as ids from person),
          categories as (select array_agg(code) as codes from category where parent_code is not null),
          base as (
            select uuidv7() as id, n, $3::timestamptz + ($4::timestamptz - $3::timestamptz) * (n::float8 / $1::int) as at,
                   1 + n % array_length(u.ids, 1) as i, u.ids, u.towns, p.ids[1 + n % array_length(p.ids, 1)] as officer,
                   c.codes[1 + n % array_length(c.codes, 1)] as category
              from generate_series($5::int, $6::int) n, unit_list u, people p, categories c),
          orders as (
            insert into complaint (id, number, source_id, kind, urgency, title, content, status, unit_id, town_id, officer_id, category_code, received_at, due_at, closed_at)
            select id, 'M' || n, $2, 'ordinary', 'normal', '测试诉件', '测试内容', case when n % 50 = 0 then 'handling' else 'closed' end,
                   ids[i], towns[i], officer, category, at, at + interval '7 days', case when n % 50 = 0 then null else at + interval '6 days' end from base)
     insert into handling_round (complaint_id, round, kind, urgency, category_code, unit_id, town_id, officer_id, started_at, first_contact_due_at, due_at,
            first_contact_at, concluded_at, followed_up_at, reached, solved, satisfaction, reopened, excluded_at)
     select id, 1, 'ordinary', 'normal', category, ids[i], towns[i], officer, at, at + interval '1 day', at + interval '7 days',
            at + interval '1 hour' * (n % 30), case when n % 50 = 0 then null else at + interval '1 hour' * (24 + n % 160) end,
            case when n % 50 = 0 then null else at + interval '8 days' end, n % 5 > 0, n % 7 > 1, case n % 6 when 0 then 'dissatisfied' when 1 then 'neutral' else 'satisfied' end,
            n % 7 <= 1, case when n % 40 = 0 then at end
       from base`,
      [options.orders, source, options.from, options.to, first, Math.min(options.orders, first + STEP - 1)],
    );
  }
}
