import {
  ACTION_NAMES,
  CONTACT_OUTCOMES,
  FOLLOW_UP_CHANNELS,
  KINDS,
  MEASURES,
  OUTCOMES,
  REQUEST_KINDS,
  ROUND_KINDS,
  SATISFACTIONS,
  SOURCE_KINDS,
  STATUSES,
  URGENCIES,
} from '@bihuan/domain/complaint';
import { POINT_SOURCES } from '@bihuan/domain/geo';
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

const strict = { additionalProperties: false } as const;
const Reason = Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S' });
const Note = Type.String({ maxLength: 5000 });
const FileIds = Type.Array(Id, { maxItems: 30 });
/** Degrees, WGS-84. */
const Longitude = Type.Number({ minimum: -180, maximum: 180 });
const Latitude = Type.Number({ minimum: -90, maximum: 90 });
const Measures = Type.Array(keysOf(MEASURES), { maxItems: 9 });

export { ClockView };

export const ComplaintListItem = Type.Object({
  id: Id,
  number: Type.String(),
  externalNo: nullable(Type.String()),
  title: Type.String(),
  address: nullable(Type.String()),
  status: keysOf(STATUSES),
  kind: keysOf(KINDS),
  urgency: keysOf(URGENCIES),
  category: nullable(Type.Object({ code: Type.String(), name: Type.String() })),
  source: Type.Object({ id: Id, name: Type.String(), kind: keysOf(SOURCE_KINDS) }),
  unit: nullable(UnitRef),
  town: nullable(UnitRef),
  officer: nullable(PersonRef),
  round: Type.Integer(),
  reopenCount: Type.Integer(),
  receivedAt: Instant,
  dueAt: nullable(Instant),
  /** `null` once the round is concluded. */
  clock: nullable(ClockView),
  /** Present until first contact has been made. */
  firstContactClock: nullable(ClockView),
  outcome: nullable(keysOf(OUTCOMES)),
  excluded: Type.Boolean(),
  pendingRequests: Type.Integer(),
  /** The matter it shares with other orders. */
  matter: nullable(Type.Object({ id: Id, orderCount: Type.Integer() })),
  /** Like an order of another matter: a person is to say whether they are one. */
  suspected: Type.Boolean(),
  version: Type.Integer(),
});
export type ComplaintListItem = Static<typeof ComplaintListItem>;

/** Places in a text, in UTF-16 units: from, to (exclusive). */
const Ranges = Type.Array(Type.Tuple([Type.Integer(), Type.Integer()]));

/** Where the words of a search stand in an order. */
export const SearchHit = Type.Object({
  number: Ranges,
  externalNo: Ranges,
  title: Ranges,
  address: Ranges,
  /** A line of the content or of a reply, when number, title and address do not show every word. */
  snippet: nullable(Type.Object({ field: Type.Enum(['content', 'reply']), text: Type.String(), ranges: Ranges })),
  /** Found by the complainant's phone number. */
  phone: Type.Boolean(),
});
export type SearchHit = Static<typeof SearchHit>;

export const FoundComplaint = Type.Object({ ...ComplaintListItem.properties, hit: Type.Optional(SearchHit) });
export type FoundComplaint = Static<typeof FoundComplaint>;

/** `relevance` only orders a search: words in number or title first, then address, content, replies, each newest first. */
export const SORTS = {
  due: '按到期先后',
  received: '按受理先后（新的在前）',
  relevance: '按相关程度（搜索时）',
} as const;

