import type { BodyOf } from '@bihuan/contract';
import type {
  addShifts,
  CalendarYear,
  DeadlineEffect,
  previewCalendarYear,
  previewShifts,
  ShiftSet,
  saveCalendarYear,
  withdrawShifts,
} from '@bihuan/contract/dictionary';
import { dateAt, formatDay, isWeekday, parseDay, specialDayProblem, WorkCalendar } from '@bihuan/domain/workday';
import type { RequestActor } from '../../platform/access/index.ts';
import type { Trx } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict, type FieldError, invalid, notFound, staleVersion } from '../../platform/errors.ts';
import { publish } from '../../platform/outbox/index.ts';
import { askRecompute } from '../complaint/index.ts';
import {
  deleteShifts,
  insertShifts,
  listShiftSets,
  lockYear,
  readDays,
  readYear,
  shiftsToApply,
  storeYear,
} from './calendar.repo.ts';
import { takeTurn } from './change.repo.ts';
import { CHANGED, change, readAnew, rehearse } from './change.ts';
import { effectOf } from './effect.ts';

export const today = (deps: Deps): string => dateAt(deps.clock.now());
const by = (deps: Deps, actor: RequestActor) => ({ personId: actor.personId, at: new Date(deps.clock.now()) });

// ── 一年的日历 ─────────────────────────────────────────────────────────────

/** A year nobody has kept yet is not announced, has no special days, and version 0. */
export async function showYear(deps: Deps, year: number): Promise<CalendarYear> {
  const [row, days] = await Promise.all([readYear(deps.db, year), readDays(deps.db, year)]);
  return {
    year,
    version: row?.version ?? 0,
    announced: row?.announced ?? false,
    source: row?.source ?? null,
    days,
    workdays: workdaysOf(year, days),
    changedBy: row?.changed_by ? { id: row.changed_by, name: row.changed_by_name ?? '' } : null,
    changedAt: row?.changed_at?.toISOString() ?? null,
  };
}

function workdaysOf(year: number, days: CalendarYear['days']): number {
  const kinds = new Map(days.map(({ day, kind }) => [day, kind]));
  const end = parseDay(`${year}-12-31`);
  let count = 0;
  for (let number = parseDay(`${year}-01-01`); number <= end; number++) {
    const day = formatDay(number);
    const kind = kinds.get(day);
    if (kind === 'makeup' || (kind === undefined && isWeekday(day))) count += 1;
  }
  return count;
}

type YearBody = BodyOf<typeof previewCalendarYear>;

async function writeYear(
  deps: Deps,
  trx: Trx,
  actor: RequestActor,
  year: number,
  body: YearBody,
): Promise<{ id: string; data: Record<string, unknown> }> {
  checkYear(year, body);
  await takeTurn(trx, 'calendar');
  const before = await lockYear(trx, year);
  if ((before?.version ?? 0) !== body.version) throw staleVersion();
  const old = await readDays(trx, year);
  const days = body.days.map(({ day, kind, note }) => ({ day, kind, note: note?.trim() || null }));
  const source = body.source?.trim() || null;
  const id = await storeYear(trx, year, { announced: body.announced, source, days }, by(deps, actor));
  const kindOf = (list: typeof days) => new Map(list.map(({ day, kind }) => [day, kind]));
  const [was, is] = [kindOf(old), kindOf(days)];
  return {
    id,
    data: {
      year,
      announced: { from: before?.announced ?? null, to: body.announced },
      source,
      added: days.filter(({ day, kind }) => was.get(day) !== kind).map(({ day, kind }) => `${day} ${kind}`),
      removed: old.filter(({ day, kind }) => is.get(day) !== kind).map(({ day, kind }) => `${day} ${kind}`),
    },
  };
}

function checkYear(year: number, body: YearBody): void {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  body.days.forEach((day, index) => {
    const problem = seen.has(day.day) ? `${day.day} 列了两次` : specialDayProblem(day, year);
    seen.add(day.day);
    if (problem) errors.push({ field: `/days/${index}/day`, message: problem });
  });
  if (body.announced && body.days.length === 0)
    errors.push({ field: '/announced', message: '还没有列出放假和调休上班的日期，不能标为已公布' });
  if (errors.length > 0)
    throw invalid(
      errors
        .map(({ message }) => message)
        .slice(0, 3)
        .join('；'),
      errors,
    );
}

export async function previewYear(
  deps: Deps,
  actor: RequestActor,
  year: number,
  body: YearBody,
): Promise<DeadlineEffect> {
  return rehearse(
    deps,
    async (trx) => void (await writeYear(deps, trx, actor, year, body)),
    (sql) => effectOf(deps, sql, today(deps), null),
  );
}

/** @throws Problem stale_version | invalid */
export async function saveYear(
  deps: Deps,
  actor: RequestActor,
  year: number,
  body: BodyOf<typeof saveCalendarYear>,
): Promise<CalendarYear> {
  await change(deps, actor, body.commandId, async (trx) => {
    const { id, data } = await writeYear(deps, trx, actor, year, body);
    await askRecompute(deps, trx, { cause: 'calendar', note: `${year} 年工作日历`, askedBy: actor.personId });
    return { action: 'dictionary.calendar_changed', objectType: 'calendar_year', objectId: id, data };
  });
  return showYear(deps, year);
}

