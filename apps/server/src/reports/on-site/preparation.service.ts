import type { VisitPreparation } from '@bihuan/contract/on-site';
import { type IndicatorId, type Part, parsePeriod } from '@bihuan/domain/indicator';
import { visitDetail } from '../../modules/on-site/index.ts';
import type { RequestActor } from '../../platform/access/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { countOrders, figureOf, listOrders, readFigures, readLabels, spanOf } from '../indicator/index.ts';

const LISTED = 10;
const CAUSES = 6;

/**
 * What to speak about on the spot: the month's orders that ran over, came back or stayed unsolved, and what they are about. Cut
 * from the same statements as the indicators, so that each number opens to exactly its orders.
 * @throws Problem 404 when the visit is not there or out of scope
 */
export async function preparationOf(
  deps: Pick<Deps, 'db' | 'clock'>,
  actor: RequestActor,
  id: string,
): Promise<VisitPreparation> {
  const { month, unit } = await visitDetail(deps, actor, id);
  const period = parsePeriod(month);
  const now = deps.clock.now();
  const span = spanOf(period, now, { unit: unit.id });
  const worst = async (indicator: IndicatorId, part: Part) => {
    const [{ total }, { items }] = await Promise.all([
      countOrders(deps.db, actor, indicator, span, part),
      listOrders(deps.db, actor, indicator, span, part, { after: null, limit: LISTED }),
    ]);
    return {
      total,
      items: items.map(({ id: orderId, number, title, category, dueAt, round }) => ({
        id: orderId,
        number,
        title,
        category,
        dueAt,
        reopenCount: round - 1,
      })),
    };
  };
  const [overdue, reopened, unsolved, own, district] = await Promise.all([
    worst('on_time', 'missed'),
    worst('reopen', 'numerator'),
    worst('resolution', 'missed'),
    readFigures(deps.db, span, 'category'),
    readFigures(deps.db, spanOf(period, now, {}), 'category'),
  ]);
  return { month, overdue, reopened, unsolved, causes: await causesOf(deps, own, district) };
}

type ByCategory = Awaited<ReturnType<typeof readFigures>>;

async function causesOf({ db }: Pick<Deps, 'db'>, own: ByCategory, district: ByCategory) {
  const missed = (figures: ByCategory, key: string | null): number => {
    const { numerator, denominator } = figureOf(figures.get(key), 'resolution');
    return denominator - numerator;
  };
  const total = (figures: ByCategory) => [...figures.keys()].reduce((sum, key) => sum + missed(figures, key), 0);
  const [ownTotal, districtTotal] = [total(own), total(district)];
  const codes = [...own.keys()].filter((code) => code !== null);
  const names = new Map((await readLabels(db, 'category', codes)).map(({ key, label }) => [key, label]));
  return [...own.keys()]
    .filter((code) => missed(own, code) > 0)
    .map((code) => ({
      code,
      name: code === null ? '未分类' : (names.get(code) ?? code),
      unsolved: missed(own, code),
      concluded: figureOf(own.get(code), 'resolution').denominator,
      share: missed(own, code) / ownTotal,
      districtShare: districtTotal === 0 ? 0 : missed(district, code) / districtTotal,
    }))
    .sort((a, b) => b.unsolved - a.unsolved || (a.name < b.name ? -1 : 1))
    .slice(0, CAUSES);
}
