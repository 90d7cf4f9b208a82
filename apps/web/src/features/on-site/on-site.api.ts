import {
  commandVisit,
  getVisit,
  lookBackOnVisit,
  prepareVisit,
  type VisitCommand,
  visitReference,
} from '@bihuan/contract/on-site';
import type { Movement, VisitStatus } from '@bihuan/domain/on-site';
import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { call } from '../../api/client.ts';
import { serverNow } from '../../api/server-time.ts';
import { useLive } from '../../app/live.ts';
import { can } from '../../app/session.ts';
import { dayOf } from '../../ui/format.ts';
import type { Tone } from '../../ui/StatusTag.vue';

export const VISIT_TONES: Readonly<Record<VisitStatus, Tone>> = {
  planned: 'warn',
  visited: 'warn',
  answered: 'info',
  concluded: 'good',
  cancelled: 'plain',
};
export const MOVEMENT_TONES: Readonly<Record<Movement, Tone>> = {
  waiting: 'plain',
  none: 'plain',
  better: 'good',
  worse: 'danger',
  unclear: 'warn',
};

export const monthLabel = (month: string): string => `${month.slice(0, 4)}年${Number(month.slice(5))}月`;
/** The last whole month before now. */
export function lastMonth(): string {
  const [year, month] = dayOf(serverNow()).split('-').map(Number) as [number, number];
  return month === 1 ? `${year - 1}-12` : `${year}-${String(month - 1).padStart(2, '0')}`;
}
/** The orders behind a figure of one month and squadron. */
export const ordersBehind = (
  indicator: string,
  month: string,
  unitId: string | null,
  part: 'numerator' | 'denominator' | 'missed',
  category?: string,
) => ({
  path: `/indicators/${indicator}/orders`,
  query: { period: month, part, ...(unitId ? { unit: unitId } : {}), ...(category ? { category } : {}) },
});

export const useVisitReference = () =>
  useQuery({
    queryKey: ['on-site-reference'],
    queryFn: ({ signal }) => call(visitReference, {}, { signal }),
    enabled: computed(() => can('onSite.manage')),
    staleTime: 5 * 60_000,
  });

export function useVisit(id: Ref<string>) {
  const queryClient = useQueryClient();
  const query = useQuery({
    queryKey: ['visit', id],
    queryFn: ({ signal }) => call(getVisit, { params: { id: id.value } }, { signal }),
  });
  useLive((message) => {
    if (message.topic === 'on_site.changed' && message.objectId === id.value)
      void queryClient.invalidateQueries({ queryKey: ['visit', id.value] });
  });
  return query;
}
export const usePreparation = (id: Ref<string>) =>
  useQuery({
    queryKey: ['visit', id, 'preparation'],
    queryFn: ({ signal }) => call(prepareVisit, { params: { id: id.value } }, { signal }),
  });
export const useLookBack = (id: Ref<string>) =>
  useQuery({
    queryKey: ['visit', id, 'look-back'],
    queryFn: ({ signal }) => call(lookBackOnVisit, { params: { id: id.value } }, { signal }),
  });

export function useAfterVisit() {
  const queryClient = useQueryClient();
  return () =>
    Promise.all(
      [['visit'], ['visits'], ['rectifications'], ['rectification-board']].map((queryKey) =>
        queryClient.invalidateQueries({ queryKey }),
      ),
    );
}

export const sendVisit = (id: string, commandId: string, version: number, command: VisitCommand) =>
  call(commandVisit, { params: { id }, body: { commandId, version, command } });
