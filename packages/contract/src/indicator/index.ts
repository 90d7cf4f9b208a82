import { STATUSES } from '@bihuan/domain/complaint';
import { DIMENSIONS, INDICATORS, PARTS, PERIOD_KINDS, RATE_IDS, type RateId } from '@bihuan/domain/indicator';
import { type Static, Type } from 'typebox';
import { CommandId, Day, Id, Instant, keysOf, nullable, PersonRef, UnitRef } from '../common.ts';
import { endpoint } from '../endpoint.ts';

const strict = { additionalProperties: false } as const;
const IndicatorKey = keysOf(INDICATORS);
const RateKey = Type.Enum([...RATE_IDS] as [RateId, ...RateId[]]);

/** `2023-06-05`, `2023-W23`, `2023-06`, `2023-Q2`, `2023`. */
export const PeriodText = Type.String({ maxLength: 10, pattern: '^\\d{4}(-(W\\d{2}|Q[1-4]|\\d{2}(-\\d{2})?))?$' });

export const PeriodView = Type.Object({
  text: Type.String(),
  kind: keysOf(PERIOD_KINDS),
  label: Type.String(),
  /** First and last day, both included. */
  from: Day,
  to: Day,
  /** Counted up to this instant: now, or the period's end. */
  asOf: Instant,
  complete: Type.Boolean(),
});
export type PeriodView = Static<typeof PeriodView>;

/** Numerator and denominator as counted; for a count both are the count. */
export const Figure = Type.Object({ numerator: Type.Integer(), denominator: Type.Integer() });
export type Figure = Static<typeof Figure>;

export const FigureCell = Type.Object({
  /** Name in bulletins and exports: `on_time.unit.<id>`. */
  key: Type.String(),
  indicator: IndicatorKey,
  ...Figure.properties,
  /** 0…1; `null` for a count, or when nothing fell into the period. */
  rate: nullable(Type.Number()),
  /** 95 % Wilson interval. */
  low: nullable(Type.Number()),
  high: nullable(Type.Number()),
  /** Fewer orders than the ranking's minimum. */
  small: Type.Boolean(),
  rank: nullable(Type.Integer()),
  tied: Type.Boolean(),
  /** Places gained since the previous period; negative = lost; `null` when unranked in either. */
  rankChange: nullable(Type.Integer()),
  /** Worse than the district by more than chance. */
  clearlyBehind: Type.Boolean(),
  previous: Figure,
  lastYear: Figure,
  /** Percentage points for a rate, share of the former count for a count. */
  change: nullable(Type.Number()),
  changeOnYear: nullable(Type.Number()),
});
export type FigureCell = Static<typeof FigureCell>;

export const CompositeView = Type.Object({
  total: nullable(Type.Number()),
  rank: nullable(Type.Integer()),
  tied: Type.Boolean(),
  rankChange: nullable(Type.Integer()),
  note: nullable(Type.String()),
  parts: Type.Array(
    Type.Object({
      indicator: RateKey,
      label: Type.String(),
      rate: nullable(Type.Number()),
      weight: Type.Number(),
      effectiveWeight: Type.Number(),
      points: Type.Number(),
      explanation: Type.String(),
    }),
  ),
});
export type CompositeView = Static<typeof CompositeView>;

export const FigureRow = Type.Object({
  /** Id of the unit, town or person, or code of the category; `null`: not assigned yet. */
  key: nullable(Type.String()),
  label: Type.String(),
  /** Unit of an officer, group of a category. */
  group: nullable(Type.String()),
  hot: Type.Boolean(),
  figures: Type.Record(Type.String(), FigureCell),
  /** Only of squadrons. */
  composite: nullable(CompositeView),
  /** Orders begun in the period that are left out of every figure. */
  excluded: Type.Integer(),
  declined: Type.Integer(),
});
export type FigureRow = Static<typeof FigureRow>;

const Weights = Type.Object(
  Object.fromEntries(RATE_IDS.map((id) => [id, Type.Integer({ minimum: 0, maximum: 100 })])) as Record<
    RateId,
    ReturnType<typeof Type.Integer>
  >,
  strict,
);

