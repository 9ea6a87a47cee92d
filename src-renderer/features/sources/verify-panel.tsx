import { Button, Checkbox, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState, type ReactNode } from 'react';
import type { Answers } from '../../app/client.ts';
import { useApi, useMayChange } from '../../app/context.ts';
import { formatDuration } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { SOURCES } from '../../texts/sources.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { Panel } from '../../ui/panel.tsx';
import type { Source } from './leave-panels.tsx';
import { useRefresh } from './use-refresh.ts';
import { VerifyReport } from './verify-report.tsx';

const texts = SOURCES.verify;

/** Compares the source with what is known of it, and repairs what needs no deletion. It can be stopped. */
export function VerifyPanel({ source }: { source: Source }): ReactNode {
  const api = useApi();
  const mayChange = useMayChange();
  const refresh = useRefresh();
  const [isDeep, setDeep] = useState(false);
  const running = useRef<AbortController | null>(null);
  const { mutate, data, error, isPending, submittedAt, reset } = useMutation({
    mutationFn(fix: boolean): Promise<Answers['sources']['verify']> {
      running.current = new AbortController();
      const { signal } = running.current;
      return api.sources.verify.call({ catalog: source.catalog, folder: source.path, deep: isDeep, fix }, { signal });
    },
    onSuccess: (_report, fix) => (fix ? refresh() : undefined),
  });

  function stop(): void {
    running.current?.abort();
    reset();
  }

  const canFix = data !== undefined && Object.keys(data.differences).length > 0;
  return (
    <Panel title={texts.title}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {texts.text}
        </Text>
        <Checkbox
          size="xs"
          label={texts.deep}
          checked={isDeep}
          disabled={isPending}
          onChange={({ currentTarget }) => setDeep(currentTarget.checked)}
        />
        <Group gap="sm">
          <Button size="xs" variant="default" loading={isPending} disabled={!mayChange} onClick={() => mutate(false)}>
            {texts.start}
          </Button>
          {isPending && (
            <>
              <Button size="xs" variant="subtle" color="gray" onClick={stop}>
                {texts.stop}
              </Button>
              <Running since={submittedAt} />
            </>
          )}
          {canFix && !isPending && (
            <Button size="xs" disabled={!mayChange} onClick={() => mutate(true)}>
              {texts.fix}
            </Button>
          )}
        </Group>
        {error && <ErrorState error={error} onRetry={() => mutate(false)} />}
        {data && !isPending && <VerifyReport report={data} source={source} />}
      </Stack>
    </Panel>
  );
}

function Running({ since }: { since: number }): ReactNode {
  const now = useNow();
  return (
    <Text size="sm" c="dimmed" role="status">
      {texts.running(formatDuration(Math.max(0, Math.floor((now - since) / 1_000) * 1_000)))}
    </Text>
  );
}
