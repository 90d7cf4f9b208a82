import type { BodyOf } from '@bihuan/contract';
import type { changeWeek, HotSpots, Measure, MeasureEffect, WeekAnalysis, WeekItem } from '@bihuan/contract/analysis';
import { permits } from '@bihuan/domain/access';
import {
  type DraftFacts,
  decideWeek,
  effectOf,
  isSeasonal,
  WEEK_REFUSALS,
  type WeekState,
  writeDraft,
} from '@bihuan/domain/hotspot';
import { dateAt } from '@bihuan/domain/workday';
import type { RequestActor } from '../../platform/access/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Sql } from '../../platform/db/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { conflict, invalid, notFound, staleVersion } from '../../platform/errors.ts';
import { countSpot, findHotSpots } from './hot-spots.service.ts';

const DAY_MS = 86_400_000;
const instantOf = (day: string): number => Date.parse(`${day}T00:00:00+08:00`);
const lastDayOf = (from: string): string => dateAt(instantOf(from) + 6 * DAY_MS);
/** The Monday of the last week that has ended. */
export function lastWeek(now: number): string {
  const today = instantOf(dateAt(now));
  const weekday = (new Date(today + 8 * 3_600_000).getUTCDay() + 6) % 7;
  return dateAt(today - (weekday + 7) * DAY_MS);
}
/** Measures are followed for so many weeks. */
const FOLLOWED_WEEKS = 4;

interface WeekRow {
  readonly [column: string]: unknown;
  readonly week_from: string;
  readonly state: WeekState;
  readonly facts: HotSpots;
  readonly earlier: MeasureEffect[];
  readonly findings: string;
  readonly causes: string;
  readonly measures: Measure[];
  readonly version: number;
  readonly drafted_at: Date;
  readonly edited_by: { id: string; name: string } | null;
  readonly finished_by: { id: string; name: string } | null;
  readonly finished_at: Date | null;
}

const person = (column: string) =>
  `(select json_build_object('id', p.id, 'name', p.name) from person p where p.id = w.${column}) as ${column}`;
const COLUMNS = `to_char(w.week_from, 'YYYY-MM-DD') as week_from, w.state, w.facts, w.earlier, w.findings, w.causes, w.measures, w.version, w.drafted_at,
  ${person('edited_by')}, ${person('finished_by')}, w.finished_at`;

const itemOf = (row: WeekRow): WeekItem => ({
  from: row.week_from,
  to: lastDayOf(row.week_from),
  state: row.state,
  rises: row.facts.rises?.length ?? null,
  measures: row.measures.length,
  editedBy: row.edited_by,
  finishedBy: row.finished_by,
  finishedAt: row.finished_at?.toISOString() ?? null,
});

export async function weekList(sql: Sql): Promise<WeekItem[]> {
  const rows = await sql.query<WeekRow>(
    'analysis.weeks',
    `select ${COLUMNS} from weekly_analysis w order by w.week_from desc limit 104`,
  );
  return rows.map(itemOf);
}

export async function readWeek(sql: Sql, actor: RequestActor, from: string): Promise<WeekAnalysis> {
  const [row] = await sql.query<WeekRow>(
    'analysis.week',
    `select ${COLUMNS} from weekly_analysis w where w.week_from = $1::date`,
    [from],
  );
  if (!row) throw notFound('这一周的研判');
  const units = await unitNames(sql, row.measures);
  return {
    ...itemOf(row),
    facts: row.facts,
    earlier: row.earlier,
    findings: row.findings,
    causes: row.causes,
    measuresTaken: row.measures.map((measure) => ({ ...measure, unit: unitOf(units, measure.unitId) })),
    version: row.version,
    draftedAt: row.drafted_at.toISOString(),
    mayWrite: permits(actor, 'analysis.write'),
  };
}

