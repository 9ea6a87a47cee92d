import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { isUnauthorized, problemOf } from '../lib/problem.ts';

/** Events say when something has changed, so nothing is asked for again by age, by focus or by time. */
export function createQueryClient(onUnauthorized: () => void): QueryClient {
  const onError = (error: unknown): void => {
    if (isUnauthorized(error)) onUnauthorized();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 60_000,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: 'always',
        // A refusal stays one; a server that is away is met again by the event stream, which asks for everything anew.
        retry: (failures, error) => failures < 2 && problemOf(error).code === null,
      },
      mutations: { networkMode: 'always' },
    },
  });
}
