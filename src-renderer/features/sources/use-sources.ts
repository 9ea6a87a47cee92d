import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Answers } from '../../app/client.ts';
import { useApi } from '../../app/context.ts';
import { useLive } from '../../app/live/use-live.ts';

type Source = Answers['sources']['list']['sources'][number];
export type Run = Answers['imports']['list']['imports'][number];

/** A source with its newest import. */
export interface SourceRow {
  source: Source;
  /** Null: none is kept any more. */
  last: Run | null;
}

const MOST_IMPORTS = 1_000;
const NONE: readonly SourceRow[] = [];

export function useSources() {
  const api = useApi();
  const queries = useQueryClient();
  const { data, error, isPending, refetch } = useQuery(api.sources.list.queryOptions({ input: {} }));
  const { data: imports } = useQuery(api.imports.list.queryOptions({ input: { limit: MOST_IMPORTS } }));
  // An import that only skips says nothing by its tasks.
  useLive((batch) => {
    if (!batch.some((event) => event.event === 'import' && event.data.finished_at !== null)) return;
    void queries.invalidateQueries({ queryKey: api.sources.list.key() });
  });
  const rows = useMemo(() => (data ? rowsOf(data.sources, imports?.imports ?? []) : NONE), [data, imports]);
  return { rows, error, isPending, refetch };
}

const key = (catalog: string, path: string): string => JSON.stringify([catalog, path]);

function rowsOf(sources: readonly Source[], runs: readonly Run[]): SourceRow[] {
  // The newest come first: of several, it is the last that is set.
  const last = new Map(runs.toReversed().map((run) => [key(run.catalog, run.root), run]));
  return sources.map((source) => ({ source, last: last.get(key(source.catalog, source.path)) ?? null }));
}
