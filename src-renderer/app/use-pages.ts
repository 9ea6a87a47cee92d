import { useInfiniteQuery, type InfiniteData, type UseInfiniteQueryOptions } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { MoreRows } from '../ui/data-table/use-more.ts';

/**
 * All rows of a listing that is read page by page, for a DataTable:
 * `usePages(api.queue.tasks.infiniteOptions({ input: (cursor?: string) => ({ ...filter, limit: 500, ...(cursor && { cursor }) }), initialPageParam: undefined, getNextPageParam: ({ next }) => next }), ({ tasks }) => tasks)`
 * `rowsOf` at module scope.
 */
export function usePages<Page, Row, Param>(
  options: UseInfiniteQueryOptions<Page, Error, InfiniteData<Page, Param>, readonly unknown[], Param>,
  rowsOf: (page: Page) => readonly Row[],
) {
  const { data, error, isPending, isFetching, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } =
    useInfiniteQuery(options);
  // A hundred thousand rows several times a second: joined like this they are copied as a whole.
  const rows = useMemo(() => ([] as Row[]).concat(...(data?.pages ?? []).map(rowsOf)), [data, rowsOf]);
  const more: MoreRows = {
    hasMore: hasNextPage,
    isLoading: isPending || isFetchingNextPage,
    load: fetchNextPage as () => void,
  };
  return { rows, more, error, isPending, isFetching, refetch };
}
