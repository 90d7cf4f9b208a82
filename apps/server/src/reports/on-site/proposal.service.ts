import type { NewVisit, VisitProposal } from '@bihuan/contract/on-site';
import { type Figure, formatRate, parsePeriod, periodLabel } from '@bihuan/domain/indicator';
import { type VisitCause, visitList } from '../../modules/on-site/index.ts';
import type { RequestActor } from '../../platform/access/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { figureTable } from '../indicator/index.ts';

const figureIn = ({ numerator, denominator }: Figure): Figure => ({ numerator, denominator });

/**
 * Whom the ranking rule puts forward for a month, the worst first: ranked squadrons whose whole interval lies below the
 * district's rate. The same rule names 到场督导对象 in the monthly bulletin.
 */
export async function proposalsOf(deps: Pick<Deps, 'db' | 'clock'>, actor: RequestActor, month: string) {
  const period = parsePeriod(month);
  const [table, visits] = await Promise.all([
    figureTable(deps.db, { period, dimension: 'unit', filters: {}, now: deps.clock.now() }),
    visitList(deps, actor, { month }),
  ]);
  const district = figureIn(table.total.figures.resolution!);
  const items = table.rows
    .filter((row) => row.figures.resolution!.clearlyBehind)
    .sort((a, b) => a.figures.resolution!.rate! - b.figures.resolution!.rate!)
    .map((row): VisitProposal => {
      const visit = visits.find(({ unit, status }) => unit.id === row.key && status !== 'cancelled');
      return {
        unit: { id: row.key!, name: row.label },
        figure: figureIn(row.figures.resolution!),
        high: row.figures.resolution!.high!,
        districtFigure: district,
        visit: visit ? { id: visit.id, number: visit.number, status: visit.status } : null,
      };
    });
  return { month, label: periodLabel(period), complete: table.period.complete, minimum: table.minimum, items };
}

/** What gives cause for one squadron's visit, as its figures stand now. */
export async function causeOf(deps: Pick<Deps, 'db' | 'clock'>, { month, unitId }: NewVisit): Promise<VisitCause> {
  const period = parsePeriod(month);
  const table = await figureTable(deps.db, { period, dimension: 'unit', filters: {}, now: deps.clock.now() });
  const own = table.rows.find(({ key }) => key === unitId)?.figures.resolution;
  const district = figureIn(table.total.figures.resolution!);
  const figure = own ? figureIn(own) : { numerator: 0, denominator: 0 };
  return {
    figure,
    districtFigure: district,
    reason: own?.clearlyBehind
      ? `${periodLabel(period)}解决率 ${formatRate(figure)}，低于全区 ${formatRate(district)}，差距超出正常波动范围`
      : null,
  };
}
