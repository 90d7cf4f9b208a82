import {
  ENTRY_KINDS,
  LISTING_ACTIONS,
  LISTING_FILE_STAGES,
  LISTING_LEVELS,
  LISTING_SOURCES,
  LISTING_STATUSES,
} from '@bihuan/domain/listing';
import { RECTIFICATION_STATUSES } from '@bihuan/domain/rectification';
import { type Static, Type } from 'typebox';
import {
  ClockView,
  CommandId,
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
const Evidence = Type.Array(Id, { minItems: 1, maxItems: 20, uniqueItems: true });

/** One line of the public list: what everyone in the bureau may know. */
export const ListingItem = Type.Object({
  id: Id,
  number: Type.String(),
  source: keysOf(LISTING_SOURCES),
  level: keysOf(LISTING_LEVELS),
  subject: Type.String(),
  ownerUnit: UnitRef,
  leader: PersonRef,
  status: keysOf(LISTING_STATUSES),
  proposedAt: Instant,
  listedAt: nullable(Instant),
  dueAt: nullable(Instant),
  overdue: Type.Boolean(),
  delistedAt: nullable(Instant),
  /** Came back after it was taken off the list (摘牌后反弹). */
  rebounded: Type.Boolean(),
  version: Type.Integer(),
});
export type ListingItem = Static<typeof ListingItem>;

const Filter = {
  /** Part of the number or the subject. */
  q: Type.Optional(Type.String({ maxLength: 100 })),
  status: Type.Optional(Type.String({ maxLength: 200 })),
  source: Type.Optional(Type.String({ maxLength: 100 })),
  level: Type.Optional(Type.String({ maxLength: 100 })),
  unitId: Type.Optional(Type.String({ maxLength: 800 })),
  leaderId: Type.Optional(Id),
  matterId: Type.Optional(Id),
  /** On the list now. */
  listed: Type.Optional(Type.Boolean()),
  overdue: Type.Optional(Type.Boolean()),
  rebounded: Type.Optional(Type.Boolean()),
  /** Waiting for something that the reader may do. */
  mine: Type.Optional(Type.Boolean()),
};
export const ListingQuery = Type.Object(Filter, strict);
export type ListingQuery = Static<typeof ListingQuery>;

export const listListings = endpoint({
  id: 'listing.list',
  method: 'GET',
  path: '/listings',
  access: 'listing.read',
  summary: '挂牌督办清单（局内公开）',
  query: Type.Object(
    {
      ...Filter,
      after: Type.Optional(Type.String({ maxLength: 200 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    },
    strict,
  ),
  response: pageOf(ListingItem),
});

const Order = Type.Object({
  id: Id,
  number: Type.String(),
  title: Type.String(),
  status: Type.String(),
  receivedAt: Instant,
});
const RectificationRef = Type.Object({
  id: Id,
  number: Type.String(),
  problem: Type.String(),
  status: keysOf(RECTIFICATION_STATUSES),
  dueAt: Instant,
  issuedAt: Instant,
});

/** The whole file, to whoever sees it: the district, and the unit that owes it. */
const ListingFile = Type.Object({
  reason: Type.String(),
  demand: Type.String(),
  sourceNote: nullable(Type.String()),
  /** By the reader's scope of complaints. */
  matter: nullable(Type.Object({ id: Id, title: Type.String(), orderCount: Type.Integer() })),
  rectification: nullable(RectificationRef),
  workdays: Type.Integer(),
  reportEvery: Type.Integer(),
  clock: nullable(ClockView),
  nextReportDueAt: nullable(Instant),
  missedReports: Type.Array(Type.Object({ period: Type.Integer(), dueAt: Instant })),
  proposedBy: PersonRef,
  approvedBy: nullable(PersonRef),
  decisionNote: nullable(Type.String()),
  result: nullable(Type.String()),
  askedAt: nullable(Instant),
  checkedBy: nullable(PersonRef),
  checkResult: nullable(Type.String()),
  delistedBy: nullable(PersonRef),
  delistNote: nullable(Type.String()),
  sentBackCount: Type.Integer(),
  entries: Type.Array(
    Type.Object({
      id: Id,
      kind: keysOf(ENTRY_KINDS),
      period: Type.Integer(),
      text: Type.String(),
      madeBy: PersonRef,
      unit: UnitRef,
      madeAt: Instant,
    }),
  ),
  files: Type.Array(
    Type.Object({
      id: Id,
      name: Type.String(),
      mime: Type.String(),
      size: Type.Integer(),
      stage: keysOf(LISTING_FILE_STAGES),
      entryId: nullable(Id),
      addedBy: PersonRef,
      addedAt: Instant,
    }),
  ),
  rectifications: Type.Array(RectificationRef),
  timeline: Type.Array(
    Type.Object({
      id: Id,
      at: Instant,
      label: Type.String(),
      actor: nullable(Type.Object({ name: Type.String(), unit: nullable(Type.String()) })),
      note: nullable(Type.String()),
    }),
  ),
  /** What came back after the delisting: all counted, those in the reader's scope listed. */
  rebound: Type.Object({
    orderCount: Type.Integer(),
    orders: Type.Array(Order),
    rectificationCount: Type.Integer(),
    rectifications: Type.Array(RectificationRef),
  }),
});

export const Listing = Type.Object({
  ...ListingItem.properties,
  file: nullable(ListingFile),
  allowedActions: Type.Array(keysOf(LISTING_ACTIONS)),
});
export type Listing = Static<typeof Listing>;

export const getListing = endpoint({
  id: 'listing.get',
  method: 'GET',
  path: '/listings/:id',
  access: 'listing.read',
  summary: '一项挂牌督办；不属本单位的只见公开部分',
  params: IdParams,
  response: Listing,
});

export const ListingReference = Type.Object({
  units: Type.Array(UnitRef),
  leaders: Type.Array(PersonRef),
  types: Type.Array(Type.Object({ code: Type.String(), name: Type.String(), workdays: Type.Integer() })),
  mayPropose: Type.Boolean(),
});
export type ListingReference = Static<typeof ListingReference>;

export const listingReference = endpoint({
  id: 'listing.reference',
  method: 'GET',
  path: '/listings/reference',
  access: 'listing.read',
  summary: '挂牌督办用的单位、局领导与问题类型',
  response: ListingReference,
});

/** What gives cause for listing and is not on the list. */
export const ListingCandidate = Type.Object({
  source: Type.Enum(['matter', 'rectification']),
  id: Id,
  title: Type.String(),
  unit: nullable(UnitRef),
  reason: Type.String(),
});
export type ListingCandidate = Static<typeof ListingCandidate>;

export const listingCandidates = endpoint({
  id: 'listing.candidates',
  method: 'GET',
  path: '/listings/candidates',
  access: 'listing.propose',
  summary: '应提请挂牌而未提请的：触发提醒的事项、退回两次或超期的整改',
  response: Type.Object({ items: Type.Array(ListingCandidate) }),
});

export const NewListing = Type.Object(
  {
    source: keysOf(LISTING_SOURCES),
    matterId: Type.Optional(Id),
    rectificationId: Type.Optional(Id),
    sourceNote: Type.Optional(Type.String({ maxLength: 500 })),
    level: keysOf(LISTING_LEVELS),
    subject: Words(100),
    reason: Words(),
    demand: Words(),
    ownerUnitId: Id,
    leaderId: Id,
    workdays: Type.Integer({ minimum: 1, maximum: 120 }),
    reportEvery: Type.Integer({ minimum: 1, maximum: 20 }),
    fileIds: Type.Optional(FileIds),
  },
  strict,
);
export type NewListing = Static<typeof NewListing>;

export const proposeListing = endpoint({
  id: 'listing.propose',
  method: 'POST',
  path: '/listings',
  access: 'listing.propose',
  summary: '提请挂牌督办',
  body: Type.Object({ commandId: CommandId, listing: NewListing }, strict),
  response: Type.Object({ id: Id, number: Type.String() }),
});

const of = <A extends string, P extends Parameters<typeof Type.Object>[0]>(action: A, properties: P) =>
  Type.Object({ action: Type.Literal(action), ...properties }, strict);
const Note = { note: Type.Optional(Type.String({ maxLength: 1000 })) };

export const ListingCommand = Type.Union([
  of('approve', Note),
  of('refuse', { reason: Words() }),
  of('report', { note: Words(), fileIds: Type.Optional(FileIds) }),
  of('visit', { note: Words(), fileIds: Evidence }),
  of('open_rectification', {
    type: Type.String({ minLength: 1, maxLength: 40 }),
    problem: Words(),
    workdays: Type.Integer({ minimum: 1, maximum: 60 }),
    ownerPersonId: Type.Optional(Id),
    recurrenceOf: Type.Optional(Id),
  }),
  of('extend', { workdays: Type.Integer({ minimum: 1, maximum: 30 }), reason: Words() }),
  of('ask_delisting', { result: Words(), fileIds: Evidence }),
  of('verify', { passed: Type.Boolean(), result: Words(), fileIds: Type.Optional(FileIds) }),
  of('delist', Note),
  of('send_back', { reason: Words() }),
]);
export type ListingCommand = Static<typeof ListingCommand>;

export const commandListing = endpoint({
  id: 'listing.command',
  method: 'POST',
  path: '/listings/:id/commands',
  access: 'listing.read',
  summary: '对一项挂牌督办的一次操作',
  params: IdParams,
  body: Type.Object({ commandId: CommandId, version: Type.Optional(Type.Integer()), command: ListingCommand }, strict),
  response: Type.Object({ status: keysOf(LISTING_STATUSES), version: Type.Integer(), repeated: Type.Boolean() }),
});
