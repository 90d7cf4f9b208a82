import { type Static, Type } from 'typebox';
import { CommandId, endpoint, Id, IdParams, Instant, keysOf, nullable, PersonRef, UnitRef } from '../index.ts';

export { ACTIONS, actionLabel, OBJECT_TYPES, ROOMS } from './words.ts';

const strict = { additionalProperties: false } as const;

export const AuditItem = Type.Object({
  id: Id,
  at: Instant,
  actor: nullable(PersonRef),
  unit: nullable(UnitRef),
  role: nullable(Type.String()),
  action: Type.String(),
  objectType: Type.String(),
  objectId: nullable(Id),
  /** What the object is called: an order's number, a person's or unit's name; nothing of what an order says. */
  objectLabel: nullable(Type.String()),
  fromStatus: nullable(Type.String()),
  toStatus: nullable(Type.String()),
  /** Null for complaints: auditors see who did what and when, not what citizens said. */
  note: nullable(Type.String()),
  /** Empty for complaints, as with `note`. */
  data: Type.Unknown(),
  /** The event carries a note or facts that are kept from auditors. */
  textWithheld: Type.Boolean(),
  ip: nullable(Type.String()),
  /** Place in the chain; null until the next sealing, a minute at most. */
  seq: nullable(Type.Integer()),
});
export type AuditItem = Static<typeof AuditItem>;

export const AuditFilter = Type.Object(
  {
    from: Type.Optional(Instant),
    to: Type.Optional(Instant),
    actorId: Type.Optional(Id),
    /** Name or staff number of the actor, or part of it. */
    actor: Type.Optional(Type.String({ maxLength: 40 })),
    /** Whole actions (`complaint.dispatch`) or everything of a room (`complaint`), separated by commas. */
    action: Type.Optional(
      Type.String({ pattern: '^[A-Za-z_]+(\\.[A-Za-z_]+)?(,[A-Za-z_]+(\\.[A-Za-z_]+)?)*$', maxLength: 600 }),
    ),
    objectType: Type.Optional(Type.String({ pattern: '^[a-z_]+$', maxLength: 40 })),
    objectId: Type.Optional(Id),
    /** The state that the event led to. */
    toStatus: Type.Optional(Type.String({ pattern: '^[a-z_]+$', maxLength: 40 })),
    q: Type.Optional(Type.String({ maxLength: 64, description: '诉件编号、人员姓名或工号、用户名、记录号' })),
  },
  strict,
);
export type AuditFilter = Static<typeof AuditFilter>;

export const listAudit = endpoint({
  id: 'audit.list',
  method: 'GET',
  path: '/audit/events',
  access: 'audit.read',
  summary: '查阅审计记录，新的在前',
  query: Type.Object(
    {
      ...AuditFilter.properties,
      after: Type.Optional(Type.String({ maxLength: 100 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    },
    strict,
  ),
  response: Type.Object({ items: Type.Array(AuditItem), next: nullable(Type.String()) }),
});

export const readAuditChain = endpoint({
  id: 'audit.chain',
  method: 'GET',
  path: '/audit/chain',
  access: 'audit.read',
  summary: '审计链现状：封存到哪一条、多少条待封存',
  response: Type.Object({
    /** The last link; null while nothing has been sealed. */
    head: nullable(Type.Object({ seq: Type.Integer(), hash: Type.String(), eventId: Id, at: nullable(Instant) })),
    /** Committed events that the next sealing will take up. */
    unsealed: Type.Integer(),
  }),
});

const Anchor = Type.Object(
  { seq: Type.Integer({ minimum: 1 }), hash: Type.String({ pattern: '^[0-9a-fA-F]{64}$' }) },
  strict,
);

export const VERIFICATION_STATUSES = {
  queued: '等待开始',
  running: '正在核验',
  done: '已核验',
  cancelled: '已取消',
  failed: '未能完成',
} as const;

export const AuditVerificationView = Type.Object({
  id: Id,
  status: keysOf(VERIFICATION_STATUSES),
  cancelling: Type.Boolean(),
  anchor: nullable(Anchor),
  requestedBy: PersonRef,
  requestedAt: Instant,
  startedAt: nullable(Instant),
  finishedAt: nullable(Instant),
  /** Links recomputed so far, of how many. */
  checked: Type.Integer(),
  total: Type.Integer(),
  /** Null until it is done. */
  ok: nullable(Type.Boolean()),
  unsealed: nullable(Type.Integer()),
  head: nullable(Type.Object({ seq: Type.Integer(), hash: Type.String() })),
  /** At most 100, the first in the chain first. */
  problems: Type.Array(
    Type.Object({
      kind: Type.Enum(['changed', 'deleted', 'gap', 'stray', 'head', 'anchor']),
      seq: nullable(Type.Integer()),
      eventId: nullable(Id),
      message: Type.String(),
    }),
  ),
  error: nullable(Type.String()),
});
export type AuditVerificationView = Static<typeof AuditVerificationView>;

/** Runs in the background; one at a time. The same `commandId` again answers with the same verification. */
export const verifyAuditChain = endpoint({
  id: 'audit.verify',
  method: 'POST',
  path: '/audit/verify',
  access: 'audit.verify',
  summary: '在后台核验审计链',
  body: Type.Object(
    {
      commandId: CommandId,
      /** A head noted before, outside the system. */
      anchor: Type.Optional(Anchor),
    },
    strict,
  ),
  response: AuditVerificationView,
  rateLimit: 10,
});

export const listVerifications = endpoint({
  id: 'audit.verifications',
  method: 'GET',
  path: '/audit/verifications',
  access: 'audit.verify',
  summary: '历次核验，新的在前',
  query: Type.Object(
    { after: Type.Optional(Id), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 10 })) },
    strict,
  ),
  response: Type.Object({ items: Type.Array(AuditVerificationView), next: nullable(Id) }),
});

export const cancelVerification = endpoint({
  id: 'audit.cancelVerification',
  method: 'POST',
  path: '/audit/verifications/:id/cancel',
  access: 'audit.verify',
  summary: '取消核验',
  params: IdParams,
  response: AuditVerificationView,
});

export const exportAuditChain = endpoint({
  id: 'audit.export',
  method: 'GET',
  path: '/audit/export.jsonl',
  access: 'audit.verify',
  summary: '导出一段审计链，可离线核验',
  query: Type.Object({ from: Instant, to: Instant }, strict),
  rateLimit: 10,
});
