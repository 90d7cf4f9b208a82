import {
  ANSWER_RESULTS,
  FINDING_ACTIONS,
  FINDING_STATUSES,
  MANNERS,
  PLAN_ACTIONS,
  PLAN_FORMS,
  PLAN_STATUSES,
  TARGET_KINDS,
  VISIT_ACTIONS,
  VISIT_STATUSES,
} from '@bihuan/domain/inspection';
import { type Static, Type } from 'typebox';
import { CommandId, Day, Id, IdParams, Instant, keysOf, nullable, PersonRef, pageOf, UnitRef } from '../common.ts';
import { endpoint } from '../endpoint.ts';

const strict = { additionalProperties: false };
const Words = (most = 2000) => Type.String({ minLength: 2, maxLength: most, pattern: '\\S' });
const FileIds = Type.Array(Id, { maxItems: 20, uniqueItems: true });
const Hex = Type.String();
const ListRef = Type.Object({ id: Id, name: Type.String(), version: Type.Integer() });

/** One plan (督察计划) in the list. */
export const PlanItem = Type.Object({
  id: Id,
  number: Type.String(),
  title: Type.String(),
  form: keysOf(PLAN_FORMS),
  manner: keysOf(MANNERS),
  status: keysOf(PLAN_STATUSES),
  /** A covert plan not opened yet: only those see it who plan, approve or carry it out. */
  sealed: Type.Boolean(),
  startsOn: Day,
  endsOn: Day,
  checklist: ListRef,
  createdBy: PersonRef,
  /** Of those that the reader may see. */
  visits: Type.Object({ total: Type.Integer(), signed: Type.Integer() }),
  findings: Type.Object({ total: Type.Integer(), left: Type.Integer() }),
  /** Mean of the scores of the visits signed; `null` without any. */
  score: nullable(Type.Number()),
  version: Type.Integer(),
});
export type PlanItem = Static<typeof PlanItem>;

const Filter = {
  /** Part of number, title or purpose. */
  q: Type.Optional(Type.String({ maxLength: 100 })),
  status: Type.Optional(Type.String({ maxLength: 200 })),
  manner: Type.Optional(keysOf(MANNERS)),
  form: Type.Optional(keysOf(PLAN_FORMS)),
  unitId: Type.Optional(Id),
  matterId: Type.Optional(Id),
  from: Type.Optional(Day),
  to: Type.Optional(Day),
};
export const PlanQuery = Type.Object(Filter, strict);
export type PlanQuery = Static<typeof PlanQuery>;

