import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Answers } from '../../app/client.ts';
import { useApi } from '../../app/context.ts';
import { folderOfPath } from '../../lib/path-names.ts';

export type Listing = Answers['folders']['browse'];
export type Entry = Listing['entries'][number];
export type Kind = Entry['kind'];

const ORDER: Record<Kind, number> = { folder: 0, manifest: 1, picture: 2 };

/** At module scope, so that what has not changed is not sorted again. */
function sorted({ entries, ...rest }: Listing): Listing {
  return { ...rest, entries: entries.toSorted((a, b) => ORDER[a.kind] - ORDER[b.kind]) };
}

/** What lies in a folder of the server, folders first; null: the folders that may be read. Files come and go: it is asked for anew. */
export function useFolder(path: string | null) {
  const api = useApi();
  const { data: roots } = useQuery(api.folders.browse.queryOptions({ input: {} }));
  const { data, error, isPlaceholderData, refetch } = useQuery(
    api.folders.browse.queryOptions({
      input: path === null ? {} : { path },
      select: sorted,
      staleTime: 2_000,
      placeholderData: keepPreviousData,
    }),
  );
  const isRoot = path !== null && (roots?.entries.some((root) => root.path === path) ?? false);
  return {
    listing: error ? undefined : data,
    error,
    refetch,
    isOnItsWay: isPlaceholderData,
    hasNoRoots: roots?.entries.length === 0,
    /** Null: the folders that may be read. */
    up: path === null || isRoot ? null : folderOfPath(path),
  };
}
