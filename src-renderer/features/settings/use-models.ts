import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { ModelEvent } from '../../../src-core/contract/models.ts';
import type { Answers } from '../../app/client.ts';
import { useApi } from '../../app/context.ts';
import { createConnection } from '../../app/live/connection.ts';
import { createGatherer } from '../../app/live/gather.ts';
import { followEvents } from '../../app/live/stream.ts';
import { SETTINGS } from '../../texts/settings.ts';
import { notifyDone, notifyProblem } from '../../ui/notify.ts';

export type Model = Answers['models']['list']['models'][number];

const FLUSH_MS = 250;

/** The models, with how downloads go on as it is told. */
export function useModels() {
  const api = useApi();
  const queries = useQueryClient();
  useEffect(() => {
    const ending = new AbortController();
    const gatherer = createGatherer<ModelEvent>(FLUSH_MS, (events) => {
      const downloads = new Map(events.map(({ data: { id, ...download } }) => [id, download]));
      queries.setQueryData(
        api.models.list.queryKey(),
        (old) =>
          old && {
            models: old.models.map((model) => ({ ...model, download: downloads.get(model.id) ?? model.download })),
          },
      );
      const hasEnded = [...downloads.values()].some(({ state }) => state !== 'running');
      if (hasEnded) void queries.invalidateQueries({ queryKey: api.models.key() });
    });
    void followEvents<ModelEvent & { id?: string }>(
      {
        open: (_, signal) => api.models.events.call(undefined, { signal }),
        probe: (signal) => api.models.list.call(undefined, { signal }),
        onEvent: gatherer.add,
        connection: createConnection(),
      },
      ending.signal,
    );
    return () => {
      ending.abort();
      gatherer.stop();
    };
  }, [api, queries]);
  return useQuery(api.models.list.queryOptions());
}

export function useModelActions() {
  const api = useApi();
  const queries = useQueryClient();
  const refresh = async (): Promise<void> => {
    await Promise.all(
      [api.models.key(), api.settings.key()].map((queryKey) => queries.invalidateQueries({ queryKey })),
    );
  };
  const common = { onError: (error: unknown) => notifyProblem(error) };
  const download = useMutation({
    ...common,
    mutationFn: (model: string) => api.models.download.call({ model }),
    onSuccess: refresh,
  });
  const cancel = useMutation({
    ...common,
    mutationFn: (model: string) => api.models.cancel.call({ model }),
    onSuccess: refresh,
  });
  const use = useMutation({
    ...common,
    mutationFn: (model: string) => api.models.use.call({ model }),
    onSuccess: async ({ used }) => {
      await refresh();
      notifyDone(SETTINGS.models.used(used));
    },
  });

  /** Throws what was wrong: it is shown where it was asked. */
  async function remove(model: string): Promise<void> {
    await api.models.remove.call({ model });
    notifyDone(SETTINGS.models.removed(model));
    await refresh();
  }

  /** Throws what was wrong. `as`: what the files of a hub are. */
  async function add(path: string, as: string | null): Promise<void> {
    const { id } = await api.models.add.call({ path, ...(as !== null && { as }) });
    notifyDone(SETTINGS.models.added(id));
    await refresh();
  }

  return { download, cancel, use, remove, add };
}
