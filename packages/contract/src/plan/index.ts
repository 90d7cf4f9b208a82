import { type Static, Type } from 'typebox';
import { Day, nullable } from '../common.ts';
import { endpoint } from '../endpoint.ts';

const strict = { additionalProperties: false } as const;
const Text = Type.String({ minLength: 1, pattern: '\\S' });

/** A plan as data: what a file in `plans/` must look like. Another district's or next year's plan is another file. */
export const Plan = Type.Object(
  {
    /** The file's name without `.json`. */
    id: Type.String({ pattern: '^[a-z0-9-]{1,60}$' }),
    year: Type.Integer({ minimum: 2000, maximum: 2100 }),
    title: Text,
    documentNumber: Text,
    issuedBy: Text,
    issuedOn: Day,
    /** First and last day that the plan covers: its progress is counted over them. */
    from: Day,
    to: Day,
    goal: Text,
    actions: Type.Array(
      Type.Object(
        {
          code: Type.String({ pattern: '^[a-z_]{1,40}$' }),
          name: Text,
          purpose: Text,
          measures: Type.Array(
            Type.Object(
              {
                no: Type.Integer({ minimum: 1, maximum: 999 }),
                title: Text,
                text: Text,
                lead: Text,
                cooperating: Type.Array(Text),
                targets: Type.Array(Text),
                /** The rooms of the product in which the measure is carried out; a room that the program does not have yet is only a name. */
                rooms: Type.Array(Type.Object({ key: Type.String({ pattern: '^[a-z_]{1,40}$' }), name: Text }, strict)),
              },
              strict,
            ),
            { minItems: 1 },
          ),
        },
        strict,
      ),
      { minItems: 1 },
    ),
    requirements: Type.Array(Text),
  },
  strict,
);
export type Plan = Static<typeof Plan>;
export type Action = Plan['actions'][number];
export type Measure = Action['measures'][number];

/** Rooms that the program has. A plan may name others: those say that they are not in use yet. */
export const BUILT_ROOMS = [
  'complaint',
  'indicator',
  'analysis',
  'bulletin',
  'matter',
  'rectification',
  'appraisal',
  'inspection',
  'listing',
  'on_site',
  'joint_inspection',
] as const;
export type BuiltRoom = (typeof BUILT_ROOMS)[number];
export const isBuilt = (key: string): key is BuiltRoom => (BUILT_ROOMS as readonly string[]).includes(key);

/** Where a count leads: the page of a room with its filters. */
export const RoomLink = Type.Object({
  room: Type.Enum([...BUILT_ROOMS] as [BuiltRoom, ...BuiltRoom[]]),
  query: Type.Record(Type.String(), Type.String()),
});
export type RoomLink = Static<typeof RoomLink>;

export const readPlan = endpoint({
  id: 'plan.read',
  method: 'GET',
  path: '/plan',
  access: 'plan.read',
  summary: '现行方案：行动、举措、牵头与配合部门',
  response: Plan,
});

export const MeasureRoom = Type.Object({
  key: Type.String(),
  name: Type.String(),
  /** False: the program does not have this room yet, and nothing is counted. */
  built: Type.Boolean(),
  progress: Type.Array(
    Type.Object({
      label: Type.String(),
      value: Type.Number(),
      unit: Type.String(),
      /** How the value came about, e.g. “1,203／1,390”. */
      note: nullable(Type.String()),
      link: nullable(RoomLink),
    }),
  ),
});
export type MeasureRoom = Static<typeof MeasureRoom>;

export const readMeasure = endpoint({
  id: 'plan.measure',
  method: 'GET',
  path: '/plan/measures/:no',
  access: 'plan.read',
  summary: '一项举措：谁牵头、做了什么、背后的记录',
  params: Type.Object({ no: Type.Integer({ minimum: 1, maximum: 999 }) }, strict),
  response: Type.Object({
    action: Type.Object({ code: Type.String(), name: Type.String() }),
    measure: Plan.properties.actions.items.properties.measures.items,
    rooms: Type.Array(MeasureRoom),
    /** Nothing of this measure is in use yet. */
    notBuilt: Type.Boolean(),
    from: Day,
    to: Day,
  }),
});
