import type { BoardRow, RectificationBoard } from '@bihuan/contract/rectification';
import { AGE_BANDS, RECTIFICATION_SOURCES } from '@bihuan/domain/rectification';
import { dateAt } from '@bihuan/domain/workday';
import type { RequestActor } from '../../platform/access/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { scopedLedger } from './rectification.query.ts';

const DAY = 86_400_000;
/** The period looked at when none is asked for. */
const USUAL_DAYS = 30;
const DEFINITION =
  '未销号、超期、待核验按此刻计；下发按下发日期，销号、按时按销号日期计。按时指最后一次提交核验不晚于时限，等待核验、裁定的时间不计入时限。已撤销的只计入下发。';

interface Row {
  readonly [column: string]: unknown;
  readonly unit_id: string;
  readonly unit_name: string;
  readonly person_id: string | null;
  readonly person_name: string | null;
  readonly source: keyof typeof RECTIFICATION_SOURCES;
  readonly type_code: string;
  readonly type_name: string;
  readonly open: number;
  readonly overdue: number;
  readonly waiting: number;
  readonly week: number;
  readonly fortnight: number;
  readonly month: number;
  readonly older: number;
  readonly closed: number;
  readonly on_time: number;
  readonly sent_back: number;
  readonly recurrences: number;
  readonly issued: number;
}

/**
 * Counts by unit, person, source, type and age. Read by three indexes: what is open, what was closed and what was issued in
 * the period; what lies longer back costs nothing.
 */
export async function rectificationBoardOf(
  deps: Pick<Deps, 'db' | 'clock'>,
  actor: RequestActor,
  query: { from?: string; to?: string },
): Promise<RectificationBoard> {
  const now = deps.clock.now();
  const to = query.to ?? dateAt(now);
  const from = query.from ?? dateAt(now - USUAL_DAYS * DAY);
  const where = scopedLedger(actor);
  const start = where.parameter(new Date(`${from}T00:00:00+08:00`));
  const end = where.parameter(new Date(Date.parse(`${to}T00:00:00+08:00`) + DAY));
  const at = where.parameter(new Date(now));
  const band = (key: keyof typeof AGE_BANDS) => {
    const { from: least, to: most } = AGE_BANDS[key];
    const older = `r.issued_at <= ${at}::timestamptz - interval '${least} days'`;
    return `count(*) filter (where is_open and ${older}${most === null ? '' : ` and r.issued_at > ${at}::timestamptz - interval '${most} days'`})::int as ${key}`;
  };
  const rows = await deps.db.query<Row>(
    null,
    `with r as (
       select r.*, true as is_open, false as was_closed, false as was_issued from rectification r where r.status not in ('closed','cancelled') and ${where.sql}
       union all
       select r.*, false, true, false from rectification r where r.closed_at >= ${start} and r.closed_at < ${end} and ${where.sql}
       union all
       select r.*, false, false, true from rectification r where r.issued_at >= ${start} and r.issued_at < ${end} and ${where.sql})
     select r.owner_unit_id as unit_id, u.name as unit_name, r.owner_person_id as person_id, p.name as person_name, r.source, r.type_code, t.name as type_name,
            count(*) filter (where is_open)::int as open,
            count(*) filter (where is_open and r.status = 'open' and r.due_at < ${at})::int as overdue,
            count(*) filter (where is_open and r.status <> 'open')::int as waiting,
            ${(Object.keys(AGE_BANDS) as (keyof typeof AGE_BANDS)[]).map(band).join(',\n            ')},
            count(*) filter (where was_closed)::int as closed,
            count(*) filter (where was_closed and r.submitted_at <= r.due_at)::int as on_time,
            count(*) filter (where was_closed and r.sent_back_count > 0)::int as sent_back,
            count(*) filter (where was_issued and r.recurrence_of is not null)::int as recurrences,
            count(*) filter (where was_issued)::int as issued
       from r join unit u on u.id = r.owner_unit_id left join person p on p.id = r.owner_person_id join rectification_type t on t.code = r.type_code
      group by 1, 2, 3, 4, 5, 6, 7`,
    where.values,
  );
  return {
    from,
    to,
    definition: DEFINITION,
    total: sum('all', '合计', rows),
    units: grouped(rows, ({ unit_id, unit_name }) => [unit_id, unit_name]),
    people: grouped(rows, ({ person_id, person_name, unit_name }) =>
      person_id === null ? null : [person_id, `${person_name}（${unit_name}）`],
    ),
    sources: grouped(rows, ({ source }) => [source, RECTIFICATION_SOURCES[source]]),
    types: grouped(rows, ({ type_code, type_name }) => [type_code, type_name]),
  };
}

function sum(key: string, name: string, rows: readonly Row[]): BoardRow {
  const of = (column: keyof Row) => rows.reduce((total, row) => total + (row[column] as number), 0);
  return {
    key,
    name,
    open: of('open'),
    overdue: of('overdue'),
    waiting: of('waiting'),
    ages: { week: of('week'), fortnight: of('fortnight'), month: of('month'), older: of('older') },
    closed: of('closed'),
    onTime: of('on_time'),
    sentBack: of('sent_back'),
    recurrences: of('recurrences'),
    issued: of('issued'),
  };
}

function grouped(rows: readonly Row[], by: (row: Row) => readonly [key: string, name: string] | null): BoardRow[] {
  const groups = new Map<string, { name: string; rows: Row[] }>();
  for (const row of rows) {
    const group = by(row);
    if (!group) continue;
    const known = groups.get(group[0]);
    if (known) known.rows.push(row);
    else groups.set(group[0], { name: group[1], rows: [row] });
  }
  return [...groups]
    .map(([key, group]) => sum(key, group.name, group.rows))
    .sort(
      (a, b) => b.overdue - a.overdue || b.open - a.open || b.issued - a.issued || a.name.localeCompare(b.name, 'zh'),
    );
}
