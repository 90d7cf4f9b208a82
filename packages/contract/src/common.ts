import { type Static, type TSchema, Type } from 'typebox';

export const Id = Type.String({ format: 'uuid' });
/** An instant, ISO 8601 with offset. */
export const Instant = Type.String({ format: 'date-time' });
/** A calendar day in Asia/Shanghai. */
export const Day = Type.String({ format: 'date' });
export const IdParams = Type.Object({ id: Id }, { additionalProperties: false });
export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** String literals of a vocabulary's keys. */
export const keysOf = <T extends Record<string, unknown>>(vocabulary: T) =>
  Type.Enum(Object.keys(vocabulary) as [Extract<keyof T, string>, ...Extract<keyof T, string>[]]);

/** A page by keyset: pass `next` back as `after`. `total` is counted up to a cap; `totalIsCapped` says that there are more. */
export const pageOf = <T extends TSchema>(item: T) =>
  Type.Object({
    items: Type.Array(item),
    next: nullable(Type.String()),
    total: Type.Integer(),
    totalIsCapped: Type.Boolean(),
  });

export const UnitRef = Type.Object({ id: Id, name: Type.String() });
export type UnitRef = Static<typeof UnitRef>;
export const PersonRef = Type.Object({ id: Id, name: Type.String() });
export type PersonRef = Static<typeof PersonRef>;

/** RFC 9457 problem, as every failure is answered. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  instance?: string;
  errors?: { field: string; message: string }[];
}

/** A command's idempotency key, made by the client: sent again, it changes nothing and answers the same. */
export const CommandId = Id;

/** The clock of the current round, derived now. Minutes are working minutes. */
export const ClockView = Type.Object({
  dueAt: Instant,
  remainingMinutes: Type.Number(),
  /** “剩 1 天 3 小时”, “超 2 小时 10 分”, “已暂停” … */
  text: Type.String(),
  fraction: Type.Number(),
  overdue: Type.Boolean(),
  paused: Type.Boolean(),
  stopped: Type.Boolean(),
  /** A year whose holidays are not announced yet was assumed ordinary. */
  assumed: Type.Boolean(),
});
export type ClockView = Static<typeof ClockView>;
