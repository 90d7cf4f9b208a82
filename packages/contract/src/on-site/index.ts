import { MOVEMENTS, VISIT_ACTIONS, VISIT_FILE_STAGES, VISIT_STATUSES } from '@bihuan/domain/on-site';
import { RECTIFICATION_STATUSES } from '@bihuan/domain/rectification';
import { type Static, Type } from 'typebox';
import { CommandId, Day, Id, IdParams, Instant, keysOf, nullable, PersonRef, UnitRef } from '../common.ts';
import { endpoint } from '../endpoint.ts';
import { Figure } from '../indicator/index.ts';

const strict = { additionalProperties: false };
const Words = (most = 4000) => Type.String({ minLength: 2, maxLength: most, pattern: '\\S' });
const FileIds = Type.Array(Id, { maxItems: 20, uniqueItems: true });
/** `2023-05` */
export const Month = Type.String({ pattern: '^20\\d\\d-(0[1-9]|1[0-2])$' });

export const VisitItem = Type.Object({
  id: Id,
  number: Type.String(),
  /** Whose figures gave cause. */
  month: Month,
  unit: UnitRef,
  /** As it stood when the visit was planned. */
  figure: Figure,
  districtFigure: Figure,
  status: keysOf(VISIT_STATUSES),
  plannedOn: Day,
  visitedOn: nullable(Day),
  leader: PersonRef,
  rectificationCount: Type.Integer(),
  version: Type.Integer(),
});
export type VisitItem = Static<typeof VisitItem>;

/** A squadron that the ranking rule puts forward: clearly behind the district by more than chance. */
export const VisitProposal = Type.Object({
  unit: UnitRef,
  figure: Figure,
  /** Upper end of the 95 % interval: below the district's rate. */
  high: Type.Number(),
  districtFigure: Figure,
  visit: nullable(Type.Object({ id: Id, number: Type.String(), status: keysOf(VISIT_STATUSES) })),
});
export type VisitProposal = Static<typeof VisitProposal>;

export const listVisits = endpoint({
  id: 'onSite.list',
  method: 'GET',
  path: '/on-site',
  access: 'onSite.read',
  summary: '到场督导：按月',
  query: Type.Object({ month: Type.Optional(Month), unitId: Type.Optional(Id) }, strict),
  response: Type.Object({ items: Type.Array(VisitItem) }),
});

export const visitProposals = endpoint({
  id: 'onSite.proposals',
  method: 'GET',
  path: '/on-site/proposals',
  access: 'onSite.manage',
  summary: '某月应到场督导的中队：解决率低于全区且超出正常波动',
  query: Type.Object({ month: Month }, strict),
  response: Type.Object({
    month: Month,
    label: Type.String(),
    complete: Type.Boolean(),
    /** Fewest orders to be ranked. */
    minimum: Type.Integer(),
    items: Type.Array(VisitProposal),
  }),
});

export const visitReference = endpoint({
  id: 'onSite.reference',
  method: 'GET',
  path: '/on-site/reference',
  access: 'onSite.manage',
  summary: '到场督导用的带队领导、参加人员与问题类型',
  response: Type.Object({
    leaders: Type.Array(PersonRef),
    people: Type.Array(Type.Object({ ...PersonRef.properties, unit: Type.String() })),
    types: Type.Array(Type.Object({ code: Type.String(), name: Type.String(), workdays: Type.Integer() })),
  }),
});

export const NewVisit = Type.Object(
  {
    month: Month,
    unitId: Id,
    plannedOn: Day,
    leaderId: Id,
    participantIds: Type.Array(Id, { maxItems: 20, uniqueItems: true }),
    reason: Type.Optional(Type.String({ maxLength: 1000 })),
  },
  strict,
);
export type NewVisit = Static<typeof NewVisit>;

export const planVisit = endpoint({
  id: 'onSite.plan',
  method: 'POST',
  path: '/on-site',
  access: 'onSite.manage',
  summary: '安排一次到场督导',
  body: Type.Object({ commandId: CommandId, visit: NewVisit }, strict),
  response: Type.Object({ id: Id, number: Type.String() }),
});

const File = Type.Object({
  id: Id,
  name: Type.String(),
  mime: Type.String(),
  size: Type.Integer(),
  stage: keysOf(VISIT_FILE_STAGES),
  addedBy: PersonRef,
  addedAt: Instant,
});

