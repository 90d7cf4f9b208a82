import { unreadNotices } from '@bihuan/contract/notice';
import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import { call } from '../../api/client.ts';
import { useLive } from '../../app/live.ts';

/** The bell's number; counts anew when a notice arrives. */
export function useUnread() {
  const queryClient = useQueryClient();
  const query = useQuery({
    queryKey: ['notices', 'unread'],
    queryFn: ({ signal }) => call(unreadNotices, {}, { signal }),
    refetchInterval: 300_000,
  });
  useLive((message) => {
    if (message.topic.startsWith('notice.')) void queryClient.invalidateQueries({ queryKey: ['notices'] });
  });
  return computed(() => query.data.value?.count ?? 0);
}
