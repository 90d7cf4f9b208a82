import { STATUSES } from '@bihuan/domain/complaint';
import { ALERT_ACTIONS, ALERT_STATUSES, ALERT_TRIGGERS, BACKLOG_STATUSES, STEP_KINDS } from '@bihuan/domain/matter';
import { type Static, Type } from 'typebox';
import { CommandId, Day, Id, IdParams, Instant, keysOf, nullable, PersonRef, pageOf, UnitRef } from '../common.ts';
import { endpoint } from '../endpoint.ts';

const strict = { additionalProperties: false };
const CategoryRef = Type.Object({ code: Type.String(), name: Type.String() });
const Note = Type.String({ minLength: 2, maxLength: 1000, pattern: '\\S' });
const Reasons = Type.Array(Type.String());

/** One matter in a list. Counts are of the orders that the reader may see. */
export const MatterItem = Type.Object({
  id: Id,
  title: Type.String(),
  category: nullable(CategoryRef),
  town: nullable(UnitRef),
  unit: nullable(UnitRef),
  orderCount: Type.Integer(),
  openCount: Type.Integer(),
  /** Different callers, as far as they left a phone or a name. */
  callerCount: Type.Integer(),
  /** Received in the last 30 days. */
  recentCount: Type.Integer(),
  reopenCount: Type.Integer(),
  firstAt: Instant,
  lastAt: Instant,
  settledAt: nullable(Instant),
  openAlerts: Type.Array(keysOf(ALERT_ACTIONS)),
  backlog: nullable(keysOf(BACKLOG_STATUSES)),
});
export type MatterItem = Static<typeof MatterItem>;

export const MATTER_STATES = {
  open: '未解决',
  settled: '已解决',
  alert: '有待处理的提醒',
  backlog: '信访积案',
} as const;
export const MATTER_SORTS = { last: '最近来件', count: '件数最多', first: '最早来件' } as const;

const MatterFilter = {
  /** Part of the title, two characters or more. */
  q: Type.Optional(Type.String({ maxLength: 100 })),
  unitId: Type.Optional(Type.String({ maxLength: 400 })),
  townId: Type.Optional(Type.String({ maxLength: 400 })),
  categoryCode: Type.Optional(Type.String({ maxLength: 400 })),
  minCount: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  state: Type.Optional(keysOf(MATTER_STATES)),
  /** Last order received on this day or later. */
  lastFrom: Type.Optional(Day),
  lastTo: Type.Optional(Day),
  sort: Type.Optional(keysOf(MATTER_SORTS)),
};
export const MatterQuery = Type.Object(MatterFilter, strict);
export type MatterQuery = Static<typeof MatterQuery>;

