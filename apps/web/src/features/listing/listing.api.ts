import {
  commandListing,
  getListing,
  type ListingCommand,
  type ListingItem,
  type ListingQuery,
  listingReference,
  listListings,
} from '@bihuan/contract/listing';
import type { ListingStatus } from '@bihuan/domain/listing';
import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { call } from '../../api/client.ts';
import { useLive } from '../../app/live.ts';
import { can } from '../../app/session.ts';
import type { Tone } from '../../ui/StatusTag.vue';

export const LISTING_KEYS = [
  'q',
  'status',
  'source',
  'level',
  'unitId',
  'leaderId',
  'matterId',
  'listed',
  'overdue',
  'rebounded',
  'mine',
] as const satisfies readonly (keyof ListingQuery)[];

const TONES: Readonly<Record<ListingStatus, Tone>> = {
  proposed: 'warn',
  refused: 'plain',
  listed: 'info',
  delisting: 'warn',
  checked: 'info',
  delisted: 'good',
};
export const toneOf = (item: Pick<ListingItem, 'status' | 'overdue'>): Tone =>
  item.overdue ? 'danger' : TONES[item.status];

export const useListingReference = () =>
  useQuery({
    queryKey: ['listing-reference'],
    queryFn: ({ signal }) => call(listingReference, {}, { signal }),
    staleTime: 5 * 60_000,
  });

export function useListing(id: Ref<string>) {
  const queryClient = useQueryClient();
  const query = useQuery({
    queryKey: ['listing', id],
    queryFn: ({ signal }) => call(getListing, { params: { id: id.value } }, { signal }),
  });
  useLive((message) => {
    if (message.topic === 'listing.changed' && message.objectId === id.value)
      void queryClient.invalidateQueries({ queryKey: ['listing', id.value] });
  });
  return query;
}

/** What is or was on the list of one matter. */
export const useListingsOfMatter = (matterId: Ref<string>) =>
  useQuery({
    queryKey: ['listings', 'matter', matterId],
    queryFn: ({ signal }) => call(listListings, { query: { matterId: matterId.value, limit: 20 } }, { signal }),
    enabled: computed(() => can('listing.read')),
  });

/** After a change: whatever shows listed matters is asked anew; it may have opened a rectification. */
export function useAfterListing() {
  const queryClient = useQueryClient();
  return () =>
    Promise.all(
      [['listing'], ['listings'], ['rectifications'], ['rectification-board']].map((queryKey) =>
        queryClient.invalidateQueries({ queryKey }),
      ),
    );
}

export const sendListing = (id: string, commandId: string, version: number, command: ListingCommand) =>
  call(commandListing, { params: { id }, body: { commandId, version, command } });
