import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { SHELL } from '../../texts/shell.ts';
import { notifyProblem } from '../../ui/notify.ts';
import { useApi, useMayChange } from '../context.ts';

/** Lets no worker claim, or lets them again. */
export function PauseSwitch(): ReactNode {
  const api = useApi();
  const queries = useQueryClient();
  const mayChange = useMayChange();
  const { data: stats } = useQuery(api.queue.stats.queryOptions());
  const isPaused = stats?.paused ?? false;
  const { mutate, isPending } = useMutation({
    mutationFn: () => (isPaused ? api.queue.resume.call() : api.queue.pause.call()),
    onSuccess: () => queries.invalidateQueries({ queryKey: api.queue.stats.key() }),
    onError: (error) => notifyProblem(error),
  });
  return (
    <Button
      size="xs"
      w={104}
      variant={isPaused ? 'filled' : 'default'}
      disabled={!stats || !mayChange}
      loading={isPending}
      leftSection={isPaused ? <IconPlayerPlay size={15} aria-hidden /> : <IconPlayerPause size={15} aria-hidden />}
      onClick={() => mutate()}
      title={isPaused ? SHELL.header.resume : SHELL.header.pause}
    >
      {isPaused ? SHELL.header.resumeShort : SHELL.header.pauseShort}
    </Button>
  );
}