export const listMatters = endpoint({
  id: 'matter.list',
  method: 'GET',
  path: '/matters',
  access: 'complaint.read',
  summary: '同一事项清单：一处、一个问题、多次诉求',
  query: Type.Object(
    {
      ...MatterFilter,
      after: Type.Optional(Type.String({ maxLength: 200 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    },
    strict,
  ),
  response: pageOf(MatterItem),
});

export const exportMatters = endpoint({
  id: 'matter.export',
  method: 'GET',
  path: '/matters/export',
  access: 'complaint.export',
  summary: '导出事项清单（XLSX）',
  query: MatterQuery,
});

export const MatterOrder = Type.Object({
  id: Id,
  number: Type.String(),
  title: Type.String(),
  address: nullable(Type.String()),
  status: keysOf(STATUSES),
  receivedAt: Instant,
  closedAt: nullable(Instant),
  dueAt: Instant,
  unit: nullable(UnitRef),
  reopenCount: Type.Integer(),
  /** 甲, 乙, …: the same letter for the same caller of this matter; `null` for who left nothing. */
  caller: nullable(Type.String()),
  /** The order by which the matter began. */
  founder: Type.Boolean(),
  byPerson: Type.Boolean(),
  score: nullable(Type.Number()),
  reasons: Reasons,
  /** What was done, from the round in hand. */
  result: nullable(Type.String()),
  /** The caller's answer at follow-up. */
  solved: nullable(Type.Boolean()),
});
export type MatterOrder = Static<typeof MatterOrder>;

export const MatterAlert = Type.Object({
  id: Id,
  action: keysOf(ALERT_ACTIONS),
  count: Type.Integer(),
  days: nullable(Type.Integer()),
  firedAt: Instant,
  status: keysOf(ALERT_STATUSES),
  note: nullable(Type.String()),
  decidedBy: nullable(PersonRef),
  decidedAt: nullable(Instant),
  version: Type.Integer(),
});
export type MatterAlert = Static<typeof MatterAlert>;

/** Two orders of different matters that may be one. */
export const Suggestion = Type.Object({
  orderId: Id,
  score: Type.Number(),
  reasons: Reasons,
  madeAt: Instant,
  order: Type.Object({ id: Id, number: Type.String(), title: Type.String(), receivedAt: Instant, matterId: Id }),
  like: Type.Object({ id: Id, number: Type.String(), title: Type.String(), receivedAt: Instant, matterId: Id }),
  /** Orders of the matter that `like` is of. */
  likeCount: Type.Integer(),
});
export type Suggestion = Static<typeof Suggestion>;

export const MatterStep = Type.Object({
  id: Id,
  kind: keysOf(STEP_KINDS),
  content: Type.String(),
  plannedOn: nullable(Day),
  doneOn: nullable(Day),
  note: nullable(Type.String()),
  madeBy: PersonRef,
});
export type MatterStep = Static<typeof MatterStep>;

export const Backlog = Type.Object({
  status: keysOf(BACKLOG_STATUSES),
  reason: Type.String(),
  leader: PersonRef,
  plan: Type.String(),
  dueOn: Day,
  listedAt: Instant,
  agreedOn: nullable(Day),
  closedAt: nullable(Instant),
  conclusion: nullable(Type.String()),
  steps: Type.Array(MatterStep),
});
export type Backlog = Static<typeof Backlog>;

export const Matter = Type.Object({
  ...MatterItem.properties,
  plan: nullable(Type.String()),
  settledNote: nullable(Type.String()),
  version: Type.Integer(),
  /** Received in so many days before now. */
  windows: Type.Array(Type.Object({ days: Type.Integer(), count: Type.Integer(), from: Day, to: Day })),
  /** The latest 300. */
  orders: Type.Array(MatterOrder),
  alerts: Type.Array(MatterAlert),
  suggestions: Type.Array(Suggestion),
  backlogCase: nullable(Backlog),
  timeline: Type.Array(
    Type.Object({
      at: Instant,
      label: Type.String(),
      actor: nullable(Type.String()),
      note: nullable(Type.String()),
    }),
  ),
  mayDecide: Type.Boolean(),
  mayManage: Type.Boolean(),
  mayBacklog: Type.Boolean(),
});
export type Matter = Static<typeof Matter>;

export const getMatter = endpoint({
  id: 'matter.get',
  method: 'GET',
  path: '/matters/:id',
  access: 'complaint.read',
  summary: '一个事项：诉件、来电人、提醒、方案、积案',
  params: IdParams,
  response: Matter,
});

const of = <A extends string, P extends Record<string, ReturnType<typeof Type.String>>>(action: A, properties: P) =>
  Type.Object({ action: Type.Literal(action), ...properties }, strict);

/** Judging which orders are of one matter. */
export const MatterDecision = Type.Union([
  Type.Object({ action: Type.Literal('join'), otherId: Id }, strict),
  Type.Object(
    { action: Type.Literal('split'), orderIds: Type.Array(Id, { minItems: 1, maxItems: 300 }), note: Note },
    strict,
  ),
]);
export type MatterDecision = Static<typeof MatterDecision>;

export const decideMatter = endpoint({
  id: 'matter.decide',
  method: 'POST',
  path: '/matters/:id/decision',
  access: 'matter.decide',
  summary: '并入另一事项，或把选中的诉件拆出；以后的识别服从',
  params: IdParams,
  body: Type.Object({ commandId: CommandId, ifVersion: Type.Integer(), decision: MatterDecision }, strict),
  /** The matter that the orders are of now. */
  response: Type.Object({ matterId: Id }),
});

export const MatterChange = Type.Union([
  Type.Object(
    {
      action: Type.Literal('edit'),
      title: Type.String({ minLength: 2, maxLength: 100, pattern: '\\S' }),
      unitId: nullable(Id),
      plan: nullable(Type.String({ maxLength: 4000 })),
    },
    strict,
  ),
  of('settle', { note: Note }),
  of('unsettle', { note: Note }),
  Type.Object(
    {
      action: Type.Literal('alert'),
      alertId: Id,
      status: Type.Enum(['done', 'declined']),
      note: Note,
    },
    strict,
  ),
]);
export type MatterChange = Static<typeof MatterChange>;

export const changeMatter = endpoint({
  id: 'matter.change',
  method: 'POST',
  path: '/matters/:id/changes',
  access: 'matter.manage',
  summary: '修改事项、认定解决、落实或不予落实提醒',
  params: IdParams,
  body: Type.Object({ commandId: CommandId, ifVersion: Type.Integer(), change: MatterChange }, strict),
  response: Type.Object({ version: Type.Integer() }),
});

const BacklogPlan = {
  leaderId: Id,
  reason: Note,
  plan: Type.String({ maxLength: 4000 }),
  dueOn: Day,
};
export const BacklogChange = Type.Union([
  Type.Object({ action: Type.Literal('list'), ...BacklogPlan }, strict),
  Type.Object({ action: Type.Literal('edit'), ...BacklogPlan }, strict),
  Type.Object(
    {
      action: Type.Literal('step'),
      stepId: nullable(Id),
      kind: keysOf(STEP_KINDS),
      content: Note,
      plannedOn: nullable(Day),
      doneOn: nullable(Day),
      note: nullable(Type.String({ maxLength: 1000 })),
    },
    strict,
  ),
  of('submit', { note: Note }),
  of('approve', { note: Note }),
  of('return', { note: Note }),
]);
export type BacklogChange = Static<typeof BacklogChange>;

export const changeBacklog = endpoint({
  id: 'matter.backlog',
  method: 'POST',
  path: '/matters/:id/backlog',
  access: 'matter.manage',
  summary: '信访积案：列入、修改、记录节点、提交与审核销号',
  params: IdParams,
  body: Type.Object({ commandId: CommandId, ifVersion: Type.Integer(), change: BacklogChange }, strict),
  response: Type.Object({ version: Type.Integer() }),
});

export const BacklogItem = Type.Object({
  id: Id,
  title: Type.String(),
  unit: nullable(UnitRef),
  town: nullable(UnitRef),
  orderCount: Type.Integer(),
  leader: PersonRef,
  status: keysOf(BACKLOG_STATUSES),
  listedAt: Instant,
  dueOn: Day,
  overdue: Type.Boolean(),
  closedAt: nullable(Instant),
  stepsDone: Type.Integer(),
  stepsTotal: Type.Integer(),
  nextStep: nullable(Type.Object({ content: Type.String(), plannedOn: Day })),
});
export type BacklogItem = Static<typeof BacklogItem>;

export const listBacklog = endpoint({
  id: 'matter.backlogList',
  method: 'GET',
  path: '/matters/backlog',
  access: 'complaint.read',
  summary: '信访积案清单与燃尽图',
  response: Type.Object({
    items: Type.Array(BacklogItem),
    /** At the end of each of the last 26 weeks: how many were listed and not struck off. */
    burnDown: Type.Array(
      Type.Object({ week: Day, open: Type.Integer(), listed: Type.Integer(), closed: Type.Integer() }),
    ),
    leaders: Type.Array(PersonRef),
    mayList: Type.Boolean(),
  }),
});

/** What an order's page shows of its matter. */
export const OrderMatter = Type.Object({
  /** Not compared yet; ask again. */
  pending: Type.Boolean(),
  matterId: Id,
  /** `null` while it is the only order. */
  matter: nullable(
    Type.Object({
      title: Type.String(),
      orderCount: Type.Integer(),
      recentCount: Type.Integer(),
      version: Type.Integer(),
    }),
  ),
  byPerson: Type.Boolean(),
  score: nullable(Type.Number()),
  reasons: Reasons,
  /** Ten others: those being handled first, then the latest. */
  others: Type.Array(
    Type.Object({
      id: Id,
      number: Type.String(),
      title: Type.String(),
      receivedAt: Instant,
      status: keysOf(STATUSES),
      unit: nullable(UnitRef),
      result: nullable(Type.String()),
      /** The reader handles this one too: one visit or one conclusion may answer both. */
      mayAnswer: Type.Boolean(),
    }),
  ),
  suggestion: nullable(Suggestion),
  mayDecide: Type.Boolean(),
});
export type OrderMatter = Static<typeof OrderMatter>;

export const getOrderMatter = endpoint({
  id: 'matter.ofOrder',
  method: 'GET',
  path: '/complaints/:id/matter',
  access: 'complaint.read',
  summary: '一件诉件的同一事项：已并入的、疑似重复的',
  params: IdParams,
  response: OrderMatter,
});

export const answerSuggestion = endpoint({
  id: 'matter.answer',
  method: 'POST',
  path: '/complaints/:id/matter',
  access: 'matter.decide',
  summary: '疑似重复：是同一事项，或不是；或把本件移出',
  params: IdParams,
  body: Type.Object({ commandId: CommandId, answer: Type.Enum(['same', 'different', 'leave']) }, strict),
  response: OrderMatter,
});

export const listSuggestions = endpoint({
  id: 'matter.suggestions',
  method: 'GET',
  path: '/matters/suggestions',
  access: 'matter.decide',
  summary: '待判断的疑似重复',
  query: Type.Object(
    {
      after: Type.Optional(Type.String({ maxLength: 200 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    },
    strict,
  ),
  response: pageOf(Suggestion),
});

export const previewMatter = endpoint({
  id: 'matter.preview',
  method: 'POST',
  path: '/matters/preview',
  access: 'complaint.create',
  summary: '登记时查看疑似重复的诉件（不保存）',
  body: Type.Object(
    {
      title: Type.String({ maxLength: 200 }),
      content: Type.String({ maxLength: 5000 }),
      address: Type.String({ maxLength: 300 }),
      phone: Type.String({ maxLength: 30 }),
    },
    strict,
  ),
  response: Type.Object({
    likes: Type.Array(
      Type.Object({
        id: Id,
        number: Type.String(),
        title: Type.String(),
        receivedAt: Instant,
        status: keysOf(STATUSES),
        unit: nullable(UnitRef),
        matterCount: Type.Integer(),
        score: Type.Number(),
        sure: Type.Boolean(),
        reasons: Reasons,
      }),
    ),
  }),
});

export const MatterRule = Type.Object({
  id: Id,
  trigger: keysOf(ALERT_TRIGGERS),
  count: Type.Integer(),
  days: nullable(Type.Integer()),
  action: keysOf(ALERT_ACTIONS),
  /** Times it fired, and of those how often what it asked for was done. */
  fired: Type.Integer(),
  done: Type.Integer(),
  declined: Type.Integer(),
  version: Type.Integer(),
});
export type MatterRule = Static<typeof MatterRule>;

export const MatterRun = Type.Object({
  id: Id,
  checked: Type.Integer(),
  total: Type.Integer(),
  changed: Type.Integer(),
  askedBy: nullable(PersonRef),
  askedAt: Instant,
  finishedAt: nullable(Instant),
  cancelled: Type.Boolean(),
});
export type MatterRun = Static<typeof MatterRun>;

export const readSettings = endpoint({
  id: 'matter.settings',
  method: 'GET',
  path: '/matters/settings',
  access: 'complaint.read',
  summary: '重复门槛、识别模型、全部重新识别',
  response: Type.Object({
    rules: Type.Array(MatterRule),
    models: Type.Array(
      Type.Object({
        id: Type.Integer(),
        madeAt: Instant,
        orders: Type.Integer(),
        joined: Type.Number(),
        suggested: Type.Number(),
        verdicts: Type.Integer(),
        note: nullable(Type.String()),
      }),
    ),
    runs: Type.Array(MatterRun),
    counts: Type.Object({
      orders: Type.Integer(),
      pending: Type.Integer(),
      matters: Type.Integer(),
      suggestions: Type.Integer(),
      same: Type.Integer(),
      different: Type.Integer(),
    }),
    mayConfigure: Type.Boolean(),
  }),
});

export const saveRule = endpoint({
  id: 'matter.rule',
  method: 'POST',
  path: '/matters/rules',
  access: 'indicator.configure',
  summary: '新增、修改或停用重复门槛',
  body: Type.Object(
    {
      commandId: CommandId,
      /** Absent for a new one. */
      id: Type.Optional(Id),
      ifVersion: Type.Optional(Type.Integer()),
      rule: Type.Union([
        Type.Object(
          {
            trigger: keysOf(ALERT_TRIGGERS),
            count: Type.Integer({ minimum: 2, maximum: 1000 }),
            days: nullable(Type.Integer({ minimum: 1, maximum: 366 })),
            action: keysOf(ALERT_ACTIONS),
          },
          strict,
        ),
        Type.Literal('close'),
      ]),
    },
    strict,
  ),
  response: Type.Object({ id: Id }),
});

export const startRun = endpoint({
  id: 'matter.run',
  method: 'POST',
  path: '/matters/runs',
  access: 'indicator.configure',
  summary: '全部重新识别',
  body: Type.Object({ commandId: CommandId }, strict),
  response: MatterRun,
});

export const cancelRun = endpoint({
  id: 'matter.cancelRun',
  method: 'POST',
  path: '/matters/runs/:id/cancel',
  access: 'indicator.configure',
  summary: '停止重新识别；已改的保留，可再次发起',
  params: IdParams,
  body: Type.Object({ commandId: CommandId }, strict),
  response: MatterRun,
});