async function unitNames(sql: Sql, measures: readonly Measure[]): Promise<Map<string, string>> {
  const ids = measures.flatMap(({ unitId }) => unitId ?? []);
  if (ids.length === 0) return new Map();
  const rows = await sql.query<{ id: string; name: string }>(
    'analysis.units',
    'select id, name from unit where id = any($1::uuid[])',
    [ids],
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}
const unitOf = (units: ReadonlyMap<string, string>, id: string | null) =>
  id !== null && units.has(id) ? { id, name: units.get(id)! } : null;

/**
 * Writes a week's first draft, once: a week that has one is left as it is.
 * @param from a Monday; the week must be over
 * @returns whether one was written
 */
export async function draftWeek(deps: Deps, from: string, actor: RequestActor | null): Promise<boolean> {
  const { db, clock } = deps;
  const now = clock.now();
  if (Number.isNaN(instantOf(from)) || new Date(instantOf(from) + 8 * 3_600_000).getUTCDay() !== 1)
    throw invalid('应从星期一起', [{ field: '/from', message: '请选择星期一' }]);
  if (from > lastWeek(now)) throw invalid('这一周还没有结束，结束后才能研判');
  const [there] = await db.query('analysis.there', 'select 1 from weekly_analysis where week_from = $1::date', [from]);
  if (there) return false;
  const facts = await findHotSpots(db, 'everything', lastDayOf(from));
  const earlier = await effectsOf(db, from);
  const { findings, causes } = writeDraft(draftFacts(facts, earlier));
  return db.transaction(async (trx) => {
    const rows = await trx.query(
      'analysis.insert',
      `insert into weekly_analysis (week_from, facts, earlier, findings, causes, drafted_at) values ($1::date, $2, $3, $4, $5, $6)
       on conflict do nothing returning 1`,
      [from, JSON.stringify(facts), JSON.stringify(earlier), findings, causes, new Date(now)],
    );
    if (rows.length === 0) return false;
    await recordAudit(trx, {
      at: now,
      actor,
      action: 'analysis.draft',
      objectType: 'weekly_analysis',
      note: from,
      data: { week: from, rises: facts.rises?.length ?? null },
    });
    return true;
  });
}

/** What the measures of the last finished weeks came to, by the week that begins at `from`. */
async function effectsOf(sql: Sql, from: string): Promise<MeasureEffect[]> {
  const rows = await sql.query<WeekRow>(
    'analysis.earlier',
    `select ${COLUMNS} from weekly_analysis w where w.state = 'finished' and w.week_from < $1::date and w.week_from >= $1::date - ${FOLLOWED_WEEKS * 7} order by w.week_from desc`,
    [from],
  );
  const effects: MeasureEffect[] = [];
  for (const row of rows) {
    const units = await unitNames(sql, row.measures);
    for (const { spot, before, text, unitId } of row.measures) {
      if (spot === null || before === null) continue;
      const { observed, expectation } = await countSpot(sql, 'everything', spot, lastDayOf(from));
      effects.push({
        weekFrom: row.week_from,
        text,
        unit: unitOf(units, unitId),
        spot,
        before,
        after: observed,
        expected: expectation?.expected ?? null,
        effect: expectation ? effectOf(before, observed, expectation.expected, expectation.dispersion) : 'unclear',
      });
    }
  }
  return effects;
}

const dayText = (day: string): string => `${Number(day.slice(5, 7))}月${Number(day.slice(8))}日`;
function draftFacts(facts: HotSpots, earlier: readonly MeasureEffect[]): DraftFacts {
  const { from, to, total } = facts;
  return {
    span: `${dayText(from)}至${from.slice(5, 7) === to.slice(5, 7) ? `${Number(to.slice(8))}日` : dayText(to)}`,
    total: {
      ...total,
      unusual: total.bound !== null && total.observed >= total.bound,
      seasonal: isSeasonal(facts.history),
    },
    rises:
      facts.rises?.map((rise) => ({
        ...rise,
        label: rise.spot.label,
        matters: rise.matters.map((matter) => ({ ...matter, unit: matter.unit?.name ?? null })),
        parts: rise.parts.map(({ spot, count }) => ({ label: spot.label, count })),
      })) ?? null,
    measures: earlier.map((one) => ({ ...one, label: one.spot.label, unit: one.unit?.name ?? null })),
  };
}

/** Lock, check, decide, write, record. */
export async function changeWeekOf(
  deps: Deps,
  actor: RequestActor,
  from: string,
  { commandId, ifVersion, change }: BodyOf<typeof changeWeek>,
): Promise<WeekAnalysis> {
  await deps.db.transaction(async (trx) => {
    const [row] = await trx.query<{ state: WeekState; version: number }>(
      'analysis.lock',
      'select state, version from weekly_analysis where week_from = $1::date for update',
      [from],
    );
    if (!row) throw notFound('这一周的研判');
    const [done] = await trx.query<{ data: { week?: string } }>(
      'analysis.done',
      "select data from audit_event where command_id = $1 and object_type = 'weekly_analysis'",
      [commandId],
    );
    if (done) {
      if (done.data.week !== from) throw conflict('command_reused', '操作编号已用于另一周，请刷新后重试');
      return;
    }
    if (row.version !== ifVersion) throw staleVersion();
    const next = decideWeek(row.state, change.action);
    if (typeof next === 'object') throw conflict(next.refused, WEEK_REFUSALS[next.refused]);
    const at = deps.clock.now();
    if (change.action === 'save') {
      await refuseUnknownUnits(trx, change.measures);
      await trx.query(
        'analysis.save',
        'update weekly_analysis set state = $2, findings = $3, causes = $4, measures = $5, edited_by = $6, version = version + 1 where week_from = $1::date',
        [from, next, change.findings, change.causes, JSON.stringify(change.measures), actor.personId],
      );
    } else {
      const finished = next === 'finished';
      await trx.query(
        'analysis.state',
        'update weekly_analysis set state = $2, finished_by = $3, finished_at = $4, version = version + 1 where week_from = $1::date',
        [from, next, finished ? actor.personId : null, finished ? new Date(at) : null],
      );
    }
    await recordAudit(trx, {
      at,
      actor,
      action: `analysis.${change.action}`,
      objectType: 'weekly_analysis',
      note: change.action === 'reopen' ? change.reason : from,
      data: { week: from },
      commandId,
    });
  });
  return readWeek(deps.db, actor, from);
}

async function refuseUnknownUnits(sql: Sql, measures: readonly Measure[]): Promise<void> {
  const units = await unitNames(sql, measures);
  for (const [at, { unitId }] of measures.entries())
    if (unitId !== null && !units.has(unitId))
      throw invalid('责任单位不存在', [{ field: `/change/measures/${at}/unitId`, message: '请重新选择责任单位' }]);
}
