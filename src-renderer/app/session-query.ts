import { queryOptions } from '@tanstack/react-query';
import type { Transport } from './transport.ts';

export const SESSION_KEY = ['session'] as const;

/** What the host lets us do; null: it wants us to sign in. */
export function sessionQuery(transport: Transport) {
  return queryOptions({
    queryKey: SESSION_KEY,
    queryFn: () => transport.access(),
    staleTime: Infinity,
    // The page came from the server a moment ago: it comes back.
    retry: true,
    retryDelay: (failures) => Math.min(500 * 2 ** failures, 10_000),
  });
}