export const listPlans = endpoint({
  id: 'inspection.list',
  method: 'GET',
  path: '/inspection-plans',
  access: 'inspection.read',
  summary: '督察计划',
  query: Type.Object(
    {
      ...Filter,
      after: Type.Optional(Type.String({ maxLength: 200 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    },
    strict,
  ),
  response: pageOf(PlanItem),
});

export const exportVisits = endpoint({
  id: 'inspection.export',
  method: 'GET',
  path: '/inspection-plans/export',
  access: 'inspection.read',
  summary: '导出督察情况（XLSX）',
  query: PlanQuery,
});

export const ChecklistItem = Type.Object(
  {
    no: Type.Integer({ minimum: 1, maximum: 100 }),
    section: Type.String({ minLength: 1, maxLength: 40 }),
    text: Words(300),
    basis: nullable(Type.String({ maxLength: 300 })),
    weight: Type.Integer({ minimum: 1, maximum: 100 }),
    photoRequired: Type.Boolean(),
    /** Code of the rectification type that a failure leads to. */
    type: Type.String({ minLength: 1, maxLength: 40 }),
  },
  strict,
);
export type ChecklistItem = Static<typeof ChecklistItem>;

export const Checklist = Type.Object({
  id: Id,
  code: Type.String(),
  name: Type.String(),
  version: Type.Integer(),
  note: nullable(Type.String()),
  /** Whether it is the latest version of its code: new plans take that one. */
  current: Type.Boolean(),
  createdAt: Instant,
  items: Type.Array(ChecklistItem),
});
export type Checklist = Static<typeof Checklist>;

export const Target = Type.Object({
  code: Type.String(),
  kind: keysOf(TARGET_KINDS),
  name: Type.String(),
  note: nullable(Type.String()),
  closed: Type.Boolean(),
  version: Type.Integer(),
});
export type Target = Static<typeof Target>;

export const InspectionReference = Type.Object({
  units: Type.Array(Type.Object({ ...UnitRef.properties, kind: Type.String() })),
  /** Whoever may be drawn to inspect now, with the unit of that post. */
  inspectors: Type.Array(Type.Object({ ...PersonRef.properties, unit: UnitRef })),
  checklists: Type.Array(Checklist),
  targets: Type.Array(Target),
  rectificationTypes: Type.Array(Type.Object({ code: Type.String(), name: Type.String(), workdays: Type.Integer() })),
  mayPlan: Type.Boolean(),
});
export type InspectionReference = Static<typeof InspectionReference>;

export const inspectionReference = endpoint({
  id: 'inspection.reference',
  method: 'GET',
  path: '/inspection-plans/reference',
  access: 'inspection.read',
  summary: '督察用的单位、人员、检查表和重点对象',
  response: InspectionReference,
});

/** Posts held within the years of standing back: whom the system will exclude from which unit. */
export const findConflicts = endpoint({
  id: 'inspection.conflicts',
  method: 'GET',
  path: '/inspection-plans/conflicts',
  access: 'inspection.plan',
  summary: '应当回避的督察人员：三年内曾在被督察单位任职',
  query: Type.Object({ unitId: Type.String({ maxLength: 4000 }), personId: Type.String({ maxLength: 4000 }) }, strict),
  response: Type.Object({ items: Type.Array(Type.Object({ personId: Id, unitId: Id, reason: Type.String() })) }),
});

export const NewPlan = Type.Object(
  {
    title: Words(100),
    form: keysOf(PLAN_FORMS),
    manner: keysOf(MANNERS),
    purpose: Words(),
    basis: Type.Optional(Type.String({ maxLength: 500 })),
    startsOn: Day,
    endsOn: Day,
    checklistId: Id,
    targets: Type.Array(Type.String({ maxLength: 40 }), { maxItems: 40, uniqueItems: true }),
    subjects: Type.Array(
      Type.Object(
        {
          name: Words(100),
          unitId: Id,
          matterId: Type.Optional(Id),
          place: Type.Optional(Type.String({ maxLength: 200 })),
        },
        strict,
      ),
      { minItems: 1, maxItems: 200 },
    ),
    subjectsWanted: Type.Integer({ minimum: 1, maximum: 200 }),
    candidateIds: Type.Array(Id, { minItems: 2, maxItems: 100, uniqueItems: true }),
    exclusions: Type.Array(Type.Object({ personId: Id, unitId: Id, reason: Words(200) }, strict), { maxItems: 200 }),
    /** Which public value will be mixed into the draw. */
    publicSource: Words(200),
    publicAt: Instant,
  },
  strict,
);
export type NewPlan = Static<typeof NewPlan>;

export const createPlan = endpoint({
  id: 'inspection.create',
  method: 'POST',
  path: '/inspection-plans',
  access: 'inspection.plan',
  summary: '起草督察计划',
  body: Type.Object({ commandId: CommandId, plan: NewPlan }, strict),
  response: Type.Object({ id: Id, number: Type.String() }),
});

export const editPlan = endpoint({
  id: 'inspection.edit',
  method: 'PUT',
  path: '/inspection-plans/:id',
  access: 'inspection.plan',
  summary: '修改督察计划',
  params: IdParams,
  body: Type.Object({ version: Type.Integer(), plan: NewPlan }, strict),
  response: Type.Object({ version: Type.Integer() }),
});

export const VisitItem = Type.Object({
  id: Id,
  plan: Type.Object({ id: Id, number: Type.String(), title: Type.String(), sealed: Type.Boolean() }),
  subject: Type.String(),
  place: nullable(Type.String()),
  unit: UnitRef,
  status: keysOf(VISIT_STATUSES),
  inspectors: Type.Array(Type.Object({ ...PersonRef.properties, signedAt: nullable(Instant) })),
  signedAt: nullable(Instant),
  /** 0 to 100. */
  score: nullable(Type.Number()),
  findings: Type.Object({ total: Type.Integer(), left: Type.Integer() }),
});
export type VisitItem = Static<typeof VisitItem>;

const TimelineEvent = Type.Object({
  id: Id,
  at: Instant,
  label: Type.String(),
  actor: nullable(Type.Object({ name: Type.String(), unit: nullable(Type.String()) })),
  note: nullable(Type.String()),
});

export const Plan = Type.Object({
  ...PlanItem.properties,
  purpose: Type.String(),
  basis: nullable(Type.String()),
  targets: Type.Array(Type.Object({ code: Type.String(), kind: keysOf(TARGET_KINDS), name: Type.String() })),
  subjects: Type.Array(
    Type.Object({
      id: Id,
      name: Type.String(),
      unit: UnitRef,
      matterId: nullable(Id),
      place: nullable(Type.String()),
      drawn: Type.Boolean(),
    }),
  ),
  subjectsWanted: Type.Integer(),
  candidates: Type.Array(PersonRef),
  exclusions: Type.Array(
    Type.Object({ person: PersonRef, unit: UnitRef, reason: Type.String(), automatic: Type.Boolean() }),
  ),
  publicSource: Type.String(),
  publicAt: Instant,
  /** Published when the plan was approved and its lists frozen. */
  draw: nullable(
    Type.Object({
      commitment: Hex,
      populationDigest: Hex,
      committedAt: Instant,
      publicValue: nullable(Type.String()),
      seed: nullable(Hex),
      digest: nullable(Hex),
      drawnAt: nullable(Instant),
      drawnBy: nullable(PersonRef),
    }),
  ),
  visitList: Type.Array(VisitItem),
  createdAt: Instant,
  approvedBy: nullable(PersonRef),
  approvedAt: nullable(Instant),
  openedBy: nullable(PersonRef),
  openedAt: nullable(Instant),
  timeline: Type.Array(TimelineEvent),
  mayEdit: Type.Boolean(),
  allowedActions: Type.Array(keysOf(PLAN_ACTIONS)),
});
export type Plan = Static<typeof Plan>;

export const getPlan = endpoint({
  id: 'inspection.get',
  method: 'GET',
  path: '/inspection-plans/:id',
  access: 'inspection.read',
  summary: '一件督察计划',
  params: IdParams,
  response: Plan,
});

export const downloadDraw = endpoint({
  id: 'inspection.drawFile',
  method: 'GET',
  path: '/inspection-plans/:id/draw.json',
  access: 'inspection.read',
  summary: '抽取文件：凭它可以自行重算',
  params: IdParams,
});

const of = <A extends string, P extends Parameters<typeof Type.Object>[0]>(action: A, properties: P) =>
  Type.Object({ action: Type.Literal(action), ...properties }, strict);
const Reason = { reason: Words() };
const Note = Type.Optional(Type.String({ maxLength: 1000 }));

export const PlanCommand = Type.Union([
  of('submit', {}),
  of('recall', {}),
  of('return', Reason),
  of('approve', { note: Note }),
  of('draw', { publicValue: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }) }),
  of('start', {}),
  of('open', Reason),
  of('finish', { note: Words() }),
  of('cancel', Reason),
]);
export type PlanCommand = Static<typeof PlanCommand>;

export const commandPlan = endpoint({
  id: 'inspection.command',
  method: 'POST',
  path: '/inspection-plans/:id/commands',
  access: 'inspection.read',
  summary: '对一件督察计划的一次操作',
  params: IdParams,
  body: Type.Object({ commandId: CommandId, version: Type.Optional(Type.Integer()), command: PlanCommand }, strict),
  response: Type.Object({ status: keysOf(PLAN_STATUSES), version: Type.Integer(), repeated: Type.Boolean() }),
});

export const listVisits = endpoint({
  id: 'inspection.visits',
  method: 'GET',
  path: '/inspections',
  access: 'inspection.read',
  summary: '现场督察：本人要做的，或本单位被督察的',
  query: Type.Object(
    {
      /** Drawn to inspect it, and not signed by the reader yet; for an inspected unit: findings to answer. */
      mine: Type.Optional(Type.Boolean()),
      unitId: Type.Optional(Id),
      status: Type.Optional(Type.String({ maxLength: 100 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 100 })),
    },
    strict,
  ),
  response: Type.Object({ items: Type.Array(VisitItem) }),
});

export const VisitFile = Type.Object({
  id: Id,
  name: Type.String(),
  mime: Type.String(),
  size: Type.Integer(),
  sha256: Type.String(),
  no: Type.Integer(),
  addedBy: PersonRef,
  addedAt: Instant,
  capturedAt: nullable(Instant),
  lng: nullable(Type.Number()),
  lat: nullable(Type.Number()),
});

export const Finding = Type.Object({
  id: Id,
  no: Type.Integer(),
  problem: Type.String(),
  status: keysOf(FINDING_STATUSES),
  version: Type.Integer(),
  type: Type.String(),
  workdays: Type.Integer(),
  answerDueAt: nullable(Instant),
  accepted: nullable(Type.Boolean()),
  answer: nullable(Type.String()),
  answeredBy: nullable(PersonRef),
  answeredAt: nullable(Instant),
  decision: nullable(Type.String()),
  decidedBy: nullable(PersonRef),
  decidedAt: nullable(Instant),
  rectification: nullable(Type.Object({ id: Id, number: Type.String(), status: Type.String() })),
  allowedActions: Type.Array(keysOf(FINDING_ACTIONS)),
});
export type Finding = Static<typeof Finding>;

export const Visit = Type.Object({
  ...VisitItem.properties,
  planStatus: keysOf(PLAN_STATUSES),
  checklist: ListRef,
  items: Type.Array(
    Type.Object({
      ...ChecklistItem.properties,
      result: nullable(keysOf(ANSWER_RESULTS)),
      note: nullable(Type.String()),
      answeredBy: nullable(PersonRef),
      answeredAt: nullable(Instant),
    }),
  ),
  files: Type.Array(VisitFile),
  findingList: Type.Array(Finding),
  people: Type.Array(PersonRef),
  timeline: Type.Array(TimelineEvent),
  allowedActions: Type.Array(keysOf(VISIT_ACTIONS)),
  version: Type.Integer(),
});
export type Visit = Static<typeof Visit>;

export const getVisit = endpoint({
  id: 'inspection.visit',
  method: 'GET',
  path: '/inspections/:id',
  access: 'inspection.read',
  summary: '一次现场督察',
  params: IdParams,
  response: Visit,
});

export const VisitCommand = Type.Union([
  of('record', {
    answers: Type.Array(
      Type.Object(
        {
          no: Type.Integer(),
          result: keysOf(ANSWER_RESULTS),
          note: Type.Optional(Type.String({ maxLength: 1000 })),
          fileIds: Type.Optional(FileIds),
        },
        strict,
      ),
      { minItems: 1, maxItems: 100 },
    ),
  }),
  of('sign', {}),
]);
export type VisitCommand = Static<typeof VisitCommand>;

export const commandVisit = endpoint({
  id: 'inspection.visitCommand',
  method: 'POST',
  path: '/inspections/:id/commands',
  access: 'inspection.carryOut',
  summary: '现场督察：填写检查表、签字',
  params: IdParams,
  body: Type.Object({ commandId: CommandId, version: Type.Optional(Type.Integer()), command: VisitCommand }, strict),
  response: Type.Object({ status: keysOf(VISIT_STATUSES), version: Type.Integer(), repeated: Type.Boolean() }),
});

export const FindingCommand = Type.Union([
  of('answer', { accepted: Type.Boolean(), text: Words() }),
  of('confirm', {
    type: Type.String({ minLength: 1, maxLength: 40 }),
    problem: Words(),
    workdays: Type.Integer({ minimum: 1, maximum: 60 }),
    ownerPersonId: Type.Optional(Id),
  }),
  of('withdraw', Reason),
]);
export type FindingCommand = Static<typeof FindingCommand>;

export const commandFinding = endpoint({
  id: 'inspection.findingCommand',
  method: 'POST',
  path: '/inspection-findings/:id/commands',
  access: 'inspection.read',
  summary: '督察发现的问题：说明、认定并下发整改、不予认定',
  params: IdParams,
  body: Type.Object({ commandId: CommandId, version: Type.Optional(Type.Integer()), command: FindingCommand }, strict),
  response: Type.Object({
    status: keysOf(FINDING_STATUSES),
    version: Type.Integer(),
    rectificationId: nullable(Id),
    repeated: Type.Boolean(),
  }),
});

export const saveChecklist = endpoint({
  id: 'inspection.saveChecklist',
  method: 'POST',
  path: '/inspection-checklists',
  access: 'inspection.approve',
  summary: '新增检查表，或发布已有检查表的新版本',
  body: Type.Object(
    {
      /** Of the list to be followed by a new version; without it, a new list. */
      code: Type.Optional(Type.String({ maxLength: 60 })),
      /** The version that was read: somebody else's newer one is not overtaken. */
      after: Type.Optional(Type.Integer()),
      name: Words(60),
      note: Type.Optional(Type.String({ maxLength: 300 })),
      items: Type.Array(ChecklistItem, { minItems: 1, maxItems: 100 }),
    },
    strict,
  ),
  response: Type.Object({ id: Id, version: Type.Integer() }),
});

export const saveTarget = endpoint({
  id: 'inspection.saveTarget',
  method: 'PUT',
  path: '/inspection-targets/:code',
  access: 'inspection.approve',
  summary: '新增或修改重点对象',
  params: Type.Object({ code: Type.String({ pattern: '^[a-z][a-z0-9_]{1,39}$' }) }, strict),
  body: Type.Object(
    {
      /** `null`: a new one. */
      version: nullable(Type.Integer()),
      kind: keysOf(TARGET_KINDS),
      name: Words(60),
      note: Type.Optional(Type.String({ maxLength: 300 })),
      closed: Type.Boolean(),
    },
    strict,
  ),
  response: Type.Object({ version: Type.Integer() }),
});