export const FigureTable = Type.Object({
  period: PeriodView,
  previous: PeriodView,
  lastYear: PeriodView,
  dimension: keysOf(DIMENSIONS),
  minimum: Type.Integer(),
  weights: Weights,
  versions: Type.Record(Type.String(), Type.Integer()),
  rows: Type.Array(FigureRow),
  /** All rows together. */
  total: FigureRow,
  /** The last month in which any order began, to go to when the period is empty; `null` = there are no orders at all. */
  latestMonth: nullable(Type.String()),
});
export type FigureTable = Static<typeof FigureTable>;

/** An id or code, or `none` for what is not assigned. */
const Key = Type.String({ maxLength: 60, pattern: '^[A-Za-z0-9_.\\-]+$' });
const filters = {
  unit: Type.Optional(Key),
  town: Type.Optional(Key),
  category: Type.Optional(Key),
};

export const FigureQuery = Type.Object({ period: PeriodText, dimension: keysOf(DIMENSIONS), ...filters }, strict);
export type FigureQuery = Static<typeof FigureQuery>;

export const indicatorFigures = endpoint({
  id: 'indicator.figures',
  method: 'GET',
  path: '/indicators/figures',
  access: 'indicator.read',
  summary: '指标与排名：某一时段按中队、街镇、队员或类别',
  query: FigureQuery,
  response: FigureTable,
});

export const exportFigures = endpoint({
  id: 'indicator.exportFigures',
  method: 'GET',
  path: '/indicators/figures.xlsx',
  access: 'indicator.read',
  summary: '导出指标与排名',
  query: FigureQuery,
  rateLimit: 20,
});

const TrendPoint = Type.Object({
  period: Type.String(),
  label: Type.String(),
  /** The period had not ended: its figures are still growing. */
  complete: Type.Boolean(),
  figures: Type.Record(Type.String(), Figure),
  lastYear: Type.Record(Type.String(), Figure),
});
export const Trend = Type.Object({ points: Type.Array(TrendPoint) });
export type Trend = Static<typeof Trend>;

export const indicatorTrend = endpoint({
  id: 'indicator.trend',
  method: 'GET',
  path: '/indicators/trend',
  access: 'indicator.read',
  summary: '指标走势：连续若干时段，并列上年同期',
  query: Type.Object(
    {
      /** The last period shown; its kind is the step. */
      until: PeriodText,
      count: Type.Optional(Type.Integer({ minimum: 2, maximum: 36, default: 12 })),
      ...filters,
      officer: Type.Optional(Key),
    },
    strict,
  ),
  response: Trend,
});

