import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import { call } from '../../api/client.ts';
import { useLive } from '../../app/live.ts';
import { listNotices } from './notice.api.ts';

/** The bell's number; counts anew when a notice arrives. */
export function useUnread() {
  const queryClient = useQueryClient();
  const query = useQuery({
    queryKey: ['notices', 'unread'],
    queryFn: ({ signal }) => call(listNotices, { query: { unread: true, limit: 1 } }, { signal }),
    refetchInterval: 120_000,
  });
  useLive((message) => {
    if (message.topic.startsWith('notice')) void queryClient.invalidateQueries({ queryKey: ['notices'] });
  });
  return computed(() => query.data.value?.unread ?? 0);
}
