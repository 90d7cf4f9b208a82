import { type Static, Type } from 'typebox';
import { Id, Instant, nullable, UnitRef } from '../common.ts';
import { endpoint } from '../endpoint.ts';
import { CategoryRise, Figure, HotOrder, PeriodView, Trend } from '../indicator/index.ts';

/** What a leader must know in one minute. Orders and their counts are those in the actor's scope; rates of squadrons are published to all. */
export const Cockpit = Type.Object({
  asOf: Instant,
  /** Whether the counts are the district's or only the actor's part of it. */
  wholeDistrict: Type.Boolean(),
  burning: Type.Object({
    overdue: Type.Integer(),
    /** Due before this day ends, not overdue yet. */
    dueToday: Type.Integer(),
    open: Type.Integer(),
    worstOverdue: Type.Array(HotOrder),
    mostReopened: Type.Array(HotOrder),
    /** The last 30 days against the 30 before, hot categories and those that clearly rise first. */
    rising: Type.Array(CategoryRise),
    towns: Type.Array(
      Type.Object({ id: nullable(Id), name: Type.String(), overdue: Type.Integer(), volume: Type.Integer() }),
    ),
  }),
  behind: Type.Object({
    /** The last month that had ended. */
    period: PeriodView,
    minimum: Type.Integer(),
    district: Figure,
    ranked: Type.Integer(),
    /** By resolution rate, lowest first; ranked units only. */
    squadrons: Type.Array(
      Type.Object({
        unit: UnitRef,
        ...Figure.properties,
        low: Type.Number(),
        high: Type.Number(),
        rank: Type.Integer(),
        tied: Type.Boolean(),
        rankChange: nullable(Type.Integer()),
        clearlyBehind: Type.Boolean(),
      }),
    ),
  }),
  trend: Trend,
});
export type Cockpit = Static<typeof Cockpit>;

export const readCockpit = endpoint({
  id: 'cockpit.read',
  method: 'GET',
  path: '/cockpit',
  access: 'cockpit.read',
  summary: '驾驶舱：哪里着火、谁落后、走势是否好转',
  response: Cockpit,
});