/** Filters of the list; the same object filters count, export and saved views. Lists are comma-separated. */
export const ComplaintFilter = Type.Object(
  {
    q: Type.Optional(
      Type.String({
        maxLength: 100,
        description: '编号、标题、地址、内容、答复中任意两个字以上，空格隔开的词须同时出现；或完整的来电号码',
      }),
    ),
    status: Type.Optional(Type.String({ maxLength: 200 })),
    unitId: Type.Optional(Type.String({ maxLength: 2000 })),
    townId: Type.Optional(Type.String({ maxLength: 2000 })),
    placeId: Type.Optional(Id),
    officerId: Type.Optional(Id),
    categoryCode: Type.Optional(Type.String({ maxLength: 400 })),
    sourceId: Type.Optional(Id),
    kind: Type.Optional(Type.String({ maxLength: 100 })),
    urgency: Type.Optional(Type.String({ maxLength: 100 })),
    receivedFrom: Type.Optional(Day),
    receivedTo: Type.Optional(Day),
    dueFrom: Type.Optional(Day),
    dueTo: Type.Optional(Day),
    overdue: Type.Optional(Type.Boolean()),
    open: Type.Optional(Type.Boolean()),
    paused: Type.Optional(Type.Boolean()),
    reopened: Type.Optional(Type.Boolean()),
    excluded: Type.Optional(Type.Boolean()),
    pendingRequest: Type.Optional(Type.String({ maxLength: 100, description: '有待审批的某类申请' })),
    /** Orders of one matter. */
    matterId: Type.Optional(Id),
    /** Its category was filled in by the machine, nobody has confirmed it. */
    guessed: Type.Optional(Type.Boolean()),
    /** Like another matter, not answered yet. */
    suspected: Type.Optional(Type.Boolean()),
    /** Of a matter of two orders and more. */
    repeated: Type.Optional(Type.Boolean()),
    /** Only what the actor must act on. */
    mine: Type.Optional(Type.Boolean()),
    /** West, south, east, north in degrees (WGS-84); the east and north edges belong to the next box. */
    bbox: Type.Optional(Type.String({ maxLength: 120, pattern: '^-?\\d+(\\.\\d+)?(,-?\\d+(\\.\\d+)?){3}$' })),
    /** Has a point on the map. */
    located: Type.Optional(Type.Boolean()),
  },
  strict,
);
export type ComplaintFilter = Static<typeof ComplaintFilter>;

