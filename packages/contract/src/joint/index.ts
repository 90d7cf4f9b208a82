import { DUTY_STATUSES, JOINT_ACTIONS, JOINT_STATUSES, PHASES } from '@bihuan/domain/joint';
import { RECTIFICATION_STATUSES } from '@bihuan/domain/rectification';
import { type Static, Type } from 'typebox';
import { CommandId, Day, Id, IdParams, Instant, keysOf, nullable, PersonRef, UnitRef } from '../common.ts';
import { endpoint } from '../endpoint.ts';

const strict = { additionalProperties: false };
const Words = (most = 2000) => Type.String({ minLength: 2, maxLength: most, pattern: '\\S' });
const Action = keysOf(JOINT_ACTIONS);

export const JointItem = Type.Object({
  id: Id,
  number: Type.String(),
  title: Type.String(),
  organiser: UnitRef,
  status: keysOf(JOINT_STATUSES),
  from: Day,
  to: Day,
  parties: Type.Array(UnitRef),
  /** Of all duties for the district, of one's own unit for a party. */
  duties: Type.Object({
    total: Type.Integer(),
    done: Type.Integer(),
    confirmed: Type.Integer(),
    overdue: Type.Integer(),
  }),
  version: Type.Integer(),
});
export type JointItem = Static<typeof JointItem>;

export const listJointTasks = endpoint({
  id: 'joint.list',
  method: 'GET',
  path: '/joint-tasks',
  access: 'joint.read',
  summary: '联合督察：本单位参加的；全区范围的岗位看全部',
  query: Type.Object(
    {
      status: Type.Optional(keysOf(JOINT_STATUSES)),
      unitId: Type.Optional(Id),
      /** With something that waits for one's own unit. */
      mine: Type.Optional(Type.Boolean()),
    },
    strict,
  ),
  response: Type.Object({ items: Type.Array(JointItem) }),
});

export const jointReference = endpoint({
  id: 'joint.reference',
  method: 'GET',
  path: '/joint-tasks/reference',
  access: 'joint.manage',
  summary: '联合督察用的单位与问题类型',
  response: Type.Object({
    units: Type.Array(Type.Object({ ...UnitRef.properties, kind: Type.String() })),
    types: Type.Array(Type.Object({ code: Type.String(), name: Type.String(), workdays: Type.Integer() })),
  }),
});

const Period = Type.Object({ from: Day, to: Day }, strict);
export const NewJointTask = Type.Object(
  {
    title: Words(100),
    purpose: Words(),
    partyIds: Type.Array(Id, { minItems: 1, maxItems: 40, uniqueItems: true }),
    phases: Type.Object({ before: Period, during: Period, after: Period }, strict),
  },
  strict,
);
export type NewJointTask = Static<typeof NewJointTask>;

export const makeJointTask = endpoint({
  id: 'joint.make',
  method: 'POST',
  path: '/joint-tasks',
  access: 'joint.manage',
  summary: '发起联合督察',
  body: Type.Object({ commandId: CommandId, task: NewJointTask }, strict),
  response: Type.Object({ id: Id, number: Type.String() }),
});

/** A duty in detail, to the district and to the unit that takes it; of others only that it is there. */
export const JointDuty = Type.Object({
  id: Id,
  phase: keysOf(PHASES),
  unit: UnitRef,
  status: keysOf(DUTY_STATUSES),
  dueOn: Day,
  overdue: Type.Boolean(),
  detail: nullable(
    Type.Object({
      content: Type.String(),
      note: nullable(Type.String()),
      doneBy: nullable(PersonRef),
      doneAt: nullable(Instant),
      confirmedBy: nullable(PersonRef),
      confirmedAt: nullable(Instant),
      answer: nullable(Type.String()),
      files: Type.Array(Type.Object({ id: Id, name: Type.String(), mime: Type.String(), size: Type.Integer() })),
    }),
  ),
  allowedActions: Type.Array(Action),
});
export type JointDuty = Static<typeof JointDuty>;

