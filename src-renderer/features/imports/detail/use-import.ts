import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../../../app/context.ts';
import { useLive } from '../../../app/live/use-live.ts';

/** One import. Events tell how a running one goes; of one that is over, tasks that run again are noticed when it is asked for. */
export function useImport(importId: string) {
  const api = useApi();
  const queries = useQueryClient();
  const options = api.imports.get.queryOptions({ input: { import_id: importId } });
  const { data: run, error, refetch } = useQuery(options);
  useLive((batch) => {
    const hasEnded = run !== undefined && run.finished_at !== null;
    const isMeant = batch.some(
      (event) =>
        event.event === 'task' && 'tasks' in event.data && event.data.tasks.some((task) => task.import_id === importId),
    );
    if (hasEnded && isMeant) void queries.invalidateQueries({ queryKey: options.queryKey });
  });
  return { run, error, refetch };
}
