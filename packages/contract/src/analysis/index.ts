import { EFFECTS } from '@bihuan/domain/hotspot';
import { type Static, Type } from 'typebox';
import { CommandId, Day, Id, Instant, keysOf, nullable, PersonRef, UnitRef } from '../common.ts';
import { endpoint } from '../endpoint.ts';

const strict = { additionalProperties: false } as const;

/** What a count is of. */
export const SPOT_KINDS = {
  town: '街镇',
  category: '类别',
  town_category: '街镇和类别',
  place: '地点',
  place_category: '地点和类别',
} as const;

/** A part of the district's orders: filters of the complaint list. `null`: not narrowed by it. */
export const Spot = Type.Object(
  {
    kind: keysOf(SPOT_KINDS),
    townId: nullable(Id),
    categoryCode: nullable(Type.String({ maxLength: 40 })),
    placeId: nullable(Id),
    label: Type.String({ maxLength: 200 }),
  },
  strict,
);
export type Spot = Static<typeof Spot>;

export const SpotWeek = Type.Object({
  from: Day,
  to: Day,
  observed: Type.Integer(),
  /** `null`: too little history before that week. */
  expected: nullable(Type.Number()),
});

export const SpotRise = Type.Object({
  spot: Spot,
  observed: Type.Integer(),
  expected: Type.Number(),
  /** From this count on, chance alone is unlikely (5 %). */
  bound: Type.Integer(),
  ratio: Type.Number(),
  falseShare: Type.Number(),
  /** Compared with its own season; otherwise there is no year of data yet. */
  seasonal: Type.Boolean(),
  /** 26 weeks, the newest first. */
  weeks: Type.Array(SpotWeek),
  /** Matters that bring two orders and more of the week. */
  matters: Type.Array(
    Type.Object({
      id: Id,
      title: Type.String(),
      count: Type.Integer(),
      callers: Type.Integer(),
      unit: nullable(UnitRef),
      settled: Type.Boolean(),
    }),
  ),
  /** What most of the orders are, or where. */
  parts: Type.Array(Type.Object({ spot: Spot, count: Type.Integer() })),
  night: Type.Integer(),
  callers: Type.Integer(),
  reopened: Type.Integer(),
  /** Broader counts that rise because of this one. */
  broader: Type.Array(Type.Object({ spot: Spot, observed: Type.Integer(), expected: Type.Number() })),
});
export type SpotRise = Static<typeof SpotRise>;

export const HotSpots = Type.Object({
  /** Seven days, both ends included. */
  from: Day,
  to: Day,
  total: Type.Object({ observed: Type.Integer(), expected: nullable(Type.Number()), bound: nullable(Type.Integer()) }),
  /** Weeks of data before; series that were compared. */
  history: Type.Integer(),
  tested: Type.Integer(),
  /** `null`: fewer than eight weeks of data. */
  rises: nullable(Type.Array(SpotRise)),
});
export type HotSpots = Static<typeof HotSpots>;

export const hotSpots = endpoint({
  id: 'analysis.hotSpots',
  method: 'GET',
  path: '/analysis/hot-spots',
  access: 'complaint.read',
  summary: '热点：七天内高于自身水平和季节的地点与类别',
  query: Type.Object({ to: Type.Optional(Day) }, strict),
  response: HotSpots,
});

export const WEEK_STATES = { draft: '初稿', edited: '已修改', finished: '已定稿' } as const;

export const Measure = Type.Object(
  {
    text: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }),
    unitId: nullable(Id),
    dueOn: nullable(Day),
    /** The rise it is about, with the count of its week; `null`: about none in particular. */
    spot: nullable(Spot),
    before: nullable(Type.Integer({ minimum: 0 })),
  },
  strict,
);
export type Measure = Static<typeof Measure>;

export const WeekItem = Type.Object({
  from: Day,
  to: Day,
  state: keysOf(WEEK_STATES),
  rises: nullable(Type.Integer()),
  measures: Type.Integer(),
  editedBy: nullable(PersonRef),
  finishedBy: nullable(PersonRef),
  finishedAt: nullable(Instant),
});
export type WeekItem = Static<typeof WeekItem>;

/** A measure of an earlier week, and the orders since. */
export const MeasureEffect = Type.Object({
  weekFrom: Day,
  text: Type.String(),
  unit: nullable(UnitRef),
  spot: Spot,
  before: Type.Integer(),
  after: Type.Integer(),
  expected: nullable(Type.Number()),
  effect: keysOf(EFFECTS),
});
export type MeasureEffect = Static<typeof MeasureEffect>;

export const WeekAnalysis = Type.Object({
  ...WeekItem.properties,
  /** As they stood when the draft was written. */
  facts: HotSpots,
  earlier: Type.Array(MeasureEffect),
  findings: Type.String(),
  causes: Type.String(),
  measuresTaken: Type.Array(Type.Object({ ...Measure.properties, unit: nullable(UnitRef) })),
  version: Type.Integer(),
  draftedAt: Instant,
  mayWrite: Type.Boolean(),
});
export type WeekAnalysis = Static<typeof WeekAnalysis>;

export const listWeeks = endpoint({
  id: 'analysis.weeks',
  method: 'GET',
  path: '/analysis/weeks',
  access: 'analysis.read',
  summary: '历次每周研判',
  response: Type.Object({ items: Type.Array(WeekItem) }),
});

const WeekParams = Type.Object({ from: Day }, strict);

export const getWeek = endpoint({
  id: 'analysis.week',
  method: 'GET',
  path: '/analysis/weeks/:from',
  access: 'analysis.read',
  summary: '一周的研判',
  params: WeekParams,
  response: WeekAnalysis,
});

export const draftWeek = endpoint({
  id: 'analysis.draft',
  method: 'POST',
  path: '/analysis/weeks/:from',
  access: 'analysis.write',
  summary: '起草一周的研判；已有的不动',
  params: WeekParams,
  response: WeekAnalysis,
});

const Text = Type.String({ maxLength: 10_000 });
export const changeWeek = endpoint({
  id: 'analysis.change',
  method: 'POST',
  path: '/analysis/weeks/:from/changes',
  access: 'analysis.write',
  summary: '修改、定稿、退回修改',
  params: WeekParams,
  body: Type.Object(
    {
      commandId: CommandId,
      ifVersion: Type.Integer(),
      change: Type.Union([
        Type.Object(
          {
            action: Type.Literal('save'),
            findings: Text,
            causes: Text,
            measures: Type.Array(Measure, { maxItems: 30 }),
          },
          strict,
        ),
        Type.Object({ action: Type.Literal('finish') }, strict),
        Type.Object({ action: Type.Literal('reopen'), reason: Type.String({ minLength: 2, maxLength: 500 }) }, strict),
      ]),
    },
    strict,
  ),
  response: WeekAnalysis,
});
