import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Answers } from '../../app/client.ts';
import { useApi } from '../../app/context.ts';
import { CATALOG } from '../../texts/catalog.ts';
import { notifyDone, notifyProblem } from '../../ui/notify.ts';

type ReEmbedding = NonNullable<Answers['catalogs']['reEmbedding']>;

/** No event tells how far it is. */
const ASK_MS = 1_000;

type OnItsWay = ReEmbedding & { state: Exclude<ReEmbedding['state'], 'done' | 'cancelled'> };

const goesOn = ({ state }: ReEmbedding): boolean => state === 'running' || state === 'waiting';

const isOnItsWay = (one: ReEmbedding): one is OnItsWay => one.state !== 'done' && one.state !== 'cancelled';

/** A catalog on its way to another model, whoever began it; `start` also goes on with one. */
export function useReEmbedding(catalog: string) {
  const api = useApi();
  const queries = useQueryClient();
  const queryKey = api.catalogs.reEmbedding.queryKey({ input: { catalog } });
  const { data } = useQuery({
    queryKey,
    async queryFn() {
      const before = queries.getQueryData(queryKey);
      const now = await api.catalogs.reEmbedding.call({ catalog });
      if (now?.state === 'done' && before && goesOn(before)) showEnd(now);
      return now;
    },
    refetchInterval: ({ state }) => (state.data && goesOn(state.data) ? ASK_MS : false),
  });

  function showEnd({ model }: ReEmbedding): void {
    notifyDone(CATALOG.reEmbed.arrived(catalog, model));
    for (const key of [api.catalogs.list.key(), api.catalogs.facets.key(), api.images.key(), api.search.key()]) {
      void queries.invalidateQueries({ queryKey: key });
    }
  }

  const start = useMutation({
    mutationFn: (request: { model: string; keep_old: boolean; leave_out?: number }) =>
      api.catalogs.reEmbed.call({ catalog, ...request }),
    onSuccess: (now) => queries.setQueryData(queryKey, now),
  });
  const cancel = useMutation({
    mutationFn: () => api.catalogs.cancelReEmbed.call({ catalog }),
    onSuccess: () => queries.setQueryData(queryKey, null),
    onError: (error) => notifyProblem(error),
  });
  return { progress: data && isOnItsWay(data) ? data : null, start, cancel };
}
