import {
  type FigureQuery,
  indicatorFigures,
  indicatorOrders,
  indicatorTrend,
  type OrderQuery,
  readIndicatorSettings,
} from '@bihuan/contract/indicator';
import { type IndicatorId, type Part, type PeriodKind, parsePeriod, periodOf } from '@bihuan/domain/indicator';
import { dayNumberAt } from '@bihuan/domain/workday';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/vue-query';
import type { Ref } from 'vue';
import { call } from '../../api/client.ts';
import { serverNow } from '../../api/server-time.ts';
import { percent } from '../../ui/format.ts';

/** The period now running, of a kind. */
export const currentPeriod = (kind: PeriodKind): string => periodOf(kind, dayNumberAt(serverNow())).text;

/** The period in the address, or the one now running when there is none or it cannot be read. */
export function periodFrom(text: unknown, fallback: PeriodKind = 'month'): string {
  try {
    return typeof text === 'string' ? parsePeriod(text).text : currentPeriod(fallback);
  } catch {
    return currentPeriod(fallback);
  }
}

export const useFigures = (query: Ref<FigureQuery>) =>
  useQuery({
    queryKey: ['indicator', 'figures', query],
    queryFn: ({ signal }) => call(indicatorFigures, { query: query.value }, { signal }),
    placeholderData: keepPreviousData,
  });

export const useTrend = (query: Ref<{ until: string; count?: number; unit?: string; category?: string }>) =>
  useQuery({
    queryKey: ['indicator', 'trend', query],
    queryFn: ({ signal }) => call(indicatorTrend, { query: query.value }, { signal }),
    placeholderData: keepPreviousData,
  });

export const useOrders = (indicator: Ref<IndicatorId>, query: Ref<OrderQuery>) =>
  useInfiniteQuery({
    queryKey: ['indicator', 'orders', indicator, query],
    queryFn: ({ pageParam, signal }) =>
      call(
        indicatorOrders,
        {
          params: { indicator: indicator.value },
          query: { ...query.value, ...(pageParam ? { after: pageParam } : {}) },
        },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const useSettings = () =>
  useQuery({
    queryKey: ['indicator', 'settings'],
    queryFn: ({ signal }) => call(readIndicatorSettings, {}, { signal }),
  });

/** Address of the orders behind a figure. `of` names the row: `{ unit: id }`; a row without a key is `none`. */
export function ordersLink(
  indicator: IndicatorId,
  period: string,
  of: Record<string, string>,
  part: Part = 'denominator',
) {
  return { path: `/indicators/${indicator}/orders`, query: { period, part, ...of } };
}

/** `+1.2`, `−0.4`, `持平`, `—` for percentage points. */
export function points(change: number | null): string {
  if (change === null) return '—';
  if (change === 0) return '持平';
  return `${change > 0 ? '+' : '−'}${Math.abs(change).toFixed(1)}`;
}

/** `+12.0%` for the growth of a count. */
export function grown(change: number | null): string {
  if (change === null) return '—';
  if (change === 0) return '持平';
  return `${change > 0 ? '+' : '−'}${percent(Math.abs(change))}`;
}

export const isGood = (change: number | null, better: 'higher' | 'lower' | 'neither'): 'good' | 'bad' | '' => {
  if (change === null || change === 0 || better === 'neither') return '';
  return change > 0 === (better === 'higher') ? 'good' : 'bad';
};