export const listComplaints = endpoint({
  id: 'complaint.list',
  method: 'GET',
  path: '/complaints',
  access: 'complaint.read',
  summary: '诉件列表',
  query: Type.Object(
    {
      ...ComplaintFilter.properties,
      sort: Type.Optional(keysOf(SORTS)),
      after: Type.Optional(Type.String({ maxLength: 200 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    },
    strict,
  ),
  response: pageOf(FoundComplaint),
});

export const TimelineEvent = Type.Object({
  id: Id,
  at: Instant,
  /** `complaint.<action>` */
  action: Type.String(),
  label: Type.String(),
  actor: nullable(PersonRef),
  actorUnit: nullable(UnitRef),
  fromStatus: nullable(keysOf(STATUSES)),
  toStatus: nullable(keysOf(STATUSES)),
  note: nullable(Type.String()),
  /** What the action carried, ready to read: label and value. */
  facts: Type.Array(Type.Object({ label: Type.String(), value: Type.String() })),
  files: Type.Array(
    Type.Object({
      id: Id,
      name: Type.String(),
      mime: Type.String(),
      size: Type.Integer(),
      /** Hash taken by the device when the photo was made, equal to what is kept; null where the device took none. */
      capturedSha256: nullable(Type.String()),
    }),
  ),
});
export type TimelineEvent = Static<typeof TimelineEvent>;

export const RequestView = Type.Object({
  id: Id,
  kind: keysOf(REQUEST_KINDS),
  reason: Type.String(),
  workdays: nullable(Type.Integer()),
  targetUnit: nullable(UnitRef),
  requestedBy: PersonRef,
  requestedUnit: UnitRef,
  requestedAt: Instant,
  approved: nullable(Type.Boolean()),
  decidedBy: nullable(PersonRef),
  decidedAt: nullable(Instant),
  decisionNote: nullable(Type.String()),
  mayDecide: Type.Boolean(),
  mayWithdraw: Type.Boolean(),
});
export type RequestView = Static<typeof RequestView>;

export const RoundView = Type.Object({
  round: Type.Integer(),
  kind: keysOf(ROUND_KINDS),
  unit: nullable(UnitRef),
  officer: nullable(PersonRef),
  startedAt: Instant,
  firstContactDueAt: Instant,
  firstContactAt: nullable(Instant),
  dueAt: Instant,
  signedAt: nullable(Instant),
  submittedAt: nullable(Instant),
  concludedAt: nullable(Instant),
  result: nullable(Type.String()),
  measures: Measures,
  legalBasis: nullable(Type.String()),
  followedUpAt: nullable(Instant),
  followUpChannel: nullable(keysOf(FOLLOW_UP_CHANNELS)),
  reached: nullable(Type.Boolean()),
  solved: nullable(Type.Boolean()),
  satisfaction: nullable(keysOf(SATISFACTIONS)),
  followUpNote: nullable(Type.String()),
  reopened: Type.Boolean(),
});
export type RoundView = Static<typeof RoundView>;

export const ComplaintDetail = Type.Object({
  ...ComplaintListItem.properties,
  content: Type.String(),
  /** The category was filled in by the machine and waits for a person's word; `null`: it is a person's or the source's. */
  categoryGuess: nullable(Type.Object({ confidence: Type.Number(), byWords: Type.Boolean() })),
  anonymous: Type.Boolean(),
  callbackWanted: Type.Boolean(),
  /** Masked: 王**, 138****5678. Opened by `complaint.reveal`. */
  complainant: Type.Object({
    name: nullable(Type.String()),
    phone: nullable(Type.String()),
    hasHiddenContent: Type.Boolean(),
  }),
  /** Degrees, WGS-84; `null` where only the town is known, or nothing. */
  lng: nullable(Type.Number()),
  lat: nullable(Type.Number()),
  pointBy: nullable(keysOf(POINT_SOURCES)),
  /** The place of the dictionary that the order was found to lie at. */
  place: nullable(Type.Object({ id: Id, name: Type.String(), kind: Type.String() })),
  jointUnits: Type.Array(UnitRef),
  extras: Type.Record(Type.String(), Type.String()),
  rounds: Type.Array(RoundView),
  requests: Type.Array(RequestView),
  timeline: Type.Array(TimelineEvent),
  allowedActions: Type.Array(Type.Enum(ACTION_NAMES as [string, ...string[]])),
  allowedRequests: Type.Array(keysOf(REQUEST_KINDS)),
  mayReveal: Type.Boolean(),
  suggestion: nullable(Type.Object({ unit: UnitRef, confidence: Type.Number(), reasons: Type.Array(Type.String()) })),
});
export type ComplaintDetail = Static<typeof ComplaintDetail>;

export const getComplaint = endpoint({
  id: 'complaint.get',
  method: 'GET',
  path: '/complaints/:id',
  access: 'complaint.read',
  summary: '诉件详情',
  params: IdParams,
  response: ComplaintDetail,
});

const act = <const A extends string, P extends Parameters<typeof Type.Object>[0]>(action: A, fields: P) =>
  Type.Object({ action: Type.Literal(action), ...fields }, strict);

/** One body for every change of state; mirrors `Command` of the domain. */
const VISIT = act('visit', { note: Reason, measures: Measures, fileIds: Type.Optional(FileIds) });
const SUBMIT = act('submit', {
  result: Reason,
  measures: Measures,
  legalBasis: Type.Optional(Note),
  fileIds: Type.Optional(FileIds),
});

export const ComplaintCommand = Type.Union([
  act('accept', {}),
  act('decline', { reason: Reason }),
  act('answer', { result: Reason }),
  act('dispatch', {
    unitId: Id,
    jointUnitIds: Type.Optional(Type.Array(Id, { maxItems: 10 })),
    note: Type.Optional(Note),
  }),
  act('sign', {}),
  act('assign', { officerId: Id, note: Type.Optional(Note) }),
  act('contact', { outcome: keysOf(CONTACT_OUTCOMES), note: Reason }),
  VISIT,
  act('note', { note: Reason, fileIds: Type.Optional(FileIds) }),
  act('urge', { note: Reason }),
  act('request', {
    requestId: Id,
    kind: keysOf(REQUEST_KINDS),
    reason: Reason,
    workdays: Type.Optional(Type.Integer({ minimum: 1, maximum: 15 })),
    targetUnitId: Type.Optional(Id),
    fileIds: Type.Optional(FileIds),
  }),
  act('withdraw', { requestId: Id }),
  act('decide', { requestId: Id, approve: Type.Boolean(), note: Note }),
  act('resume', { note: Reason }),
  SUBMIT,
  act('send_back', { reason: Reason }),
  act('conclude', { note: Type.Optional(Note) }),
  act('follow_up', {
    channel: keysOf(FOLLOW_UP_CHANNELS),
    reached: Type.Boolean(),
    solved: Type.Optional(Type.Boolean()),
    satisfaction: Type.Optional(keysOf(SATISFACTIONS)),
    note: Type.String({ maxLength: 2000 }),
    final: Type.Optional(Type.Boolean()),
    fileIds: Type.Optional(FileIds),
  }),
  act('amend', {
    reason: Reason,
    changes: Type.Object(
      {
        title: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
        address: Type.Optional(nullable(Type.String({ maxLength: 300 }))),
        categoryCode: Type.Optional(nullable(Type.String({ maxLength: 40 }))),
        townId: Type.Optional(nullable(Id)),
        kind: Type.Optional(keysOf(KINDS)),
        urgency: Type.Optional(keysOf(URGENCIES)),
      },
      { ...strict, minProperties: 1 },
    ),
  }),
  act('locate', { lng: Longitude, lat: Latitude, note: Type.Optional(Note) }),
]);
export type ComplaintCommand = Static<typeof ComplaintCommand>;

/** What a change of state answers: enough for a list row and the next buttons. */
export const CommandResult = Type.Object({
  id: Id,
  status: keysOf(STATUSES),
  round: Type.Integer(),
  version: Type.Integer(),
  dueAt: nullable(Instant),
  allowedActions: Type.Array(Type.String()),
  /** The command had been carried out before; nothing was changed now. */
  repeated: Type.Boolean(),
});
export type CommandResult = Static<typeof CommandResult>;

export const commandComplaint = endpoint({
  id: 'complaint.command',
  method: 'POST',
  path: '/complaints/:id/commands',
  // The domain's table decides by action, role and relation; reading is the least that any of them needs.
  access: 'complaint.read',
  summary: '对诉件执行一项操作（派单、签收、办理、回访等）',
  params: IdParams,
  body: Type.Object(
    {
      commandId: CommandId,
      /** The version the person was looking at; a newer one is answered with 412. Absent for commands queued offline. */
      ifVersion: Type.Optional(Type.Integer()),
      command: ComplaintCommand,
    },
    strict,
  ),
  response: CommandResult,
});

export const CategorySuggestion = Type.Object({
  code: Type.String(),
  name: Type.String(),
  /** Share of such suggestions that are right. */
  confidence: Type.Number(),
  sure: Type.Boolean(),
});

/** What an order's category may be, while it is written down or where it has none. Nothing is kept of the text. */
export const suggestCategory = endpoint({
  id: 'complaint.suggestCategory',
  method: 'POST',
  path: '/complaints/category-suggestions',
  access: 'complaint.read',
  summary: '按标题和内容建议类别，附可信度',
  body: Type.Object({ title: Type.String({ maxLength: 200 }), content: Type.String({ maxLength: 20_000 }) }, strict),
  response: Type.Object({ suggestions: Type.Array(CategorySuggestion) }),
});

/** A person's word on the category that the machine filled in; the only way by which a guess becomes a fact. */
export const confirmCategory = endpoint({
  id: 'complaint.confirmCategory',
  method: 'POST',
  path: '/complaints/:id/category-confirmation',
  access: 'complaint.edit',
  summary: '确认机器判定的类别',
  params: IdParams,
  body: Type.Object({ commandId: CommandId, code: Type.String({ maxLength: 40 }) }, strict),
  response: Type.Object({ code: Type.String() }),
});

export const BatchResult = Type.Object({
  results: Type.Array(
    Type.Object({ id: Id, ok: Type.Boolean(), status: nullable(keysOf(STATUSES)), message: nullable(Type.String()) }),
  ),
});

/** The same command for many: each in a transaction of its own; what fails is told apart. */
export const batchComplaints = endpoint({
  id: 'complaint.batch',
  method: 'POST',
  path: '/complaints/batch',
  access: 'complaint.read',
  summary: '批量操作诉件',
  body: Type.Object(
    {
      commandId: CommandId,
      ids: Type.Array(Id, { minItems: 1, maxItems: 200, uniqueItems: true }),
      /** `dispatch_suggested`: each to the squadron suggested for it. */
      command: Type.Union([
        act('accept', {}),
        act('dispatch_suggested', {}),
        act('dispatch', { unitId: Id, note: Type.Optional(Note) }),
        act('sign', {}),
        act('assign', { officerId: Id }),
        act('urge', { note: Reason }),
        // One visit, one conclusion may answer several orders of a matter.
        VISIT,
        SUBMIT,
      ]),
    },
    strict,
  ),
  response: BatchResult,
});

export const NewComplaint = Type.Object(
  {
    commandId: CommandId,
    sourceId: Id,
    externalNo: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    title: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
    content: Type.String({ minLength: 1, maxLength: 20_000, pattern: '\\S' }),
    address: Type.Optional(Type.String({ maxLength: 300 })),
    townId: Type.Optional(Id),
    categoryCode: Type.Optional(Type.String({ maxLength: 40 })),
    kind: Type.Optional(keysOf(KINDS)),
    urgency: Type.Optional(keysOf(URGENCIES)),
    receivedAt: Type.Optional(Instant),
    anonymous: Type.Optional(Type.Boolean()),
    complainantName: Type.Optional(Type.String({ maxLength: 50 })),
    complainantPhone: Type.Optional(Type.String({ maxLength: 40, pattern: '^[0-9+\\- ]{5,40}$' })),
    callbackWanted: Type.Optional(Type.Boolean()),
  },
  strict,
);
export type NewComplaint = Static<typeof NewComplaint>;

export const createComplaint = endpoint({
  id: 'complaint.create',
  method: 'POST',
  path: '/complaints',
  access: 'complaint.create',
  summary: '登记诉件（来访、来信、信访、媒体等）',
  body: NewComplaint,
  response: Type.Object({
    id: Id,
    number: Type.String(),
    status: keysOf(STATUSES),
    dueAt: Instant,
    repeated: Type.Boolean(),
  }),
});

export const revealComplainant = endpoint({
  id: 'complaint.reveal',
  method: 'POST',
  path: '/complaints/:id/reveal',
  access: 'complaint.reveal',
  summary: '查看诉求人信息（须填事由，逐次留痕）',
  params: IdParams,
  body: Type.Object({ reason: Type.String({ minLength: 2, maxLength: 200, pattern: '\\S' }) }, strict),
  response: Type.Object({
    name: nullable(Type.String()),
    phone: nullable(Type.String()),
    content: Type.String(),
    address: nullable(Type.String()),
  }),
  rateLimit: 30,
});

/** Counts for tabs and the work page, in the actor's scope. */
export const complaintCounts = endpoint({
  id: 'complaint.counts',
  method: 'GET',
  path: '/complaints/counts',
  access: 'complaint.read',
  summary: '各状态诉件数',
  response: Type.Object({
    byStatus: Type.Record(Type.String(), Type.Integer()),
    overdue: Type.Integer(),
    dueToday: Type.Integer(),
    paused: Type.Integer(),
    pendingRequests: Type.Integer(),
  }),
});

export const exportComplaints = endpoint({
  id: 'complaint.export',
  method: 'GET',
  path: '/complaints/export.xlsx',
  access: 'complaint.export',
  summary: '按当前筛选导出诉件（不含诉求人信息）',
  query: ComplaintFilter,
  rateLimit: 10,
});

export const WorkItem = Type.Object({
  /** Why it is here: what is to be done. */
  task: Type.Enum(['accept', 'dispatch', 'sign', 'assign', 'contact', 'handle', 'review', 'follow_up', 'decide']),
  complaint: ComplaintListItem,
});
export type WorkItem = Static<typeof WorkItem>;

export const myWork = endpoint({
  id: 'complaint.myWork',
  method: 'GET',
  path: '/my-work',
  access: 'complaint.read',
  summary: '我的工作：现在要办的，按剩余工作时间排列',
  query: Type.Object(
    {
      task: Type.Optional(Type.String({ maxLength: 20 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 100 })),
    },
    strict,
  ),
  response: Type.Object({ items: Type.Array(WorkItem), counts: Type.Record(Type.String(), Type.Integer()) }),
});

/** What a person fills forms with; loaded once a session. */
export const complaintReference = endpoint({
  id: 'complaint.reference',
  method: 'GET',
  path: '/complaints/reference',
  access: 'complaint.read',
  summary: '诉件表单所需的类别、来源、单位、人员与办理用语模板',
  response: Type.Object({
    categories: Type.Array(
      Type.Object({
        code: Type.String(),
        parentCode: nullable(Type.String()),
        name: Type.String(),
        hot: Type.Boolean(),
      }),
    ),
    sources: Type.Array(Type.Object({ id: Id, name: Type.String(), kind: keysOf(SOURCE_KINDS) })),
    squadrons: Type.Array(UnitRef),
    towns: Type.Array(UnitRef),
    partners: Type.Array(UnitRef),
    /** Officers of the actor's own unit, for assignment. */
    officers: Type.Array(Type.Object({ id: Id, name: Type.String(), openCount: Type.Integer() })),
    templates: Type.Array(
      Type.Object({
        id: Id,
        categoryCode: nullable(Type.String()),
        name: Type.String(),
        body: Type.String(),
        legalBasis: nullable(Type.String()),
        measures: Measures,
      }),
    ),
  }),
});

export const createCitizenLink = endpoint({
  id: 'complaint.citizenLink',
  method: 'POST',
  path: '/complaints/:id/citizen-link',
  access: 'complaint.followUp',
  summary: '生成一次性市民评价链接',
  params: IdParams,
  response: Type.Object({ url: Type.String(), expiresAt: Instant }),
});

const CitizenToken = Type.Object({ token: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }) }, strict);

export const openCitizenLink = endpoint({
  id: 'complaint.openCitizenLink',
  method: 'GET',
  path: '/citizen/:token',
  access: 'public',
  summary: '市民打开评价链接',
  params: CitizenToken,
  response: Type.Object({
    number: Type.String(),
    title: Type.String(),
    receivedAt: Instant,
    unitName: Type.String(),
    result: nullable(Type.String()),
    state: Type.Enum(['open', 'used', 'expired']),
  }),
  rateLimit: 30,
});

export const answerCitizenLink = endpoint({
  id: 'complaint.answerCitizenLink',
  method: 'POST',
  path: '/citizen/:token',
  access: 'public',
  summary: '市民评价：是否解决、是否满意',
  params: CitizenToken,
  body: Type.Object(
    { solved: Type.Boolean(), satisfaction: keysOf(SATISFACTIONS), note: Type.String({ maxLength: 1000 }) },
    strict,
  ),
  response: Type.Object({ reopened: Type.Boolean() }),
  rateLimit: 10,
});
