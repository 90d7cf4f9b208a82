import type { Cockpit } from '@bihuan/contract/cockpit';
import { readCockpit } from '@bihuan/contract/cockpit';
import { scopeOf } from '@bihuan/domain/access';
import { lastCompletePeriod, periodOf } from '@bihuan/domain/indicator';
import { dateAt, dayNumberAt, startOfDay } from '@bihuan/domain/workday';
import type { FastifyInstance } from 'fastify';
import type { RequestActor } from '../../platform/access/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { bind } from '../../platform/http/bind.ts';
import {
  categoryRises,
  figureOf,
  figureTable,
  overdueNow,
  readFigures,
  readLabels,
  reopenedNow,
  trend,
} from '../indicator/index.ts';
import { openCounts, overdueByTown } from './cockpit.query.ts';

const LISTED = 6;
const MONTHS = 12;
const WINDOW_MS = 30 * 86_400_000;

export function registerCockpit(api: FastifyInstance, deps: Deps): void {
  bind(api, readCockpit, ({ actor }) => cockpit(deps, actor));
}

/** Where it burns, who is behind, whether the trend bends. */
async function cockpit({ db, clock }: Deps, actor: RequestActor): Promise<Cockpit> {
  const now = clock.now();
  const wholeDistrict = scopeOf(actor) === 'district';
  const filters = wholeDistrict ? {} : { unit: actor.unitId };
  const today = dayNumberAt(now);
  const window = (end: number) => ({
    from: new Date(end - WINDOW_MS),
    asOf: new Date(end),
    definitionsOn: dateAt(now),
    filters,
  });
  const lastMonth = lastCompletePeriod('month', now);
  const [counts, worstOverdue, mostReopened, byCategory, byCategoryBefore, byTown, townOverdue, units, line] =
    await Promise.all([
      openCounts(db, actor, now, startOfDay(today + 1)),
      overdueNow(db, actor, now, LISTED),
      reopenedNow(db, actor, LISTED),
      readFigures(db, window(now), 'category'),
      readFigures(db, window(now - WINDOW_MS), 'category'),
      readFigures(db, window(now), 'town'),
      overdueByTown(db, actor, now),
      figureTable(db, { period: lastMonth, dimension: 'unit', filters: {}, now }),
      trend(db, { until: periodOf('month', today), count: MONTHS, filters, now }),
    ]);
  const [categories, towns] = await Promise.all([
    readLabels(db, 'category', present(byCategory)),
    readLabels(db, 'town', present(byTown, townOverdue)),
  ]);
  const ranked = units.rows.filter((row) => row.figures.resolution!.rank !== null);
  return {
    asOf: new Date(now).toISOString(),
    wholeDistrict,
    burning: {
      ...counts,
      worstOverdue,
      mostReopened,
      rising: categoryRises(
        categories.map(({ key, label, hot }) => ({
          code: key,
          name: label,
          hot,
          now: figureOf(byCategory.get(key), 'volume').numerator,
          before: figureOf(byCategoryBefore.get(key), 'volume').numerator,
        })),
      )
        .sort((a, b) => Number(b.clearly) - Number(a.clearly) || Number(b.hot) - Number(a.hot))
        .slice(0, LISTED),
      towns: towns
        .map(({ key, label }) => ({
          id: key,
          name: label,
          overdue: townOverdue.get(key) ?? 0,
          volume: figureOf(byTown.get(key), 'volume').numerator,
        }))
        .filter((town) => town.overdue > 0 || town.volume > 0)
        .sort((a, b) => b.overdue - a.overdue || b.volume - a.volume),
    },
    behind: {
      period: units.period,
      minimum: units.minimum,
      district: figureOnly(units.total.figures.resolution!),
      ranked: ranked.length,
      squadrons: ranked
        .map((row) => {
          const cell = row.figures.resolution!;
          return {
            unit: { id: row.key!, name: row.label },
            ...figureOnly(cell),
            low: cell.low!,
            high: cell.high!,
            rank: cell.rank!,
            tied: cell.tied,
            rankChange: cell.rankChange,
            clearlyBehind: cell.clearlyBehind,
          };
        })
        .sort((a, b) => b.rank - a.rank)
        .slice(0, LISTED),
    },
    trend: line,
  };
}

const figureOnly = ({ numerator, denominator }: { numerator: number; denominator: number }) => ({
  numerator,
  denominator,
});

function present(...maps: ReadonlyMap<string | null, unknown>[]): string[] {
  return [...new Set(maps.flatMap((map) => [...map.keys()]))].filter((key) => key !== null);
}
