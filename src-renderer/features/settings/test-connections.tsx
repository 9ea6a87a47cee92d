import { Button, Group, Text } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Answers } from '../../app/client.ts';
import { useApi, useMayChange } from '../../app/context.ts';
import type { Tone } from '../../app/theme.ts';
import { SETTINGS } from '../../texts/settings.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import type { Setting } from './groups.ts';
import classes from './settings.module.css';
import type { Drafts } from './use-drafts.ts';

type Tested = NonNullable<Answers['settings']['test']['redis']>;

const texts = SETTINGS.test;
const TONES: Record<Tested['steps'][number]['state'], Tone> = { ok: 'good', warning: 'warning', failed: 'bad' };

interface TestConnectionsProps {
  settings: readonly Setting[];
  /** What is typed is tried before it is saved. */
  drafts: Drafts;
}

/** Tries the servers that are typed or saved, and says of each step whether it worked. */
export function TestConnections({ settings, drafts }: TestConnectionsProps): ReactNode {
  const api = useApi();
  const mayChange = useMayChange();
  const typed = (path: string): string | undefined => {
    const value = drafts.has(path) ? drafts.get(path) : settings.find((setting) => setting.path === path)?.next;
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
  };
  const [redis_url, qdrant_url, qdrant_api_key] = ['redis.url', 'qdrant.url', 'qdrant.apiKey'].map(typed);
  const test = useMutation({
    mutationFn: () =>
      api.settings.test.call({
        ...(redis_url !== undefined && { redis_url }),
        ...(qdrant_url !== undefined && { qdrant_url, ...(qdrant_api_key !== undefined && { qdrant_api_key }) }),
      }),
  });
  const hasAddress = redis_url !== undefined || qdrant_url !== undefined;
  return (
    <div className={classes.beside}>
      <Group gap="sm">
        <Button
          size="xs"
          variant="default"
          disabled={!mayChange || !hasAddress}
          loading={test.isPending}
          leftSection={<IconPlugConnected size={15} aria-hidden />}
          onClick={() => test.mutate()}
        >
          {texts.button}
        </Button>
        {!hasAddress && (
          <Text size="sm" c="dimmed">
            {texts.noAddress}
          </Text>
        )}
      </Group>
      <div role="status">
        {test.error && <ErrorState error={test.error} onRetry={() => test.mutate()} />}
        <Result name={texts.redis} tested={test.data?.redis} />
        <Result name={texts.qdrant} tested={test.data?.qdrant} />
      </div>
    </div>
  );
}

function Result({ name, tested }: { name: string; tested: Tested | null | undefined }): ReactNode {
  if (!tested) return null;
  return (
    <>
      <Text size="sm" fw={600} mt="sm">
        {tested.ok ? texts.works(name) : texts.fails(name)}
      </Text>
      <ul className={classes.steps}>
        {tested.steps.map((step) => (
          <li key={step.name}>
            <StateBadge tone={TONES[step.state]} label={texts.steps[step.name]} />
            <span>
              {step.message}
              {step.todo !== null && <Text c="dimmed">{step.todo}</Text>}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
