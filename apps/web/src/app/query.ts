import { QueryClient } from '@tanstack/vue-query';
import { ApiProblem } from '../api/client.ts';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (count, error) => count < 2 && error instanceof ApiProblem && error.isTransient,
      // Shown from memory without signal instead of waiting for it.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});
