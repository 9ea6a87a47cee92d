import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { ScanEvent } from '../../../src-core/contract/duplicates.ts';
import { useApi } from '../../app/context.ts';
import { createConnection } from '../../app/live/connection.ts';
import { followEvents } from '../../app/live/stream.ts';

/** Scans of a catalog as they go on, by an event stream of their own; the groups follow the one that ends. */
export function useScans(catalog: string) {
  const api = useApi();
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery(api.duplicates.scans.queryOptions({ input: { catalog } }));

  useEffect(() => {
    const ending = new AbortController();
    const queryKey = api.duplicates.scans.queryKey({ input: { catalog } });
    function set({ data: scan }: ScanEvent): void {
      const before = queries.getQueryData(queryKey)?.scans ?? [];
      const known = before.find(({ scan_id }) => scan_id === scan.scan_id);
      const others = before.filter((one) => one !== known);
      queries.setQueryData(queryKey, { scans: [scan, ...others] });
      if (scan.state !== 'completed' || known?.state === 'completed') return;
      const { groups, choose, countMarked, choices } = api.duplicates;
      for (const part of [groups, choose, countMarked, choices]) {
        void queries.invalidateQueries({ queryKey: part.key() });
      }
    }
    void followEvents<ScanEvent>(
      {
        open: (_last, signal) => api.duplicates.events.call({ catalog }, { signal }),
        probe: (signal) => api.duplicates.scans.call({ catalog, limit: 1 }, { signal }),
        onEvent: set,
        connection: createConnection(),
      },
      ending.signal,
    );
    return () => ending.abort();
  }, [api, queries, catalog]);

  const scans = data?.scans;
  return {
    isKnown: scans !== undefined,
    newest: scans?.[0],
    completed: scans?.find(({ state }) => state === 'completed'),
    error,
    refetch,
  };
}