export const JointDecision = Type.Object({
  id: Id,
  unit: UnitRef,
  text: Type.String(),
  rectification: nullable(
    Type.Object({ id: Id, number: Type.String(), status: keysOf(RECTIFICATION_STATUSES), mayOpen: Type.Boolean() }),
  ),
  allowedActions: Type.Array(Action),
});
export const JointLetter = Type.Object({
  id: Id,
  number: Type.String(),
  to: UnitRef,
  subject: Type.String(),
  text: Type.String(),
  sentBy: PersonRef,
  sentAt: Instant,
  receivedBy: nullable(PersonRef),
  receivedAt: nullable(Instant),
  receipt: nullable(Type.String()),
  allowedActions: Type.Array(Action),
});
export type JointLetter = Static<typeof JointLetter>;

export const JointTask = Type.Object({
  ...JointItem.properties,
  /** The whole task, or only the reader's own part in it. */
  whole: Type.Boolean(),
  purpose: Type.String(),
  organisedBy: PersonRef,
  madeAt: Instant,
  summary: nullable(Type.String()),
  endedAt: nullable(Instant),
  phases: Type.Array(Type.Object({ phase: keysOf(PHASES), from: Day, to: Day, duties: Type.Array(JointDuty) })),
  /** Minutes are the district's; a party gets the decisions on itself. */
  meetings: Type.Array(
    Type.Object({
      id: Id,
      heldOn: Day,
      place: Type.String(),
      minutes: nullable(Type.String()),
      decisions: Type.Array(JointDecision),
    }),
  ),
  letters: Type.Array(JointLetter),
  timeline: Type.Array(
    Type.Object({
      id: Id,
      at: Instant,
      label: Type.String(),
      actor: nullable(Type.Object({ name: Type.String(), unit: nullable(Type.String()) })),
      note: nullable(Type.String()),
    }),
  ),
  allowedActions: Type.Array(Action),
});
export type JointTask = Static<typeof JointTask>;

export const getJointTask = endpoint({
  id: 'joint.get',
  method: 'GET',
  path: '/joint-tasks/:id',
  access: 'joint.read',
  summary: '一次联合督察；参加单位只见本单位的部分',
  params: IdParams,
  response: JointTask,
});

const of = <A extends string, P extends Parameters<typeof Type.Object>[0]>(action: A, properties: P) =>
  Type.Object({ action: Type.Literal(action), ...properties }, strict);
const Note = Type.Optional(Type.String({ maxLength: 1000 }));
export const JointCommand = Type.Union([
  of('add_duty', { phase: keysOf(PHASES), unitId: Id, content: Words(1000), dueOn: Day }),
  of('finish_duty', {
    dutyId: Id,
    note: Words(),
    fileIds: Type.Array(Id, { minItems: 1, maxItems: 20, uniqueItems: true }),
  }),
  of('confirm_duty', { dutyId: Id, note: Note }),
  of('send_back_duty', { dutyId: Id, reason: Words(1000) }),
  of('add_meeting', {
    heldOn: Day,
    place: Words(100),
    minutes: Words(4000),
    decisions: Type.Array(Type.Object({ unitId: Id, text: Words(1000) }, strict), { maxItems: 20 }),
  }),
  of('rectify_decision', {
    decisionId: Id,
    type: Type.String({ minLength: 1, maxLength: 40 }),
    workdays: Type.Integer({ minimum: 1, maximum: 60 }),
  }),
  of('send_letter', { toUnitId: Id, subject: Words(100), text: Words(4000) }),
  of('receive_letter', { letterId: Id, receipt: Note }),
  of('close', { summary: Words() }),
  of('cancel', { reason: Words(1000) }),
]);
export type JointCommand = Static<typeof JointCommand>;

export const commandJointTask = endpoint({
  id: 'joint.command',
  method: 'POST',
  path: '/joint-tasks/:id/commands',
  access: 'joint.read',
  summary: '对一次联合督察的一次操作',
  params: IdParams,
  body: Type.Object({ commandId: CommandId, version: Type.Optional(Type.Integer()), command: JointCommand }, strict),
  response: Type.Object({ status: keysOf(JOINT_STATUSES), version: Type.Integer(), repeated: Type.Boolean() }),
});
