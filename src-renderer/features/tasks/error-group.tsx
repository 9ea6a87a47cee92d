import { Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ERRORS, type ErrorCode } from '../../../src-core/domain/app-error.ts';
import { useApi, useMayChange } from '../../app/context.ts';
import { formatCount } from '../../lib/format.ts';
import { TASKS } from '../../texts/tasks.ts';
import { Count } from '../../ui/count.tsx';
import { PageLink } from '../../ui/page-link.tsx';
import { ActButton } from './act-button.tsx';
import { CorrectButton } from './correct-button.tsx';
import classes from './tasks.module.css';
import { useActs } from './use-acts.ts';
import type { Chosen } from './which.ts';
import { withoutPath } from './without-path.ts';

interface ErrorGroupProps {
  code: ErrorCode;
  count: number;
  /** Of the greatest group, 0–1. */
  share: number;
}

export function ErrorGroup({ code, count, share }: ErrorGroupProps): ReactNode {
  const { retry } = useActs();
  const mayChange = useMayChange();
  const which = { state: ['failed' as const], code: [code] };
  const chosen: Chosen = { kind: 'all', which };
  const { data } = useQuery(useApi().queue.tasks.queryOptions({ input: { ...which, limit: 1 } }));
  const example = data?.tasks[0];
  return (
    <tr>
      <td>
        <PageLink to="/tasks" search={which} fw={600}>
          {code}
        </PageLink>
        <Text size="xs" c="dimmed" maw={300}>
          {ERRORS[code].todo}
        </Text>
      </td>
      <td className={classes.example}>
        {example && (
          <>
            <PageLink to="/tasks" search={{ ...which, task: example.task_id }} size="sm">
              {example.image_path ?? example.task_id}
            </PageLink>
            <Text size="xs" c="dimmed">
              {example.error && withoutPath(example.error.message, example.image_path)}
            </Text>
          </>
        )}
      </td>
      <td className={classes.number}>
        <PageLink to="/tasks" search={which}>
          <Count value={count} />
        </PageLink>
        <div className={classes.share} style={{ width: `${share * 64}px` }} />
      </td>
      <td>
        <Group gap="xs" justify="flex-end" wrap="nowrap">
          <ActButton
            act={async () => retry(chosen)}
            disabled={!mayChange}
            aria-label={TASKS.groups.retry(formatCount(count), code)}
          >
            {TASKS.acts.retrySome(formatCount(count))}
          </ActButton>
          <CorrectButton chosen={chosen} count={count} disabled={!mayChange} />
        </Group>
      </td>
    </tr>
  );
}
