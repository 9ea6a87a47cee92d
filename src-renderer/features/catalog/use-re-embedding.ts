import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Answers } from '../../app/client.ts';
import { useApi } from '../../app/context.ts';
import { notifyProblem } from '../../ui/notify.ts';

export type ReEmbedding = Answers['catalogs']['reEmbedding'];

/** No event tells how far it is. */
const ASK_MS = 1_000;

const goesOn = ({ state }: ReEmbedding): boolean => state === 'running' || state === 'waiting';

/** A catalog on its way to another model, as far as it was begun or gone on with here; `start` also goes on with one. */
export function useReEmbedding(catalog: string) {
  const api = useApi();
  const queries = useQueryClient();
  const queryKey = [...api.catalogs.reEmbedding.key(), catalog];
  const show = (now: ReEmbedding | null): void => void queries.setQueryData<ReEmbedding | null>(queryKey, now);
  // The API refuses to tell of what has not begun: it is asked only after a start.
  const hasBegun = Boolean(queries.getQueryData<ReEmbedding | null>(queryKey));
  const { data } = useQuery<ReEmbedding | null>({
    queryKey,
    queryFn: () => api.catalogs.reEmbedding.call({ catalog }),
    enabled: hasBegun,
    refetchInterval: ({ state }) => (state.data && goesOn(state.data) ? ASK_MS : false),
  });
  const isDone = data?.state === 'done';
  useEffect(() => {
    if (!isDone) return;
    for (const key of [api.catalogs.list.key(), api.images.key(), api.search.key()]) {
      void queries.invalidateQueries({ queryKey: key });
    }
  }, [isDone, api, queries]);

  const start = useMutation({
    mutationFn: (request: { model: string; keep_old: boolean; leave_out?: number }) =>
      api.catalogs.reEmbed.call({ catalog, ...request }),
    onSuccess: show,
  });
  const cancel = useMutation({
    mutationFn: () => api.catalogs.cancelReEmbed.call({ catalog }),
    onSuccess: () => show(null),
    onError: (error) => notifyProblem(error),
  });
  return { progress: data, start, cancel, dismiss: () => show(null) };
}
