import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../app/context.ts';
import type { Dropped } from '../../../app/drop/dropped.ts';
import { findDropped } from './find-dropped.ts';

/** Where on the server lies what was dropped. */
export function useFound(dropped: readonly Dropped[]) {
  const api = useApi();
  return useQuery({
    queryKey: ['dropped', dropped.map(({ name, kind, inside }) => ({ name, kind, inside }))],
    queryFn: ({ signal }) =>
      findDropped(dropped, (path) => api.folders.browse.call(path === undefined ? {} : { path }), signal),
    enabled: dropped.length > 0,
    gcTime: 0,
  });
}