export const Visit = Type.Object({
  ...VisitItem.properties,
  reason: Type.String(),
  participants: Type.Array(PersonRef),
  plannedBy: PersonRef,
  plannedAt: Instant,
  minutes: nullable(Type.String()),
  minutedBy: nullable(PersonRef),
  commitments: Type.Array(Type.Object({ text: Type.String(), dueOn: Day })),
  answer: nullable(Type.String()),
  answeredBy: nullable(PersonRef),
  answeredAt: nullable(Instant),
  conclusion: nullable(Type.String()),
  concludedBy: nullable(PersonRef),
  concludedAt: nullable(Instant),
  files: Type.Array(File),
  rectifications: Type.Array(
    Type.Object({
      id: Id,
      number: Type.String(),
      problem: Type.String(),
      status: keysOf(RECTIFICATION_STATUSES),
      dueAt: Instant,
    }),
  ),
  timeline: Type.Array(
    Type.Object({
      id: Id,
      at: Instant,
      label: Type.String(),
      actor: nullable(Type.Object({ name: Type.String(), unit: nullable(Type.String()) })),
      note: nullable(Type.String()),
    }),
  ),
  allowedActions: Type.Array(keysOf(VISIT_ACTIONS)),
});
export type Visit = Static<typeof Visit>;

export const getVisit = endpoint({
  id: 'onSite.get',
  method: 'GET',
  path: '/on-site/:id',
  access: 'onSite.read',
  summary: '一次到场督导',
  params: IdParams,
  response: Visit,
});

const WorstOrder = Type.Object({
  id: Id,
  number: Type.String(),
  title: Type.String(),
  category: nullable(Type.String()),
  /** For the overdue: since when. */
  dueAt: nullable(Instant),
  reopenCount: Type.Integer(),
});
const Worst = Type.Object({ total: Type.Integer(), items: Type.Array(WorstOrder) });

/** What to speak about: computed anew each time, from the orders as they are counted by the indicators. */
export const VisitPreparation = Type.Object({
  month: Month,
  overdue: Worst,
  reopened: Worst,
  unsolved: Worst,
  /** What the unsolved are about, beside the district. */
  causes: Type.Array(
    Type.Object({
      code: nullable(Type.String()),
      name: Type.String(),
      unsolved: Type.Integer(),
      concluded: Type.Integer(),
      /** Of the squadron's unsolved, 0…1. */
      share: Type.Number(),
      /** Of the district's unsolved, 0…1. */
      districtShare: Type.Number(),
    }),
  ),
});
export type VisitPreparation = Static<typeof VisitPreparation>;

export const prepareVisit = endpoint({
  id: 'onSite.preparation',
  method: 'GET',
  path: '/on-site/:id/preparation',
  access: 'onSite.read',
  summary: '督导准备：超期、重办、未解决的诉件与原因',
  params: IdParams,
  response: VisitPreparation,
});

const MonthFigure = Type.Object({
  month: Month,
  ...Figure.properties,
  small: Type.Boolean(),
  complete: Type.Boolean(),
});
/** Did the indicator move? */
export const VisitLookBack = Type.Object({
  before: MonthFigure,
  /** The month after the visit; `null` while there has been none. */
  after: nullable(MonthFigure),
  change: nullable(Type.Object({ change: Type.Number(), low: Type.Number(), high: Type.Number() })),
  movement: keysOf(MOVEMENTS),
  minimum: Type.Integer(),
  /** The squadron's resolution rate, month by month, to see it in. */
  trend: Type.Array(MonthFigure),
});
export type VisitLookBack = Static<typeof VisitLookBack>;

export const lookBackOnVisit = endpoint({
  id: 'onSite.lookBack',
  method: 'GET',
  path: '/on-site/:id/look-back',
  access: 'onSite.read',
  summary: '回头看：督导前后的解决率',
  params: IdParams,
  response: VisitLookBack,
});

const of = <A extends string, P extends Parameters<typeof Type.Object>[0]>(action: A, properties: P) =>
  Type.Object({ action: Type.Literal(action), ...properties }, strict);
export const VisitCommand = Type.Union([
  of('replan', {
    plannedOn: Day,
    leaderId: Id,
    participantIds: Type.Array(Id, { maxItems: 20, uniqueItems: true }),
    reason: Words(1000),
  }),
  of('minute', {
    visitedOn: Day,
    minutes: Words(),
    commitments: Type.Array(Type.Object({ text: Words(500), dueOn: Day }, strict), { maxItems: 20 }),
    fileIds: Type.Optional(FileIds),
  }),
  of('open_rectification', {
    type: Type.String({ minLength: 1, maxLength: 40 }),
    problem: Words(2000),
    workdays: Type.Integer({ minimum: 1, maximum: 60 }),
    ownerPersonId: Type.Optional(Id),
  }),
  of('answer', { answer: Words(), fileIds: Type.Optional(FileIds) }),
  of('conclude', { conclusion: Words() }),
  of('cancel', { reason: Words(1000) }),
]);
export type VisitCommand = Static<typeof VisitCommand>;

export const commandVisit = endpoint({
  id: 'onSite.command',
  method: 'POST',
  path: '/on-site/:id/commands',
  access: 'onSite.read',
  summary: '对一次到场督导的一次操作',
  params: IdParams,
  body: Type.Object({ commandId: CommandId, version: Type.Optional(Type.Integer()), command: VisitCommand }, strict),
  response: Type.Object({ status: keysOf(VISIT_STATUSES), version: Type.Integer(), repeated: Type.Boolean() }),
});
