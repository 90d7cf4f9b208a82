import type { FigureCell, FigureRow, HotOrder, PeriodAnalysis } from '@bihuan/contract/indicator';
import { type BulletinFigure, type FigureData, figureIn, type ListedOrder } from '@bihuan/domain/bulletin';
import {
  figureKey,
  INDICATORS,
  type IndicatorId,
  type Period,
  periodLabel,
  periodsUpTo,
  previousPeriod,
  RATE_IDS,
  samePeriodLastYear,
} from '@bihuan/domain/indicator';
import type { Database, Sql } from '../../platform/db/index.ts';
import { analysePeriod, idsBehind } from '../analysis/index.ts';
import { type OrderIds, readOrderIds, spanOf } from '../indicator/index.ts';
import { leftOutIds, oneMoment } from './take-figures.query.ts';

/** A figure with the orders behind it; an order counted twice in the period is there twice. */
export interface TakenFigure extends BulletinFigure {
  readonly numeratorIds: readonly string[];
  readonly denominatorIds: readonly string[];
}

export interface Taken {
  readonly asOf: number;
  readonly figures: readonly TakenFigure[];
}

const DAY_MS = 86_400_000;
/** Periods in the trend chart. */
export const TREND_PERIODS = 12;
const NONE: OrderIds = { numerator: [], denominator: [] };

/**
 * All numbers of a bulletin and the orders behind each, from one moment of the database. What belongs to the period is decided by
 * the indicators' definitions up to its end, whenever this is called.
 */
export function takeFigures(db: Database, period: Period, now: number): Promise<Taken> {
  return db.transaction(async (trx) => {
    await oneMoment(trx);
    const analysis = await analysePeriod(trx, { period, now, reader: 'everything' });
    const behind = await idsBehind(trx, { period, now });
    const asOf = Date.parse(analysis.period.asOf);
    const ids = (key: string): OrderIds => {
      const found = behind.get(key);
      return found ? { numerator: found.numeratorIds, denominator: found.denominatorIds } : NONE;
    };
    const districtName = '全区';
    return {
      asOf,
      figures: [
        ...rowFigures(analysis, analysis.district, districtName, ['volume', ...RATE_IDS], 0, ids),
        ...analysis.squadrons.flatMap((row, index) =>
          rowFigures(analysis, row, row.label, ['volume', ...RATE_IDS], index, ids),
        ),
        ...analysis.categories.flatMap((row, index) => rowFigures(analysis, row, row.label, ['volume'], index, ids)),
        ...(await comparisons(trx, period, now, analysis)),
        ...selections(analysis, period, asOf, ids),
        ...(await leftOut(trx, period, now)),
      ],
    };
  });
}

function figure(key: string, label: string, ids: OrderIds, data: FigureData): TakenFigure {
  const [numerator, denominator] = [ids.numerator.length, ids.denominator.length];
  const rate = denominator === 0 ? null : numerator / denominator;
  return {
    key,
    label,
    value: data.kind === 'rate' ? rate : numerator,
    numerator,
    denominator,
    // In one order, so that two freezings can be compared.
    numeratorIds: ids.numerator.toSorted(),
    denominatorIds: ids.denominator.toSorted(),
    data,
  };
}

const kindOf = (id: IndicatorId): 'count' | 'rate' => INDICATORS[id].kind;

function rowFigures(
  { period, versions }: PeriodAnalysis,
  row: FigureRow,
  name: string,
  indicators: readonly IndicatorId[],
  position: number,
  ids: (key: string) => OrderIds,
): TakenFigure[] {
  return indicators.map((id) => {
    const cell = row.figures[id]!;
    return figure(cell.key, `${name}${INDICATORS[id].label}`, ids(cell.key), {
      kind: kindOf(id),
      indicator: id,
      version: versions[id]!,
      period: period.text,
      name,
      position,
      ...(row.hot ? { hot: true } : {}),
      ...(kindOf(id) === 'rate' ? standing(cell) : {}),
    });
  });
}

function standing({ low, high, rank, tied, rankChange, small, clearlyBehind }: FigureCell): Partial<FigureData> {
  return { low, high, rank, tied, rankChange, small, behind: clearlyBehind };
}

/**
 * The same figures of other periods: the previous one (district, squadrons, categories), the same one last year, and the trend.
 * Counted by the definitions of the bulletin's own period.
 */
