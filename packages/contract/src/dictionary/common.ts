import { type Static, Type } from 'typebox';
import { CommandId, Day, Id, Instant, nullable, PersonRef } from '../common.ts';

export const strict = { additionalProperties: false } as const;
export const Version = Type.Integer({ minimum: 0 });
/** Of a record that can be retired. */
export const RECORD_STATES = { open: '在用', closed: '已停用' } as const;
export const SHEET_FORMATS = { xlsx: 'Excel', csv: 'CSV' } as const;
export const Words = Type.Array(Type.String({ minLength: 2, maxLength: 40 }), { maxItems: 50, uniqueItems: true });
/** Retires or restores a record. */
export const RetireBody = Type.Object(
  {
    commandId: CommandId,
    version: Version,
    closed: Type.Boolean(),
    reason: Type.String({ minLength: 2, maxLength: 200 }),
  },
  strict,
);
export const RemoveBody = Type.Object(
  { commandId: CommandId, version: Version, reason: Type.String({ minLength: 2, maxLength: 200 }) },
  strict,
);

/** What a change would do to the orders not closed yet. */
export const DeadlineEffect = Type.Object({
  /** Open orders looked at. */
  open: Type.Integer(),
  /** Orders of which the first-contact or the handling deadline moves. */
  changed: Type.Integer(),
  earlier: Type.Integer(),
  later: Type.Integer(),
  /** Not overdue now, overdue by the change; and the other way round. */
  becomeOverdue: Type.Integer(),
  noLongerOverdue: Type.Integer(),
  /** The change holds from this day on only: nothing moves before. */
  from: nullable(Day),
});
export type DeadlineEffect = Static<typeof DeadlineEffect>;

export const RECOMPUTE_CAUSES = { calendar: '工作日历', shifts: '上班时段', rules: '时限规则' } as const;
export const RECOMPUTE_STATES = { waiting: '排队中', running: '重算中', done: '已完成' } as const;
export const RecomputeView = Type.Object({
  id: Id,
  cause: Type.Enum(['calendar', 'shifts', 'rules']),
  note: Type.String(),
  state: Type.Enum(['waiting', 'running', 'done']),
  askedBy: nullable(PersonRef),
  askedAt: Instant,
  finishedAt: nullable(Instant),
  /** Open orders to look at, looked at, and moved. */
  total: nullable(Type.Integer()),
  checked: Type.Integer(),
  changed: Type.Integer(),
});
export type RecomputeView = Static<typeof RecomputeView>;
