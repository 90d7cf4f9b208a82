import type { BodyOf, ResponseOf } from '@bihuan/contract';
import {
  type ComplaintCommand,
  type ComplaintDetail,
  type ComplaintFilter,
  commandComplaint,
  complaintReference,
  getComplaint,
} from '@bihuan/contract/complaint';
import { useQuery, useQueryClient } from '@tanstack/vue-query';
import type { Ref } from 'vue';
import { call } from '../../api/client.ts';
import { useLive } from '../../app/live.ts';
import { orRemembered } from '../../offline/remembered.ts';

export type Reference = ResponseOf<typeof complaintReference>;
export type BatchCommand = BodyOf<typeof import('@bihuan/contract/complaint').batchComplaints>['command'];

export const FILTER_KEYS = [
  'q',
  'status',
  'unitId',
  'townId',
  'placeId',
  'officerId',
  'categoryCode',
  'sourceId',
  'kind',
  'urgency',
  'receivedFrom',
  'receivedTo',
  'dueFrom',
  'dueTo',
  'overdue',
  'open',
  'paused',
  'reopened',
  'excluded',
  'pendingRequest',
  'matterId',
  'suspected',
  'guessed',
  'repeated',
  'mine',
  'bbox',
  'located',
] as const satisfies readonly (keyof ComplaintFilter)[];

/** What forms are filled with; asked once a session, kept for reading without signal. */
export function useReference() {
  return useQuery({
    queryKey: ['complaint-reference'],
    queryFn: ({ signal }) => orRemembered('reference', () => call(complaintReference, {}, { signal })),
    staleTime: 10 * 60_000,
  });
}

export type SeenDetail = ComplaintDetail & { seenAt?: number };

/** One order with everything; follows changes made by others. */
export function useComplaint(id: Ref<string>) {
  const queryClient = useQueryClient();
  const query = useQuery({
    queryKey: ['complaint', id],
    queryFn: ({ signal }): Promise<SeenDetail> =>
      orRemembered(`complaint/${id.value}`, () => call(getComplaint, { params: { id: id.value } }, { signal })),
  });
  useLive((message) => {
    if (message.objectId === id.value) void queryClient.invalidateQueries({ queryKey: ['complaint', id.value] });
  });
  return query;
}

/** After a change: everything that shows the order is asked anew. */
export function useAfterChange() {
  const queryClient = useQueryClient();
  return async (ids: readonly string[]): Promise<void> => {
    for (const id of ids) void queryClient.invalidateQueries({ queryKey: ['complaint', id] });
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: ['complaints'] }),
      queryClient.invalidateQueries({ queryKey: ['my-work'] }),
    ]);
  };
}

/** Sends one command that is not field work. The same `commandId` may be sent again after a lost answer. */
export const sendCommand = (id: string, commandId: string, version: number | undefined, command: ComplaintCommand) =>
  call(commandComplaint, {
    params: { id },
    body: { commandId, command, ...(version === undefined ? {} : { ifVersion: version }) },
  });
