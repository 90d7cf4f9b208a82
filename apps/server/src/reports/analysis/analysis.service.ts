import type { PeriodAnalysis } from '@bihuan/contract/indicator';
import {
  type Dimension,
  figureKey,
  INDICATOR_IDS,
  type Period,
  periodInstants,
  rateOf,
} from '@bihuan/domain/indicator';
import type { Sql } from '../../platform/db/index.ts';
import {
  categoryRises,
  figureTable,
  mostReopened,
  overdueAt,
  overdueIdsAt,
  type Reader,
  readOrderIds,
  spanOf,
} from '../indicator/index.ts';

const LISTED = 10;

/**
 * What a week or month comes to. The same for the page and for the bulletin; pass a `Trx` in REPEATABLE READ when every number must
 * come from one moment.
 * @param reader whose orders are listed by name; the figures are always the whole district's
 */
export async function analysePeriod(
  sql: Sql,
  input: { period: Period; now: number; reader: Reader },
): Promise<PeriodAnalysis> {
  const { period, now, reader } = input;
  const { from, to } = periodInstants(period);
  const asOf = Math.max(from, Math.min(to, now));
  const table = (dimension: Dimension) => figureTable(sql, { period, dimension, filters: {}, now });
  const [units, towns, categories, overdue, reopened] = await Promise.all([
    table('unit'),
    table('town'),
    table('category'),
    overdueAt(sql, reader, asOf, LISTED),
    mostReopened(sql, reader, from, asOf, LISTED),
  ]);
  const districtRate = rateOf(units.total.figures.resolution!);
  const behind = units.rows
    .filter((row) => row.figures.resolution!.clearlyBehind)
    .sort((a, b) => a.figures.resolution!.rate! - b.figures.resolution!.rate!);
  return {
    period: units.period,
    previous: units.previous,
    lastYear: units.lastYear,
    minimum: units.minimum,
    weights: units.weights,
    versions: units.versions,
    district: units.total,
    squadrons: units.rows,
    categories: categories.rows,
    towns: towns.rows,
    rising: categoryRises(
      categories.rows.map((row) => ({
        code: row.key,
        name: row.label,
        hot: row.hot,
        now: row.figures.volume!.numerator,
        before: row.figures.volume!.previous.numerator,
      })),
    ).slice(0, LISTED),
    overdueCount: overdue.total,
    worstOverdue: overdue.items,
    mostReopened: reopened,
    toVisit: behind.map((row) => ({
      unit: { id: row.key!, name: row.label },
      numerator: row.figures.resolution!.numerator,
      denominator: row.figures.resolution!.denominator,
      high: row.figures.resolution!.high!,
      districtRate: districtRate!,
    })),
    hiddenOverdue: overdue.total - overdue.visible,
  };
}

/**
 * The complaints behind every figure of an analysis, by the figure's name (`on_time.unit.<id>`, `volume.district`,
 * `resolution.category.<code>`, `overdue.district` …). A complaint handled twice in the period is there twice: the number of ids is
 * the number in the figure.
 */
export async function idsBehind(
  sql: Sql,
  input: { period: Period; now: number },
): Promise<Map<string, { numeratorIds: readonly string[]; denominatorIds: readonly string[] }>> {
  const { period, now } = input;
  const { from, to } = periodInstants(period);
  const ids = new Map<string, { numeratorIds: readonly string[]; denominatorIds: readonly string[] }>();
  for (const dimension of ['district', 'unit', 'town', 'category'] as const) {
    const byKey = await readOrderIds(sql, spanOf(period, now, {}), dimension);
    for (const [key, byIndicator] of byKey) {
      for (const id of INDICATOR_IDS) {
        const behind = byIndicator[id];
        if (!behind) continue;
        ids.set(figureKey(id, dimension, key), { numeratorIds: behind.numerator, denominatorIds: behind.denominator });
      }
    }
  }
  const overdue = await overdueIdsAt(sql, Math.max(from, Math.min(to, now)));
  return ids.set('overdue.district', { numeratorIds: overdue, denominatorIds: overdue });
}
