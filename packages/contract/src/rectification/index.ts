import {
  AGE_BANDS,
  FILE_STAGES,
  RECTIFICATION_ACTIONS,
  RECTIFICATION_SOURCES,
  RECTIFICATION_STATUSES,
} from '@bihuan/domain/rectification';
import { type Static, Type } from 'typebox';
import {
  ClockView,
  CommandId,
  Day,
  Id,
  IdParams,
  Instant,
  keysOf,
  nullable,
  PersonRef,
  pageOf,
  UnitRef,
} from '../common.ts';
import { endpoint } from '../endpoint.ts';

const strict = { additionalProperties: false };
const Words = (most = 2000) => Type.String({ minLength: 2, maxLength: most, pattern: '\\S' });
const FileIds = Type.Array(Id, { maxItems: 20, uniqueItems: true });
const TypeRef = Type.Object({ code: Type.String(), name: Type.String() });

/** One line of the ledger. */
export const RectificationItem = Type.Object({
  id: Id,
  number: Type.String(),
  source: keysOf(RECTIFICATION_SOURCES),
  type: TypeRef,
  problem: Type.String(),
  ownerUnit: UnitRef,
  ownerPerson: nullable(PersonRef),
  issuedUnit: UnitRef,
  issuedAt: Instant,
  dueAt: Instant,
  status: keysOf(RECTIFICATION_STATUSES),
  overdue: Type.Boolean(),
  /** `null` when withdrawn. */
  clock: nullable(ClockView),
  sentBackCount: Type.Integer(),
  isRecurrence: Type.Boolean(),
  closedAt: nullable(Instant),
  version: Type.Integer(),
});
export type RectificationItem = Static<typeof RectificationItem>;

export const RECTIFICATION_SORTS = { due: '时限最近', issued: '最近下发' } as const;

const Filter = {
  /** Part of the number, the problem, its cause or what was done. */
  q: Type.Optional(Type.String({ maxLength: 100 })),
  status: Type.Optional(Type.String({ maxLength: 200 })),
  source: Type.Optional(Type.String({ maxLength: 300 })),
  type: Type.Optional(Type.String({ maxLength: 300 })),
  unitId: Type.Optional(Type.String({ maxLength: 800 })),
  personId: Type.Optional(Id),
  open: Type.Optional(Type.Boolean()),
  overdue: Type.Optional(Type.Boolean()),
  sentBack: Type.Optional(Type.Boolean()),
  recurrence: Type.Optional(Type.Boolean()),
  onTime: Type.Optional(Type.Boolean()),
  age: Type.Optional(keysOf(AGE_BANDS)),
  issuedFrom: Type.Optional(Day),
  issuedTo: Type.Optional(Day),
  closedFrom: Type.Optional(Day),
  closedTo: Type.Optional(Day),
  complaintId: Type.Optional(Id),
  matterId: Type.Optional(Id),
  sourceId: Type.Optional(Id),
  /** Waiting for something that the reader may do. */
  mine: Type.Optional(Type.Boolean()),
  sort: Type.Optional(keysOf(RECTIFICATION_SORTS)),
};
export const RectificationQuery = Type.Object(Filter, strict);
export type RectificationQuery = Static<typeof RectificationQuery>;

