import { Button, Group, Text } from '@mantine/core';
import { IconGauge } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { LEAST_AGREEMENT, PROVIDERS } from '../../../src-core/domain/provider.ts';
import type { Answers } from '../../app/client.ts';
import { useApi, useMayChange } from '../../app/context.ts';
import { formatCount, formatRate } from '../../lib/format.ts';
import { SETTINGS } from '../../texts/settings.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import classes from './settings.module.css';

const texts = SETTINGS.providers;
type Figure = Answers['models']['measure']['providers'][number];

/** What each execution provider of the server's machine gives, tried when somebody asks for it. */
export function Providers(): ReactNode {
  const api = useApi();
  const mayChange = useMayChange();
  const measure = useMutation({ mutationFn: () => api.models.measure.call() });
  const { data } = measure;
  return (
    <div className={classes.beside}>
      <Group gap="sm">
        <Button
          size="xs"
          variant="default"
          disabled={!mayChange}
          loading={measure.isPending}
          leftSection={<IconGauge size={15} aria-hidden />}
          onClick={() => measure.mutate()}
        >
          {texts.button}
        </Button>
        <Text size="sm" c="dimmed">
          {data ? texts.of(data.model, data.threads, formatCount(data.threads)) : texts.text}
        </Text>
      </Group>
      <div role="status">
        {measure.error && <ErrorState error={measure.error} onRetry={() => measure.mutate()} />}
        {data && (
          <ul className={classes.steps}>
            {data.providers.map((figure) => (
              <ProviderRow key={figure.provider} figure={figure} />
            ))}
            {PROVIDERS.filter((name) => !data.providers.some(({ provider }) => provider === name)).map((name) => (
              <li key={name}>
                <StateBadge tone="quiet" label={texts.names[name]} />
                <span>{texts.notHere}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

function ProviderRow({ figure: { provider, pictures_per_second, agreement, problem } }: { figure: Figure }): ReactNode {
  const isSame = agreement !== null && agreement >= LEAST_AGREEMENT;
  return (
    <li>
      <StateBadge tone={problem !== null ? 'bad' : isSame ? 'good' : 'warning'} label={texts.names[provider]} />
      <span>
        {pictures_per_second === null ? problem : texts.rate(formatRate(pictures_per_second))}
        {pictures_per_second !== null && !isSame && <Text c="dimmed">{texts.differs}</Text>}
      </span>
    </li>
  );
}
