import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useApi } from '../../app/context.ts';
import { formatCount } from '../../lib/format.ts';
import { DUPLICATES } from '../../texts/duplicates.ts';
import { notifyDone, notifyProblem } from '../../ui/notify.ts';

/** What can be done to duplicates; each shows what follows from it. */
export function useActs(catalog: string) {
  const api = useApi();
  const queries = useQueryClient();
  const { duplicates } = api;
  const refresh = useCallback(
    async (): Promise<void> => queries.invalidateQueries({ queryKey: api.duplicates.key() }),
    [api, queries],
  );
  const start = useMutation({
    mutationFn: (least_score?: number) =>
      duplicates.scan.call({ catalog, ...(least_score !== undefined && { least_score }) }),
    onSuccess: refresh,
    onError: (error) => notifyProblem(error),
  });
  const cancel = useMutation({
    mutationFn: (scan_id: string) => duplicates.cancelScan.call({ scan_id }),
    onSuccess: () => notifyDone(DUPLICATES.scan.cancelled),
    onError: (error) => notifyProblem(error),
    onSettled: refresh,
  });
  const addNot = useMutation({
    mutationFn: (which: { image_ids: string[]; one_id?: string }) => duplicates.addNot.call({ catalog, ...which }),
    onSuccess: ({ one_id }) => notifyDone(one_id === null ? DUPLICATES.not.done : DUPLICATES.not.oneDone),
    onError: (error) => notifyProblem(error),
    onSettled: refresh,
  });
  const removeNot = useMutation({
    mutationFn: (not_id: string) => duplicates.removeNot.call({ not_id }),
    onSuccess: () => notifyDone(DUPLICATES.not.undone),
    onError: (error) => notifyProblem(error),
    onSettled: refresh,
  });
  /** After pictures have left the catalog. */
  const removed = async (count: number | null): Promise<void> => {
    if (count !== null) notifyDone(DUPLICATES.remove.done(count, formatCount(count)));
    const changed = [api.duplicates, api.images, api.search, api.catalogs, api.sources];
    await Promise.all(changed.map((one) => queries.invalidateQueries({ queryKey: one.key() })));
  };
  return { start, cancel, addNot, removeNot, removed };
}
export type Acts = ReturnType<typeof useActs>;