async function comparisons(sql: Sql, period: Period, now: number, analysis: PeriodAnalysis): Promise<TakenFigure[]> {
  const previous = previousPeriod(period);
  const lastYear = samePeriodLastYear(period);
  const others = new Map(
    [...periodsUpTo(period, TREND_PERIODS), previous, lastYear]
      .filter(({ text }) => text !== period.text)
      .map((one) => [one.text, one]),
  );
  const figures: TakenFigure[] = [];
  const add = (id: IndicatorId, key: string, of: Period, name: string, ids: OrderIds | undefined) =>
    figures.push(
      figure(figureIn(key, of), `${name}${INDICATORS[id].label}（${periodLabel(of)}）`, ids ?? NONE, {
        kind: kindOf(id),
        indicator: id,
        version: analysis.versions[id]!,
        period: of.text,
        name,
      }),
    );
  for (const other of others.values()) {
    const district = (await readOrderIds(sql, spanOf(other, now, {}, period), 'district')).get(null);
    const compared = other.text === previous.text || other.text === lastYear.text;
    for (const id of compared ? (['volume', ...RATE_IDS] as const) : (['volume', 'resolution'] as const)) {
      add(id, figureKey(id, 'district', null), other, '全区', district?.[id]);
    }
  }
  const span = spanOf(previous, now, {}, period);
  const units = await readOrderIds(sql, span, 'unit');
  for (const { key, label } of analysis.squadrons) {
    for (const id of ['volume', ...RATE_IDS] as const)
      add(id, figureKey(id, 'unit', key), previous, label, units.get(key)?.[id]);
  }
  const categories = await readOrderIds(sql, span, 'category');
  for (const { key, label } of analysis.categories)
    add('volume', figureKey('volume', 'category', key), previous, label, categories.get(key)?.volume);
  return figures;
}

/** Counts and lists that choose among the others. */
function selections(
  analysis: PeriodAnalysis,
  period: Period,
  asOf: number,
  ids: (key: string) => OrderIds,
): TakenFigure[] {
  const list = (orders: readonly HotOrder[], overdue: boolean): readonly ListedOrder[] =>
    orders.map((order) => ({
      id: order.id,
      number: order.number,
      unit: order.unit?.name ?? null,
      category: order.category,
      overdueDays: overdue && order.dueAt ? Math.floor((asOf - Date.parse(order.dueAt)) / DAY_MS) : null,
      reopenCount: order.reopenCount,
    }));
  const count = (key: string, label: string, orderIds: readonly string[], data: Partial<FigureData> = {}) =>
    figure(key, label, { numerator: orderIds, denominator: orderIds }, { kind: 'count', period: period.text, ...data });
  const select = (key: string, label: string, members: readonly string[]): TakenFigure => ({
    ...count(key, label, [], { members }),
    value: members.length,
    numerator: members.length,
    denominator: members.length,
  });
  const overdue = list(analysis.worstOverdue, true);
  const reopened = list(analysis.mostReopened, false);
  return [
    count('overdue.district', '超期未办结诉件', ids('overdue.district').denominator),
    count(
      'overdue.listed',
      '列表的超期诉件',
      overdue.map(({ id }) => id),
      { orders: overdue },
    ),
    count(
      'reopened.listed',
      '列表的重办诉件',
      reopened.map(({ id }) => id),
      { orders: reopened },
    ),
    select(
      'rising.categories',
      '诉件量明显上升的类别',
      analysis.rising.filter(({ clearly }) => clearly).map(({ code }) => figureKey('volume', 'category', code)),
    ),
    select(
      'visit.units',
      '到场督导对象',
      analysis.toVisit.map(({ unit }) => figureKey('resolution', 'unit', unit.id)),
    ),
    {
      ...count('minimum', '参加排名的最少件数', []),
      value: analysis.minimum,
      numerator: null,
      denominator: null,
      data: { kind: 'number' },
    },
  ];
}

async function leftOut(sql: Sql, period: Period, now: number): Promise<TakenFigure[]> {
  const { from, asOf } = spanOf(period, now, {});
  const { excluded, declined } = await leftOutIds(sql, from, asOf);
  const data = { kind: 'count', period: period.text } as const;
  return [
    figure('excluded.district', '剔除诉件', { numerator: excluded, denominator: excluded }, data),
    figure('declined.district', '不予受理诉件', { numerator: declined, denominator: declined }, data),
  ];
}
