import { Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Answers } from '../../app/client.ts';
import { useApi } from '../../app/context.ts';
import { formatCount } from '../../lib/format.ts';
import { OVERVIEW } from '../../texts/overview.ts';
import { IMPORT_STATE_TEXTS } from '../../texts/states.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageLink } from '../../ui/page-link.tsx';
import { Panel } from '../../ui/panel.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { TaskProgress } from '../../ui/task-progress.tsx';
import { IMPORT_TONES } from '../../ui/tones.ts';
import classes from './overview.module.css';

const texts = OVERVIEW.imports;

export function RunningImports(): ReactNode {
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

function RunningImport({ run }: { run: Answers['imports']['list']['imports'][number] }): ReactNode {
  const { root, state, discovered, open, failed } = run;
  const done = discovered - open;
  return (
    <>
      <Group justify="space-between" wrap="nowrap" gap="md">
        <Text className={classes.path} title={root}>
          {root}
        </Text>
        <Group gap="md" wrap="nowrap">
          <Text size="sm" c="dimmed">
            {texts.of(formatCount(done), formatCount(discovered))}
            {failed > 0 && ` · ${texts.failed(formatCount(failed))}`}
          </Text>
          <StateBadge tone={IMPORT_TONES[state]} label={IMPORT_STATE_TEXTS[state]} />
        </Group>
      </Group>
      <TaskProgress label={root} done={done - failed} failed={failed} total={discovered} />
    </>
  );
}
