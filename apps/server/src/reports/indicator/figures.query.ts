import {
  type Dimension,
  type Figure,
  type IndicatorId,
  NO_FIGURE,
  type Period,
  type PeriodKind,
  periodInstants,
} from '@bihuan/domain/indicator';
import { formatDay } from '@bihuan/domain/workday';
import type { Sql } from '../../platform/db/index.ts';
import { type Filters, figureStatement, leftOutStatement, type Span } from './statement.query.ts';

export type Figures = Partial<Record<IndicatorId, Figure>>;

export const figureOf = (figures: Figures | undefined, id: IndicatorId): Figure => figures?.[id] ?? NO_FIGURE;

/**
 * @param definitionsOf the period whose definitions apply: like is compared with like, so comparisons pass the period they serve
 */
export function spanOf(period: Period, now: number, filters: Filters, definitionsOf: Period = period): Span {
  const { from, to } = periodInstants(period);
  return {
    from: new Date(from),
    asOf: new Date(Math.max(from, Math.min(to, now))),
    definitionsOn: formatDay(definitionsOf.first),
    filters,
  };
}

interface FigureRecord {
  bucket: string | null;
  key: string | null;
  indicator: IndicatorId;
  numerator: number;
  denominator: number;
  numerator_ids: string[] | null;
  denominator_ids: string[] | null;
}

/** Every indicator of one span by key. A key without any order is absent. */
export async function readFigures(sql: Sql, span: Span, dimension: Dimension): Promise<Map<string | null, Figures>> {
  const statement = figureStatement(span, { dimension });
  const rows = await sql.query<FigureRecord>(statement.name, statement.text, statement.values);
  return collect(rows, (row) => row.key);
}

/** Every indicator of one span by period of the given kind (its text). */
export async function readTrend(sql: Sql, span: Span, bucket: PeriodKind): Promise<Map<string | null, Figures>> {
  const statement = figureStatement(span, { dimension: 'district', bucket });
  const rows = await sql.query<FigureRecord>(statement.name, statement.text, statement.values);
  return collect(rows, (row) => row.bucket);
}

function collect(rows: readonly FigureRecord[], by: (row: FigureRecord) => string | null): Map<string | null, Figures> {
  const map = new Map<string | null, Record<string, Figure>>();
  for (const row of rows) {
    const figures = map.get(by(row)) ?? {};
    figures[row.indicator] = { numerator: row.numerator, denominator: row.denominator };
    map.set(by(row), figures);
  }
  return map as Map<string | null, Figures>;
}

export interface OrderIds {
  readonly numerator: readonly string[];
  /** Orders handled twice in the period are in it twice: the length is the denominator. */
  readonly denominator: readonly string[];
}

/** The complaints behind every figure of a span, in one statement. */
export async function readOrderIds(
  sql: Sql,
  span: Span,
  dimension: Dimension,
): Promise<Map<string | null, Partial<Record<IndicatorId, OrderIds>>>> {
  const statement = figureStatement(span, { dimension, withIds: true });
  const rows = await sql.query<FigureRecord>(null, statement.text, statement.values);
  const map = new Map<string | null, Partial<Record<IndicatorId, OrderIds>>>();
  for (const row of rows) {
    const ids = { numerator: row.numerator_ids ?? [], denominator: row.denominator_ids ?? [] };
    map.set(row.key, { ...map.get(row.key), [row.indicator]: ids });
  }
  return map;
}

export async function readLeftOut(
  sql: Sql,
  span: Span,
  dimension: Dimension,
): Promise<Map<string | null, { excluded: number; declined: number }>> {
  const statement = leftOutStatement(span, dimension);
  const rows = await sql.query<{ key: string | null; excluded: number; declined: number }>(
    statement.name,
    statement.text,
    statement.values,
  );
  return new Map(rows.map(({ key, excluded, declined }) => [key, { excluded, declined }]));
}

export interface Label {
  readonly key: string;
  readonly label: string;
  readonly group: string | null;
  readonly hot: boolean;
  readonly ranked: boolean;
}

/**
 * What a dimension's keys are called, in the bureau's order. Open squadrons, towns and categories are listed with or without
 * orders; people and closed units only when the period has some (`present`).
 */
export async function readLabels(sql: Sql, dimension: Dimension, present: readonly string[]): Promise<Label[]> {
  switch (dimension) {
    case 'district':
      return [];
    case 'unit':
    case 'town':
      return sql.query<Label & object>(
        `indicator.labels.${dimension}`,
        `select id::text as key, short_name as label, null as "group", false as hot, kind = '${dimension === 'unit' ? 'squadron' : 'town'}' as ranked
           from unit where (kind = '${dimension === 'unit' ? 'squadron' : 'town'}' and closed_at is null) or id = any($1::uuid[]) order by sort, code`,
        [present],
      );
    case 'officer':
      return sql.query<Label & object>(
        'indicator.labels.officer',
        `select p.id::text as key, p.name as label, false as hot, true as ranked,
                (select u.short_name from posting o join unit u on u.id = o.unit_id where o.person_id = p.id order by o.ended_on is null desc, o.started_on desc limit 1) as "group"
           from person p where p.id = any($1::uuid[]) order by p.staff_no`,
        [present],
      );
    case 'category':
      return sql.query<Label & object>(
        'indicator.labels.category',
        `select c.code as key, c.name as label, g.name as "group", c.hot, true as ranked
           from category c left join category g on g.code = c.parent_code
          where (c.closed_at is null and c.parent_code is not null) or c.code = any($1::text[]) order by c.sort, c.code`,
        [present],
      );
  }
}

/** When the last order began, by `now`: one step from the end of an index. */
export async function lastOrderAt(sql: Sql, now: number): Promise<number | null> {
  const [row] = await sql.query<{ at: Date | null }>(
    'indicator.lastOrder',
    'select max(started_at) as at from handling_round where round = 1 and excluded_at is null and declined_at is null and started_at <= $1',
    [new Date(now)],
  );
  return row!.at?.getTime() ?? null;
}