// ── 上班时段 ──────────────────────────────────────────────────────────────

type ShiftBody = BodyOf<typeof previewShifts>;

async function writeShifts(deps: Deps, trx: Trx, actor: RequestActor, body: ShiftBody): Promise<void> {
  checkSpans(body.spans);
  await takeTurn(trx, 'shifts');
  const sets = await listShiftSets(trx, today(deps));
  if (sets.some(({ effectiveFrom }) => effectiveFrom === body.effectiveFrom)) {
    const message = '这一天已有一套上班时段，请另选生效日，或先撤回那一套';
    throw conflict('shifts_taken', message, { errors: [{ field: '/effectiveFrom', message }] });
  }
  const oldest = sets.at(-1);
  if (oldest && body.effectiveFrom < oldest.effectiveFrom) {
    const message = `不能早于最初一套的生效日 ${oldest.effectiveFrom}`;
    throw invalid(message, [{ field: '/effectiveFrom', message }]);
  }
  await insertShifts(trx, body.effectiveFrom, body.spans, by(deps, actor));
}

function checkSpans(spans: ShiftSet['spans']): void {
  try {
    new WorkCalendar({
      days: [],
      announcedYears: [],
      shifts: spans.map(({ starts, ends }) => [starts, ends] as const),
    });
  } catch (error) {
    const { message } = error as RangeError;
    throw invalid(message, [{ field: '/spans', message }]);
  }
}

export async function previewShiftChange(deps: Deps, actor: RequestActor, body: ShiftBody): Promise<DeadlineEffect> {
  // Shifts of a later day are looked at as they will be on that day.
  const day = body.effectiveFrom > today(deps) ? body.effectiveFrom : today(deps);
  return rehearse(
    deps,
    (trx) => writeShifts(deps, trx, actor, body),
    (sql) => effectOf(deps, sql, day, body.effectiveFrom > today(deps) ? body.effectiveFrom : null),
  );
}

/** @throws Problem shifts_taken | invalid */
export async function saveShifts(
  deps: Deps,
  actor: RequestActor,
  body: BodyOf<typeof addShifts>,
): Promise<{ shifts: ShiftSet[] }> {
  await change(deps, actor, body.commandId, async (trx) => {
    await writeShifts(deps, trx, actor, body);
    // Of a later day: `applyShifts` asks for it when the day comes.
    if (body.effectiveFrom <= today(deps))
      await askRecompute(deps, trx, {
        cause: 'shifts',
        note: `自 ${body.effectiveFrom} 起的上班时段`,
        shiftsFrom: body.effectiveFrom,
        askedBy: actor.personId,
      });
    return {
      action: 'dictionary.shifts_added',
      objectType: 'work_shift',
      objectId: null,
      data: { effectiveFrom: body.effectiveFrom, spans: body.spans },
    };
  });
  return { shifts: await listShiftSets(deps.db, today(deps)) };
}

/** @throws Problem not_found | shifts_oldest */
export async function takeShiftsBack(
  deps: Deps,
  actor: RequestActor,
  body: BodyOf<typeof withdrawShifts>,
): Promise<{ shifts: ShiftSet[] }> {
  await change(deps, actor, body.commandId, async (trx) => {
    await takeTurn(trx, 'shifts');
    const set = (await listShiftSets(trx, today(deps))).find(
      ({ effectiveFrom }) => effectiveFrom === body.effectiveFrom,
    );
    if (!set) throw notFound('上班时段');
    if (!set.withdrawable) throw conflict('shifts_oldest', '最初一套上班时段不能撤回，请另立新的');
    await deleteShifts(trx, body.effectiveFrom);
    if (set.state === 'now')
      await askRecompute(deps, trx, {
        cause: 'shifts',
        note: `撤回自 ${body.effectiveFrom} 起的上班时段`,
        askedBy: actor.personId,
      });
    return {
      action: 'dictionary.shifts_withdrawn',
      objectType: 'work_shift',
      objectId: null,
      note: body.reason,
      data: { effectiveFrom: body.effectiveFrom, spans: set.spans },
    };
  });
  return { shifts: await listShiftSets(deps.db, today(deps)) };
}

/** By the clock: shifts whose day has come hold from now on, in every process, and open orders are looked at again. */
export async function applyShifts(deps: Deps): Promise<void> {
  const isApplied = await deps.db.transaction(async (trx) => {
    await takeTurn(trx, 'shifts');
    const day = await shiftsToApply(trx, today(deps));
    if (day === null) return false;
    const id = await askRecompute(deps, trx, {
      cause: 'shifts',
      note: `自 ${day} 起的上班时段`,
      shiftsFrom: day,
      askedBy: null,
    });
    await publish(trx, { topic: CHANGED, objectId: id, data: { what: 'work_shift' } });
    return true;
  });
  if (!isApplied) return;
  await readAnew(deps);
  deps.live.wake();
}
