import { useQueryClient } from '@tanstack/react-query';
import { useApi } from '../../app/context.ts';

/** What shows a source or its pictures is asked for anew. */
export function useRefresh(): () => Promise<unknown> {
  const api = useApi();
  const queries = useQueryClient();
  return () =>
    Promise.all(
      [api.sources.key(), api.catalogs.key(), api.imports.key(), api.images.key()].map((queryKey) =>
        queries.invalidateQueries({ queryKey }),
      ),
    );
}