export const OrderQuery = Type.Object(
  {
    period: PeriodText,
    part: Type.Optional(keysOf(PARTS)),
    ...filters,
    officer: Type.Optional(Key),
    after: Type.Optional(Type.String({ maxLength: 200 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  },
  strict,
);
export type OrderQuery = Static<typeof OrderQuery>;
const IndicatorParams = Type.Object({ indicator: IndicatorKey }, strict);

/** One handling behind a figure. An order handled twice in a period is there twice, once for each round. */
export const OrderBehind = Type.Object({
  id: Id,
  round: Type.Integer(),
  number: Type.String(),
  title: Type.String(),
  status: keysOf(STATUSES),
  category: nullable(Type.String()),
  unit: nullable(UnitRef),
  town: nullable(UnitRef),
  officer: nullable(PersonRef),
  startedAt: Instant,
  dueAt: Instant,
  concludedAt: nullable(Instant),
  /** The instant that puts it into the period. */
  countedAt: Instant,
  /** Counted in the numerator. */
  hit: Type.Boolean(),
});
export type OrderBehind = Static<typeof OrderBehind>;

export const indicatorOrders = endpoint({
  id: 'indicator.orders',
  method: 'GET',
  path: '/indicators/:indicator/orders',
  access: 'indicator.read',
  summary: '指标背后的诉件（仅列出查看范围内的）',
  params: IndicatorParams,
  query: OrderQuery,
  response: Type.Object({
    title: Type.String(),
    period: PeriodView,
    figure: Figure,
    /** Orders of the part asked for, as the figure counts them. */
    total: Type.Integer(),
    /** Of these, in the actor's scope. */
    visible: Type.Integer(),
    items: Type.Array(OrderBehind),
    next: nullable(Type.String()),
  }),
});

export const exportOrders = endpoint({
  id: 'indicator.exportOrders',
  method: 'GET',
  path: '/indicators/:indicator/orders.xlsx',
  access: 'complaint.export',
  summary: '导出指标背后的诉件（仅查看范围内的）',
  params: IndicatorParams,
  query: OrderQuery,
  rateLimit: 10,
});

export const IndicatorSettings = Type.Object({
  effectiveFrom: Day,
  minimum: Type.Integer(),
  weights: Weights,
  /** Settings that begin later. */
  upcoming: Type.Array(Type.Object({ effectiveFrom: Day, minimum: Type.Integer(), weights: Weights })),
});
export type IndicatorSettings = Static<typeof IndicatorSettings>;

export const readIndicatorSettings = endpoint({
  id: 'indicator.settings',
  method: 'GET',
  path: '/indicators/settings',
  access: 'indicator.read',
  summary: '排名最少件数与综合得分权重',
  response: IndicatorSettings,
});

export const saveIndicatorSettings = endpoint({
  id: 'indicator.saveSettings',
  method: 'PUT',
  path: '/indicators/settings',
  access: 'indicator.configure',
  summary: '设置排名最少件数与综合得分权重（自生效日起的时段适用）',
  body: Type.Object(
    {
      commandId: CommandId,
      effectiveFrom: Day,
      minimum: Type.Integer({ minimum: 1, maximum: 10_000 }),
      weights: Weights,
    },
    strict,
  ),
  response: IndicatorSettings,
});

/** An order that burns: open and past due, or reopened again and again. */
export const HotOrder = Type.Object({
  id: Id,
  number: Type.String(),
  title: Type.String(),
  category: nullable(Type.String()),
  unit: nullable(UnitRef),
  dueAt: nullable(Instant),
  reopenCount: Type.Integer(),
});
export type HotOrder = Static<typeof HotOrder>;

export const CategoryRise = Type.Object({
  code: nullable(Type.String()),
  name: Type.String(),
  hot: Type.Boolean(),
  now: Type.Integer(),
  before: Type.Integer(),
  /** Share of the former count. */
  growth: nullable(Type.Number()),
  /** More than chance explains. */
  clearly: Type.Boolean(),
});
export type CategoryRise = Static<typeof CategoryRise>;

/** What a week or month comes to: source of the analysis page and of the bulletin. */
export const PeriodAnalysis = Type.Object({
  period: PeriodView,
  previous: PeriodView,
  lastYear: PeriodView,
  minimum: Type.Integer(),
  weights: Weights,
  versions: Type.Record(Type.String(), Type.Integer()),
  district: FigureRow,
  squadrons: Type.Array(FigureRow),
  categories: Type.Array(FigureRow),
  towns: Type.Array(FigureRow),
  rising: Type.Array(CategoryRise),
  /** Past due and not concluded when the period was counted. `overdueCount` is all of them, in the list the longest overdue. */
  overdueCount: Type.Integer(),
  worstOverdue: Type.Array(HotOrder),
  mostReopened: Type.Array(HotOrder),
  /** Squadrons whose resolution rate is behind the district's by more than chance: 到场督导. Lowest first. */
  toVisit: Type.Array(
    Type.Object({ unit: UnitRef, ...Figure.properties, high: Type.Number(), districtRate: Type.Number() }),
  ),
  /** Orders outside the actor's scope are left out of the lists, never out of the figures. */
  hiddenOverdue: Type.Integer(),
});
export type PeriodAnalysis = Static<typeof PeriodAnalysis>;

export const periodAnalysis = endpoint({
  id: 'analysis.period',
  method: 'GET',
  path: '/analysis',
  access: 'indicator.read',
  summary: '每周、每月分析',
  query: Type.Object({ period: PeriodText }, strict),
  response: PeriodAnalysis,
});