export const listRectifications = endpoint({
  id: 'rectification.list',
  method: 'GET',
  path: '/rectifications',
  access: 'rectification.read',
  summary: '整改台账',
  query: Type.Object(
    {
      ...Filter,
      after: Type.Optional(Type.String({ maxLength: 200 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    },
    strict,
  ),
  response: pageOf(RectificationItem),
});

export const exportRectifications = endpoint({
  id: 'rectification.export',
  method: 'GET',
  path: '/rectifications/export',
  access: 'rectification.read',
  summary: '导出整改台账（XLSX）',
  query: RectificationQuery,
});

const BoardRow = Type.Object({
  key: Type.String(),
  name: Type.String(),
  open: Type.Integer(),
  overdue: Type.Integer(),
  /** Waiting for a check or for sign-off: not the owner's time. */
  waiting: Type.Integer(),
  ages: Type.Object({
    week: Type.Integer(),
    fortnight: Type.Integer(),
    month: Type.Integer(),
    older: Type.Integer(),
  }),
  /** Signed off within the period. */
  closed: Type.Integer(),
  /** Of those, handed in within their time. */
  onTime: Type.Integer(),
  sentBack: Type.Integer(),
  recurrences: Type.Integer(),
  issued: Type.Integer(),
});
export type BoardRow = Static<typeof BoardRow>;

export const RectificationBoard = Type.Object({
  from: Day,
  to: Day,
  definition: Type.String(),
  total: BoardRow,
  units: Type.Array(BoardRow),
  people: Type.Array(BoardRow),
  sources: Type.Array(BoardRow),
  types: Type.Array(BoardRow),
});
export type RectificationBoard = Static<typeof RectificationBoard>;

export const rectificationBoard = endpoint({
  id: 'rectification.board',
  method: 'GET',
  path: '/rectifications/board',
  access: 'rectification.read',
  summary: '整改看板：按单位、个人、来源、类型和已历时间',
  query: Type.Object({ from: Type.Optional(Day), to: Type.Optional(Day) }, strict),
  response: RectificationBoard,
});

export const RectificationReference = Type.Object({
  types: Type.Array(Type.Object({ code: Type.String(), name: Type.String(), workdays: Type.Integer() })),
  units: Type.Array(Type.Object({ ...UnitRef.properties, kind: Type.String() })),
  /** Of the reader's own unit, to name who answers for it; those of all units for whoever issues. */
  people: Type.Array(Type.Object({ ...PersonRef.properties, unitId: Id, title: nullable(Type.String()) })),
  mayIssue: Type.Boolean(),
});
export type RectificationReference = Static<typeof RectificationReference>;

export const rectificationReference = endpoint({
  id: 'rectification.reference',
  method: 'GET',
  path: '/rectifications/reference',
  access: 'rectification.read',
  summary: '整改用的类型、单位与人员',
  response: RectificationReference,
});

/** Orders that give cause for a rectification and have none yet. */
export const RectificationCandidate = Type.Object({
  id: Id,
  number: Type.String(),
  title: Type.String(),
  unit: UnitRef,
  officer: nullable(PersonRef),
  dueAt: Instant,
  reopenCount: Type.Integer(),
  reason: Type.Enum(['overdue', 'reopened']),
});
export type RectificationCandidate = Static<typeof RectificationCandidate>;

export const rectificationCandidates = endpoint({
  id: 'rectification.candidates',
  method: 'GET',
  path: '/rectifications/candidates',
  access: 'rectification.issue',
  summary: '应下发整改而未下发的诉件：超期未办结、重办两次以上',
  query: Type.Object({ unitId: Type.Optional(Id) }, strict),
  response: Type.Object({ items: Type.Array(RectificationCandidate), total: Type.Integer() }),
});

export const NewRectification = Type.Object(
  {
    source: keysOf(RECTIFICATION_SOURCES),
    sourceId: Type.Optional(Id),
    complaintId: Type.Optional(Id),
    matterId: Type.Optional(Id),
    type: Type.String({ minLength: 1, maxLength: 40 }),
    problem: Words(),
    basis: Type.Optional(Type.String({ maxLength: 500 })),
    ownerUnitId: Id,
    ownerPersonId: Type.Optional(Id),
    workdays: Type.Integer({ minimum: 1, maximum: 60 }),
    recurrenceOf: Type.Optional(Id),
    fileIds: Type.Optional(FileIds),
  },
  strict,
);
export type NewRectification = Static<typeof NewRectification>;

export const issueRectification = endpoint({
  id: 'rectification.issue',
  method: 'POST',
  path: '/rectifications',
  access: 'rectification.issue',
  summary: '下发整改',
  body: Type.Object({ commandId: CommandId, rectification: NewRectification }, strict),
  response: Type.Object({ id: Id, number: Type.String() }),
});

/** Earlier ones of the same unit and type, closed within a year: what comes back is linked to what it comes back from. */
export const findRecurrences = endpoint({
  id: 'rectification.recurrences',
  method: 'GET',
  path: '/rectifications/recurrences',
  access: 'rectification.issue',
  summary: '同一单位一年内已销号的同类整改',
  query: Type.Object({ unitId: Id, type: Type.String({ maxLength: 40 }) }, strict),
  response: Type.Object({ items: Type.Array(RectificationItem) }),
});

export const RectificationFile = Type.Object({
  id: Id,
  name: Type.String(),
  mime: Type.String(),
  size: Type.Integer(),
  sha256: Type.String(),
  stage: keysOf(FILE_STAGES),
  addedBy: PersonRef,
  addedAt: Instant,
  capturedAt: nullable(Instant),
});
export type RectificationFile = Static<typeof RectificationFile>;

export const Rectification = Type.Object({
  ...RectificationItem.properties,
  basis: nullable(Type.String()),
  workdays: Type.Integer(),
  cause: nullable(Type.String()),
  measure: nullable(Type.String()),
  result: nullable(Type.String()),
  lastingRule: nullable(Type.String()),
  issuedBy: PersonRef,
  submittedAt: nullable(Instant),
  submittedBy: nullable(PersonRef),
  verifiedBy: nullable(PersonRef),
  closedBy: nullable(PersonRef),
  extension: nullable(Type.Object({ workdays: Type.Integer(), reason: Type.String(), by: PersonRef })),
  complaint: nullable(Type.Object({ id: Id, number: Type.String(), title: Type.String() })),
  matter: nullable(Type.Object({ id: Id, title: Type.String() })),
  sourceId: nullable(Id),
  recurrenceOf: nullable(Type.Object({ id: Id, number: Type.String(), lastingRule: nullable(Type.String()) })),
  recurrences: Type.Array(Type.Object({ id: Id, number: Type.String(), issuedAt: Instant })),
  files: Type.Array(RectificationFile),
  timeline: Type.Array(
    Type.Object({
      id: Id,
      at: Instant,
      label: Type.String(),
      actor: nullable(Type.Object({ name: Type.String(), unit: nullable(Type.String()) })),
      note: nullable(Type.String()),
    }),
  ),
  allowedActions: Type.Array(keysOf(RECTIFICATION_ACTIONS)),
});
export type Rectification = Static<typeof Rectification>;

export const getRectification = endpoint({
  id: 'rectification.get',
  method: 'GET',
  path: '/rectifications/:id',
  access: 'rectification.read',
  summary: '一项整改',
  params: IdParams,
  response: Rectification,
});

const of = <A extends string, P extends Parameters<typeof Type.Object>[0]>(action: A, properties: P) =>
  Type.Object({ action: Type.Literal(action), ...properties }, strict);
const Reason = { reason: Words() };
const Files = { fileIds: Type.Optional(FileIds) };

export const RectificationCommand = Type.Union([
  of('assign', { personId: Id, note: Type.Optional(Type.String({ maxLength: 1000 })) }),
  of('plan', { cause: Words(), measure: Words() }),
  of('report', { note: Words(), ...Files }),
  of('submit', {
    result: Words(),
    lastingRule: Type.Optional(Type.String({ maxLength: 2000 })),
    fileIds: FileIds,
  }),
  of('withdraw', Reason),
  of('object', { ...Reason, ...Files }),
  of('decide_objection', { upheld: Type.Boolean(), ...Reason }),
  of('appeal', { ...Reason, ...Files }),
  of('decide_appeal', { upheld: Type.Boolean(), ...Reason }),
  of('request_extension', { workdays: Type.Integer({ minimum: 1, maximum: 15 }), ...Reason }),
  of('decide_extension', { granted: Type.Boolean(), ...Reason }),
  of('verify', { passed: Type.Boolean(), note: Words(), ...Files }),
  of('sign_off', { note: Type.Optional(Type.String({ maxLength: 1000 })) }),
  of('send_back', Reason),
  of('urge', { note: Words() }),
  of('cancel', Reason),
]);
export type RectificationCommand = Static<typeof RectificationCommand>;

export const commandRectification = endpoint({
  id: 'rectification.command',
  method: 'POST',
  path: '/rectifications/:id/commands',
  access: 'rectification.read',
  summary: '对一项整改的一次操作',
  params: IdParams,
  body: Type.Object(
    { commandId: CommandId, version: Type.Optional(Type.Integer()), command: RectificationCommand },
    strict,
  ),
  response: Type.Object({ status: keysOf(RECTIFICATION_STATUSES), version: Type.Integer(), repeated: Type.Boolean() }),
});
