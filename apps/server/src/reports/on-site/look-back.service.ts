import type { VisitLookBack } from '@bihuan/contract/on-site';
import { nextPeriod, type Period, parsePeriod, periodInstants, periodsUpTo } from '@bihuan/domain/indicator';
import { differenceOf, movementOf } from '@bihuan/domain/on-site';
import { dateAt, formatDay } from '@bihuan/domain/workday';
import { visitDetail } from '../../modules/on-site/index.ts';
import type { RequestActor } from '../../platform/access/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { figureOf, readAllSettings, readFigures, settingsOn, spanOf } from '../indicator/index.ts';

const TREND_MONTHS = 6;

/**
 * Did the indicator move? The resolution rate of the month that gave cause beside that of the month after the visit, by the
 * definitions of the former. @throws Problem 404 when the visit is not there or out of scope
 */
export async function lookBackOf(
  deps: Pick<Deps, 'db' | 'clock'>,
  actor: RequestActor,
  id: string,
): Promise<VisitLookBack> {
  const { month, unit, visitedOn } = await visitDetail(deps, actor, id);
  const first = parsePeriod(month);
  const now = deps.clock.now();
  const minimum = settingsOn(await readAllSettings(deps.db), formatDay(first.first)).minimum;
  const figureOfMonth = async (period: Period) => {
    const figures = await readFigures(deps.db, spanOf(period, now, { unit: unit.id }, first), 'district');
    const { numerator, denominator } = figureOf(figures.get(null), 'resolution');
    const complete = periodInstants(period).to <= now;
    return { month: period.text, numerator, denominator, small: denominator < minimum, complete };
  };
  const last = visitedOn === null ? null : nextPeriod(parsePeriod(visitedOn.slice(0, 7)));
  const begun = last !== null && periodInstants(last).from <= now;
  const until = begun ? last : parsePeriod(dateAt(now).slice(0, 7));
  const trend = await Promise.all(periodsUpTo(until, TREND_MONTHS).map(figureOfMonth));
  const before = await figureOfMonth(first);
  const after = begun ? await figureOfMonth(last) : null;
  const movement = after === null ? 'waiting' : movementOf(before, after, after.complete);
  return {
    before,
    after,
    change: after?.complete ? differenceOf(before, after) : null,
    movement,
    minimum,
    trend,
  };
}
