import type { ShiftSet, SpecialDay } from '@bihuan/contract/dictionary';
import type { Sql, Trx } from '../../platform/db/index.ts';

export interface YearRow {
  readonly id: string;
  readonly announced: boolean;
  readonly source: string | null;
  readonly version: number;
  readonly changed_by: string | null;
  readonly changed_by_name: string | null;
  readonly changed_at: Date | null;
}
type Row = YearRow & Record<string, unknown>;

export async function listYears(
  sql: Sql,
): Promise<{ year: number; announced: boolean; holidays: number; makeups: number }[]> {
  return sql.query(
    'calendar.years',
    `select y.year, y.announced, (count(d.day) filter (where d.kind = 'holiday'))::int as holidays, (count(d.day) filter (where d.kind = 'makeup'))::int as makeups
       from calendar_year y left join calendar_day d on extract(year from d.day) = y.year group by y.year, y.announced order by y.year`,
  );
}

const YEAR = `select y.id, y.announced, y.source, y.version, y.changed_by, p.name as changed_by_name, y.changed_at
  from calendar_year y left join person p on p.id = y.changed_by where y.year = $1`;

export async function readYear(sql: Sql, year: number): Promise<YearRow | null> {
  const [row] = await sql.query<Row>('calendar.year', YEAR, [year]);
  return row ?? null;
}

export async function lockYear(trx: Trx, year: number): Promise<YearRow | null> {
  const [row] = await trx.query<Row>('calendar.lock_year', `${YEAR} for update of y`, [year]);
  return row ?? null;
}

export async function readDays(sql: Sql, year: number): Promise<SpecialDay[]> {
  return sql.query<SpecialDay>(
    'calendar.days',
    'select day, kind, note from calendar_day where day between make_date($1, 1, 1) and make_date($1, 12, 31) order by day',
    [year],
  );
}

/** Replaces the whole year. @returns the year's id */
export async function storeYear(
  trx: Trx,
  year: number,
  values: { announced: boolean; source: string | null; days: readonly SpecialDay[] },
  by: { personId: string; at: Date },
): Promise<string> {
  await trx.query(
    'calendar.clear',
    'delete from calendar_day where day between make_date($1, 1, 1) and make_date($1, 12, 31)',
    [year],
  );
  await trx.query(
    'calendar.fill',
    'insert into calendar_day (day, kind, note) select * from unnest($1::date[], $2::text[], $3::text[])',
    [values.days.map(({ day }) => day), values.days.map(({ kind }) => kind), values.days.map(({ note }) => note)],
  );
  const [row] = await trx.query<{ id: string }>(
    'calendar.store',
    `insert into calendar_year (year, announced, source, changed_by, changed_at) values ($1,$2,$3,$4,$5)
     on conflict (year) do update set announced = $2, source = $3, changed_by = $4, changed_at = $5, version = calendar_year.version + 1 returning id`,
    [year, values.announced, values.source, by.personId, by.at],
  );
  return row!.id;
}

/** @param today 'YYYY-MM-DD' */
export async function listShiftSets(sql: Sql, today: string): Promise<ShiftSet[]> {
  const rows = await sql.query<{
    day: string;
    spans: ShiftSet['spans'];
    by: string | null;
    name: string | null;
    at: Date | null;
  }>(
    'shifts.list',
    `select w.effective_from as day, json_agg(json_build_object('starts', w.starts, 'ends', w.ends) order by w.starts) as spans,
            w.changed_by as by, p.name, w.changed_at as at
       from work_shift w left join person p on p.id = w.changed_by
      group by w.effective_from, w.changed_by, p.name, w.changed_at order by w.effective_from desc`,
  );
  const current = rows.find(({ day }) => day <= today)?.day ?? null;
  return rows.map(({ day, spans, by, name, at }, index) => ({
    effectiveFrom: day,
    state: day > today ? 'coming' : day === current ? 'now' : 'past',
    spans,
    withdrawable: index < rows.length - 1,
    changedBy: by === null ? null : { id: by, name: name ?? '' },
    changedAt: at?.toISOString() ?? null,
  }));
}

export async function insertShifts(
  trx: Trx,
  effectiveFrom: string,
  spans: ShiftSet['spans'],
  by: { personId: string; at: Date },
): Promise<void> {
  await trx.query(
    'shifts.insert',
    'insert into work_shift (starts, ends, effective_from, changed_by, changed_at) select s, e, $3, $4, $5 from unnest($1::int[], $2::int[]) as x(s, e)',
    [spans.map(({ starts }) => starts), spans.map(({ ends }) => ends), effectiveFrom, by.personId, by.at],
  );
}

export async function deleteShifts(trx: Trx, effectiveFrom: string): Promise<void> {
  await trx.query('shifts.delete', 'delete from work_shift where effective_from = $1', [effectiveFrom]);
}

/** The day of shifts that began to hold by the calendar and for which no order has been looked at again since. */
export async function shiftsToApply(sql: Sql, today: string): Promise<string | null> {
  const [row] = await sql.query<{ day: string }>(
    'shifts.to_apply',
    `select w.effective_from as day from work_shift w
      where w.effective_from = (select max(effective_from) from work_shift where effective_from <= $1)
        and w.changed_at is not null and not exists (select 1 from deadline_recompute r where r.shifts_from = w.effective_from and r.asked_at >= w.changed_at)
      limit 1`,
    [today],
  );
  return row?.day ?? null;
}
