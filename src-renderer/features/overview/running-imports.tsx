import { Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useApi } from '../../app/context.ts';
import { formatCount } from '../../lib/format.ts';
import { OVERVIEW } from '../../texts/overview.ts';
import { IMPORT_STATE_TEXTS } from '../../texts/states.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { ImportBar } from '../../ui/import-bar/import-bar.tsx';
import { doneOf, type Run } from '../../ui/import-bar/run.ts';
import { useMeasuredRates } from '../../ui/import-bar/use-rate.ts';
import { PageLink } from '../../ui/page-link.tsx';
import { Panel } from '../../ui/panel.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { IMPORT_TONES } from '../../ui/tones.ts';
import classes from './overview.module.css';

const texts = OVERVIEW.imports;

export function RunningImports(): ReactNode {
  useMeasuredRates();
  const { data, error, refetch } = useQuery(useApi().imports.list.queryOptions({ input: { limit: 50 } }));
  const running = data?.imports.filter(({ finished_at }) => finished_at === null) ?? [];
  return (
    <Panel
      title={texts.title}
      action={
        <PageLink to="/imports" size="sm">
          {texts.all}
        </PageLink>
      }
    >
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data && running.length === 0 && <Text c="dimmed">{texts.none}</Text>}
      <ul className={classes.rows}>
        {running.map((run) => (
          <li key={run.import_id}>
            <RunningImport run={run} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function RunningImport({ run }: { run: Run }): ReactNode {
  const { root, state, discovered, failed } = run;
  const all = formatCount(discovered);
  return (
    <>
      <Group justify="space-between" wrap="nowrap" gap="md">
        <Text className={classes.path} title={root}>
          {root}
        </Text>
        <Group gap="md" wrap="nowrap" className={classes.told}>
          {/* As wide as it will be at the end. */}
          <Text size="sm" c="dimmed" className={classes.count} miw={`${texts.of(all, all).length}ch`}>
            {texts.of(formatCount(doneOf(run)), all)}
            {failed > 0 && ` · ${texts.failed(formatCount(failed))}`}
          </Text>
          <StateBadge tone={IMPORT_TONES[state]} label={IMPORT_STATE_TEXTS[state]} />
        </Group>
      </Group>
      <ImportBar run={run} />
    </>
  );
}
