import { getRouteApi } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { SearchQuery } from './search.ts';

const route = getRouteApi('/search');

/** The query of the address, and how it is changed. What is typed or slid replaces; the rest can be gone back from. */
export function useAddress() {
  const query = route.useSearch();
  const navigate = route.useNavigate();
  const change = useCallback(
    (part: Partial<SearchQuery>, { replace = false } = {}): void =>
      void navigate({ search: (old) => ({ ...old, ...part }), replace }),
    [navigate],
  );
  return { query, change };
}
export type ChangeAddress = ReturnType<typeof useAddress>['change'];
