import { type Static, Type } from 'typebox';
import { CommandId, Day, Id, Instant, keysOf, nullable, PersonRef } from '../common.ts';
import { endpoint } from '../endpoint.ts';
import { DeadlineEffect, RecomputeView, SHEET_FORMATS, strict, Version } from './common.ts';

/** Days that differ from Monday to Friday. */
export const SPECIAL_DAYS = { holiday: '放假', makeup: '调休上班' } as const;
export const SpecialDay = Type.Object(
  { day: Day, kind: keysOf(SPECIAL_DAYS), note: nullable(Type.String({ maxLength: 40 })) },
  strict,
);
export type SpecialDay = Static<typeof SpecialDay>;

const YearParams = Type.Object({ year: Type.Integer({ minimum: 1993, maximum: 2098 }) }, strict);
const yearFields = {
  /** 0: nothing is kept of this year yet. */
  version: Version,
  /** Whether the State Council has announced the year's holidays; until then due instants are provisional. */
  announced: Type.Boolean(),
  source: nullable(Type.String({ maxLength: 100 })),
  days: Type.Array(SpecialDay, { maxItems: 200 }),
};

export const CalendarYear = Type.Object({
  year: Type.Integer(),
  ...yearFields,
  workdays: Type.Integer(),
  changedBy: nullable(PersonRef),
  changedAt: nullable(Instant),
});
export type CalendarYear = Static<typeof CalendarYear>;

export const YearSummary = Type.Object({
  year: Type.Integer(),
  announced: Type.Boolean(),
  holidays: Type.Integer(),
  makeups: Type.Integer(),
});

/** Start and end in minutes after midnight. */
export const Span = Type.Object(
  { starts: Type.Integer({ minimum: 0, maximum: 1439 }), ends: Type.Integer({ minimum: 1, maximum: 1440 }) },
  strict,
);
export const ShiftSet = Type.Object({
  effectiveFrom: Day,
  state: Type.Enum(['past', 'now', 'coming']),
  spans: Type.Array(Span),
  /** The first ever made holds for all time before and cannot be withdrawn. */
  withdrawable: Type.Boolean(),
  changedBy: nullable(PersonRef),
  changedAt: nullable(Instant),
});
export type ShiftSet = Static<typeof ShiftSet>;

export const calendarYears = endpoint({
  id: 'dictionary.calendarYears',
  method: 'GET',
  path: '/dictionary/calendar',
  access: 'signed-in',
  summary: '工作日历各年与上班时段',
  response: Type.Object({ years: Type.Array(YearSummary), shifts: Type.Array(ShiftSet) }),
});
export const calendarYear = endpoint({
  id: 'dictionary.calendarYear',
  method: 'GET',
  path: '/dictionary/calendar/:year',
  access: 'signed-in',
  summary: '一年的工作日历',
  params: YearParams,
  response: CalendarYear,
});
export const exportCalendar = endpoint({
  id: 'dictionary.exportCalendar',
  method: 'GET',
  path: '/dictionary/calendar/:year/export',
  access: 'signed-in',
  summary: '导出一年的工作日历',
  params: YearParams,
  query: Type.Object({ format: keysOf(SHEET_FORMATS) }, strict),
});
export const previewCalendarYear = endpoint({
  id: 'dictionary.previewCalendarYear',
  method: 'POST',
  path: '/dictionary/calendar/:year/preview',
  access: 'dictionary.manage',
  summary: '一年的工作日历改后，未办结诉件的到期时间如何变动',
  params: YearParams,
  body: Type.Object(yearFields, strict),
  response: DeadlineEffect,
  rateLimit: 60,
});
export const saveCalendarYear = endpoint({
  id: 'dictionary.saveCalendarYear',
  method: 'PUT',
  path: '/dictionary/calendar/:year',
  access: 'dictionary.manage',
  summary: '保存一年的工作日历（整年替换），并重算未办结诉件的到期时间',
  params: YearParams,
  body: Type.Object({ commandId: CommandId, ...yearFields }, strict),
  response: CalendarYear,
});

const shiftFields = { effectiveFrom: Day, spans: Type.Array(Span, { minItems: 1, maxItems: 6 }) };
export const previewShifts = endpoint({
  id: 'dictionary.previewShifts',
  method: 'POST',
  path: '/dictionary/shifts/preview',
  access: 'dictionary.manage',
  summary: '上班时段改后，未办结诉件的到期时间如何变动',
  body: Type.Object(shiftFields, strict),
  response: DeadlineEffect,
  rateLimit: 60,
});
export const addShifts = endpoint({
  id: 'dictionary.addShifts',
  method: 'POST',
  path: '/dictionary/shifts',
  access: 'dictionary.manage',
  summary: '新立一套上班时段，自生效日起适用',
  body: Type.Object({ commandId: CommandId, ...shiftFields }, strict),
  response: Type.Object({ shifts: Type.Array(ShiftSet) }),
});
export const withdrawShifts = endpoint({
  id: 'dictionary.withdrawShifts',
  method: 'POST',
  path: '/dictionary/shifts/withdrawal',
  access: 'dictionary.manage',
  summary: '撤回一套上班时段',
  body: Type.Object(
    { commandId: CommandId, effectiveFrom: Day, reason: Type.String({ minLength: 2, maxLength: 200 }) },
    strict,
  ),
  response: Type.Object({ shifts: Type.Array(ShiftSet) }),
});

export const listRecomputes = endpoint({
  id: 'dictionary.recomputes',
  method: 'GET',
  path: '/dictionary/recomputes',
  access: 'signed-in',
  summary: '到期时间的重算：进度与结果',
  query: Type.Object({ id: Type.Optional(Id) }, strict),
  response: Type.Object({ items: Type.Array(RecomputeView) }),
});
