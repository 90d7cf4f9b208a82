import {
  commandRectification,
  getRectification,
  type RectificationCommand,
  type RectificationItem,
  type RectificationQuery,
  rectificationReference,
} from '@bihuan/contract/rectification';
import type { RectificationStatus } from '@bihuan/domain/rectification';
import { useQuery, useQueryClient } from '@tanstack/vue-query';
import type { Ref } from 'vue';
import { call } from '../../api/client.ts';
import { useLive } from '../../app/live.ts';
import type { Tone } from '../../ui/StatusTag.vue';

export const RECTIFICATION_KEYS = [
  'q',
  'status',
  'source',
  'type',
  'unitId',
  'personId',
  'open',
  'overdue',
  'sentBack',
  'recurrence',
  'onTime',
  'age',
  'issuedFrom',
  'issuedTo',
  'closedFrom',
  'closedTo',
  'complaintId',
  'matterId',
  'sourceId',
  'mine',
] as const satisfies readonly (keyof RectificationQuery)[];

const TONES: Readonly<Record<RectificationStatus, Tone>> = {
  open: 'info',
  objected: 'warn',
  appealed: 'warn',
  submitted: 'info',
  verified: 'info',
  closed: 'good',
  cancelled: 'plain',
};
export const toneOf = (item: Pick<RectificationItem, 'status' | 'overdue'>): Tone =>
  item.overdue ? 'danger' : TONES[item.status];

export const useReference = () =>
  useQuery({
    queryKey: ['rectification-reference'],
    queryFn: ({ signal }) => call(rectificationReference, {}, { signal }),
    staleTime: 5 * 60_000,
  });

export function useRectification(id: Ref<string>) {
  const queryClient = useQueryClient();
  const query = useQuery({
    queryKey: ['rectification', id],
    queryFn: ({ signal }) => call(getRectification, { params: { id: id.value } }, { signal }),
  });
  useLive((message) => {
    if (message.topic === 'rectification.changed' && message.objectId === id.value)
      void queryClient.invalidateQueries({ queryKey: ['rectification', id.value] });
  });
  return query;
}

/** After a change: whatever shows rectifications is asked anew. */
export function useAfterRectification() {
  const queryClient = useQueryClient();
  return () =>
    Promise.all(
      [['rectification'], ['rectifications'], ['rectification-board']].map((queryKey) =>
        queryClient.invalidateQueries({ queryKey }),
      ),
    );
}

export const sendRectification = (id: string, commandId: string, version: number, command: RectificationCommand) =>
  call(commandRectification, { params: { id }, body: { commandId, version, command } });
