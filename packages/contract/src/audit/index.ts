import { type Static, Type } from 'typebox';
import { endpoint, Id, Instant, nullable, PersonRef, UnitRef } from '../index.ts';

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

export const listAudit = endpoint({
  id: 'audit.list',
  method: 'GET',
  path: '/audit/events',
  access: 'audit.read',
  summary: '查阅审计记录，新的在前',
  query: Type.Object(
    {
      from: Type.Optional(Instant),
      to: Type.Optional(Instant),
      actorId: Type.Optional(Id),
      /** Whole action (`complaint.dispatch`) or everything of a room (`complaint`). */
      action: Type.Optional(Type.String({ pattern: '^[A-Za-z_]+(\\.[A-Za-z_]+)?$', maxLength: 80 })),
      objectId: Type.Optional(Id),
      after: Type.Optional(Type.String({ maxLength: 100 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    },
    strict,
  ),
  response: Type.Object({ items: Type.Array(AuditItem), next: nullable(Type.String()) }),
});

export const verifyAuditChain = endpoint({
  id: 'audit.verify',
  method: 'POST',
  path: '/audit/verify',
  access: 'audit.verify',
  summary: '核验审计链',
  body: Type.Object(
    {
      /** A head noted before, outside the system. */
      anchor: Type.Optional(
        Type.Object({ seq: Type.Integer({ minimum: 1 }), hash: Type.String({ pattern: '^[0-9a-fA-F]{64}$' }) }, strict),
      ),
    },
    strict,
  ),
  response: Type.Object({
    ok: Type.Boolean(),
    checked: Type.Integer(),
    /** Committed events that the next sealing will take up. */
    unsealed: Type.Integer(),
    head: Type.Object({ seq: Type.Integer(), hash: Type.String() }),
    problems: Type.Array(
      Type.Object({
        kind: Type.Enum(['changed', 'deleted', 'gap', 'stray', 'head', 'anchor']),
        seq: nullable(Type.Integer()),
        eventId: nullable(Id),
        message: Type.String(),
      }),
    ),
  }),
  rateLimit: 10,
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
