import type { Figure, Trend } from '@bihuan/contract/indicator';
import {
  INDICATOR_IDS,
  type Period,
  periodInstants,
  periodLabel,
  periodsUpTo,
  samePeriodLastYear,
} from '@bihuan/domain/indicator';
import type { Sql } from '../../platform/db/index.ts';
import { type Figures, figureOf, readTrend, spanOf } from './figures.query.ts';
import type { Filters } from './statement.query.ts';

/**
 * Consecutive periods up to `until` beside those of a year before, all by the definitions of `until`: a line is only a line when
 * every point means the same.
 */
export async function trend(
  sql: Sql,
  input: { until: Period; count: number; filters: Filters; now: number },
): Promise<Trend> {
  const periods = periodsUpTo(input.until, input.count);
  const yearAgo = periods.map(samePeriodLastYear);
  const [figures, figuresYearAgo] = await Promise.all([readSpan(sql, periods, input), readSpan(sql, yearAgo, input)]);
  return {
    points: periods.map((period, index) => ({
      period: period.text,
      label: periodLabel(period),
      complete: input.now >= periodInstants(period).to,
      figures: all(figures.get(period.text)),
      lastYear: all(figuresYearAgo.get(yearAgo[index]!.text)),
    })),
  };
}

function readSpan(sql: Sql, periods: readonly Period[], input: { until: Period; filters: Filters; now: number }) {
  const whole: Period = { ...periods[0]!, end: periods.at(-1)!.end };
  return readTrend(sql, spanOf(whole, input.now, input.filters, input.until), input.until.kind);
}

function all(figures: Figures | undefined): Record<string, Figure> {
  return Object.fromEntries(INDICATOR_IDS.map((id) => [id, figureOf(figures, id)]));
}
