import { Code, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Answers } from '../../app/client.ts';
import { TASKS } from '../../texts/tasks.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { PageLink } from '../../ui/page-link.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { StageTimes } from './stage-times.tsx';
import classes from './tasks.module.css';

export type WholeTask = Answers['queue']['status'];

const texts = TASKS.drawer;

/** The runs that did not end well, the newest first. */
export function Attempts({ history }: Pick<WholeTask, 'history'>): ReactNode {
  return (
    <ol className={classes.attempts}>
      {history.toReversed().map(({ at, worker_id, error, timings }) => (
        <li key={at}>
          <Group justify="space-between" wrap="nowrap">
            <span className={classes.code}>{error.code}</span>
            <Text size="xs" c="dimmed">
              <RelativeTime at={at} />
            </Text>
          </Group>
          <Text size="sm" className={classes.example}>
            {error.message}
          </Text>
          <PageLink to="/tasks" search={{ worker_id }} size="xs">
            {texts.by(worker_id)}
          </PageLink>
          {timings && Object.keys(timings).length > 0 && <StageTimes timings={timings} />}
          {error.stack !== null && (
            <details>
              <summary className={classes.folded}>{texts.stack}</summary>
              <Code block className={classes.json}>
                {error.stack}
              </Code>
              <CopyButton value={error.stack} label={texts.copyStack} />
            </details>
          )}
        </li>
      ))}
    </ol>
  );
}
