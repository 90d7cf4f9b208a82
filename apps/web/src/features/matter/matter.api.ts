import { getMatter, getOrderMatter, type MatterItem, type MatterQuery } from '@bihuan/contract/matter';
import { ALERT_ACTIONS, BACKLOG_STATUSES } from '@bihuan/domain/matter';
import { useQuery, useQueryClient } from '@tanstack/vue-query';
import type { Ref } from 'vue';
import { call } from '../../api/client.ts';
import { useLive } from '../../app/live.ts';
import type { Tone } from '../../ui/StatusTag.vue';

export const MATTER_KEYS = [
  'q',
  'unitId',
  'townId',
  'categoryCode',
  'minCount',
  'state',
  'lastFrom',
  'lastTo',
] as const satisfies readonly (keyof MatterQuery)[];

export function useMatter(id: Ref<string>) {
  const queryClient = useQueryClient();
  const query = useQuery({
    queryKey: ['matter', id],
    queryFn: ({ signal }) => call(getMatter, { params: { id: id.value } }, { signal }),
  });
  useLive((message) => {
    if (message.topic === 'matter.changed' ? message.objectId === id.value : message.topic === 'complaint.matter')
      void queryClient.invalidateQueries({ queryKey: ['matter', id.value] });
  });
  return query;
}

/** The matter of one order; asked again until it has been compared, which takes a moment. */
export function useOrderMatter(id: Ref<string>) {
  const queryClient = useQueryClient();
  const query = useQuery({
    queryKey: ['order-matter', id],
    queryFn: ({ signal }) => call(getOrderMatter, { params: { id: id.value } }, { signal }),
    refetchInterval: ({ state }) => (state.data?.pending ? 1_500 : false),
  });
  useLive((message) => {
    if (message.topic === 'complaint.matter' && message.objectId === id.value)
      void queryClient.invalidateQueries({ queryKey: ['order-matter', id.value] });
  });
  return query;
}

/** After a person's word: whatever shows matters is asked anew. */
export function useAfterWord() {
  const queryClient = useQueryClient();
  return () =>
    Promise.all(
      [['matter'], ['matters'], ['order-matter'], ['complaints'], ['complaint']].map((queryKey) =>
        queryClient.invalidateQueries({ queryKey }),
      ),
    );
}

export function marksOfMatter(item: MatterItem): { label: string; tone: Tone }[] {
  return [
    ...(item.backlog && item.backlog !== 'closed'
      ? [{ label: `积案 · ${BACKLOG_STATUSES[item.backlog]}`, tone: 'danger' as const }]
      : []),
    ...item.openAlerts.map((action) => ({ label: ALERT_ACTIONS[action], tone: 'warn' as const })),
    ...(item.settledAt ? [{ label: '已解决', tone: 'good' as const }] : []),
  ];
}

/** The orders behind a number of a matter. */
export const ordersOf = (matterId: string, more: Record<string, string> = {}) => ({
  path: '/complaints',
  query: { matterId, ...more },
});

export const percentOf = (score: number): string => `${Math.round(score * 100)}%`;
