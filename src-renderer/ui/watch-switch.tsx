import { Switch } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Answers } from '../app/client.ts';
import { useApi, useMayChange } from '../app/context.ts';
import { nameOfPath } from '../lib/path-names.ts';
import { WATCH } from '../texts/sources.ts';
import { notifyDone, notifyProblem } from './notify.ts';

type Source = Answers['sources']['list']['sources'][number];

/** Whether changes in a source are taken in as they happen. */
export function WatchSwitch({ source: { id, kind, path, watch } }: { source: Source }): ReactNode {
  const api = useApi();
  const queries = useQueryClient();
  const mayChange = useMayChange();
  const { mutate, isPending } = useMutation({
    mutationFn: (wanted: boolean) => api.sources.watch.call({ source_id: id, watch: wanted }),
    onSuccess: (source) => {
      notifyDone(WATCH.done(nameOfPath(path), source.watch));
      return queries.invalidateQueries({ queryKey: api.sources.key() });
    },
    onError: (error) => notifyProblem(error),
  });
  return (
    <Switch
      size="xs"
      label={WATCH.label[kind]}
      title={WATCH.text}
      checked={watch}
      disabled={!mayChange || isPending}
      onChange={({ currentTarget }) => mutate(currentTarget.checked)}
    />
  );
}
