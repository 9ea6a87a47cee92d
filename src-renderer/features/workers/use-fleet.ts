import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../../app/context.ts';
import { formatCount } from '../../lib/format.ts';
import { WORKERS } from '../../texts/workers.ts';
import { notifyDone, notifyProblem } from '../../ui/notify.ts';

/** Worker processes of this server. Without an answer where its fleet has not been started yet. */
export function useFleet() {
  return useQuery(useApi().fleet.get.queryOptions());
}

/** Whether a worker is a process of this server. */
export function useIsHere(workerId: string): boolean {
  const { data } = useQuery(
    useApi().fleet.get.queryOptions({
      select: ({ workers }) => workers.some(({ worker_id, pid }) => worker_id === workerId && pid !== null),
    }),
  );
  return data ?? false;
}

/** Changes them. A number that is set is kept for the next start. */
export function useChangeFleet() {
  const api = useApi();
  const queries = useQueryClient();
  const refresh = async (): Promise<void> => {
    await Promise.all(
      [api.fleet.get.key(), api.settings.key()].map((queryKey) => queries.invalidateQueries({ queryKey })),
    );
  };

  const resize = useMutation({
    mutationFn: (workers: number) => api.settings.set.call({ changes: { 'fleet.workers': workers } }),
    onSuccess: async (_, workers) => {
      await refresh();
      notifyDone(WORKERS.fleet.set(workers, formatCount(workers)));
    },
    onError: (error) => notifyProblem(error),
  });
  const restart = useMutation({
    mutationFn: (worker_id: string) => api.fleet.restart.call({ worker_id }),
    onSuccess: async (_, worker) => {
      await refresh();
      notifyDone(WORKERS.drawer.restarted(worker));
    },
    onError: (error) => notifyProblem(error),
  });
  const drain = useMutation({
    mutationFn: (worker_id: string) => api.fleet.drain.call({ worker_id }),
    onSuccess: async (_, worker) => {
      await refresh();
      notifyDone(WORKERS.drawer.draining(worker));
    },
    onError: (error) => notifyProblem(error),
  });
  return { resize, restart, drain };
}
