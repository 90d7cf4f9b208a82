import type { OrderBehind, OrderQuery } from '@bihuan/contract/indicator';
import * as contract from '@bihuan/contract/indicator';
import { type IndicatorId, indicator, PARTS, type Period, PeriodError, parsePeriod } from '@bihuan/domain/indicator';
import { dateAt } from '@bihuan/domain/workday';
import type { FastifyInstance } from 'fastify';
import type { RequestActor } from '../../platform/access/index.ts';
import type { Deps } from '../../platform/deps.ts';
import { invalid } from '../../platform/errors.ts';
import { bind } from '../../platform/http/bind.ts';
import { filtersOf, officerBounds } from './access.ts';
import { figuresSheet, ordersSheet, sendSheet } from './export.service.ts';
import { figureOf, readFigures, spanOf } from './figures.query.ts';
import { countOrders, listOrders } from './orders.query.ts';
import { changeSettings, currentSettings } from './settings.service.ts';
import type { Span } from './statement.query.ts';
import { figureTable, periodView } from './table.service.ts';
import { trend } from './trend.service.ts';

/** @throws Problem 400 when the text names no period */
export function readPeriod(text: string): Period {
  try {
    return parsePeriod(text);
  } catch (error) {
    if (error instanceof PeriodError) throw invalid(error.message, [{ field: '/period', message: error.message }]);
    throw error;
  }
}

const EXPORT_PAGE = 1000;

export function registerIndicator(api: FastifyInstance, deps: Deps): void {
  const { db, clock } = deps;
  const table = (actor: RequestActor, query: contract.FigureQuery) =>
    figureTable(db, {
      period: readPeriod(query.period),
      dimension: query.dimension,
      filters: officerBounds(actor, query.dimension, filtersOf(query)),
      now: clock.now(),
    });
  const spanFor = (actor: RequestActor, query: OrderQuery): { period: Period; span: Span } => {
    const period = readPeriod(query.period);
    return { period, span: spanOf(period, clock.now(), officerBounds(actor, 'district', filtersOf(query))) };
  };

  bind(api, contract.indicatorFigures, ({ actor, query }) => table(actor, query));

  bind(api, contract.exportFigures, async ({ actor, query, reply }) => {
    const sheet = figuresSheet(await table(actor, query));
    await sendSheet(reply, `指标排名 ${query.period}.xlsx`, sheet);
    return undefined as never;
  });

  bind(api, contract.indicatorTrend, ({ actor, query }) =>
    trend(db, {
      until: readPeriod(query.until),
      count: query.count ?? 12,
      filters: officerBounds(actor, 'district', filtersOf(query)),
      now: clock.now(),
    }),
  );

  bind(api, contract.indicatorOrders, async ({ actor, params, query }) => {
    const { period, span } = spanFor(actor, query);
    const id = params.indicator as IndicatorId;
    const part = query.part ?? 'denominator';
    const [figures, counts, page] = await Promise.all([
      readFigures(db, span, 'district'),
      countOrders(db, actor, id, span, part),
      listOrders(db, actor, id, span, part, { after: query.after ?? null, limit: query.limit ?? 50 }),
    ]);
    return {
      title: indicator(id).label,
      period: periodView(period, clock.now()),
      figure: figureOf(figures.get(null), id),
      ...counts,
      ...page,
    };
  });

  bind(api, contract.exportOrders, async ({ actor, params, query, reply }) => {
    const { period, span } = spanFor(actor, query);
    const id = params.indicator as IndicatorId;
    const part = query.part ?? 'denominator';
    const title = `${periodView(period, clock.now()).label}${indicator(id).label}（${PARTS[part]}）`;
    const pages = async function* (): AsyncGenerator<OrderBehind> {
      let after: string | null = null;
      do {
        const page = await listOrders(db, actor, id, span, part, { after, limit: EXPORT_PAGE });
        yield* page.items;
        after = page.next;
      } while (after !== null);
    };
    await sendSheet(reply, `${title}.xlsx`, ordersSheet(title, pages()));
    return undefined as never;
  });

  bind(api, contract.readIndicatorSettings, () => currentSettings(db, dateAt(clock.now())));
  bind(api, contract.saveIndicatorSettings, ({ actor, body }) => changeSettings(deps, actor, body));
}
