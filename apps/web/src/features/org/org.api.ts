import { listUnits, type UnitItem } from '@bihuan/contract/org';
import { ROLES, type Role } from '@bihuan/domain/access';
import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { type Ref, ref } from 'vue';
import { call } from '../../api/client.ts';

export function useUnits(withClosed: Ref<boolean> = ref(false)) {
  return useQuery({
    queryKey: ['org', 'units', withClosed],
    queryFn: ({ signal }) => call(listUnits, { query: withClosed.value ? { closed: true } : {} }, { signal }),
  });
}

/** Everything shown of the organisation is read again: counts, posts and grants hang together. */
export function useRefreshOrg(): () => Promise<void> {
  const queryClient = useQueryClient();
  return async () => {
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: ['org'] }),
      queryClient.invalidateQueries({ queryKey: ['identity'] }),
    ]);
  };
}

export const rolesFor = (kind: UnitItem['kind'] | undefined): { value: Role; label: string }[] =>
  (Object.keys(ROLES) as Role[])
    .filter((role) => kind === undefined || (ROLES[role].unitKinds as readonly string[]).includes(kind))
    .map((role) => ({ value: role, label: ROLES[role].label }));
