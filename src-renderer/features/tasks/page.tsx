import { Button, SegmentedControl } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useRef, type ReactNode } from 'react';
import { useApi, useTransport } from '../../app/context.ts';
import { stringifySearch } from '../../lib/search-params.ts';
import { TASKS } from '../../texts/tasks.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { ErrorGroups } from './error-groups.tsx';
import { Filters } from './filters.tsx';
import { StateTabs } from './state-tabs.tsx';
import { TaskList } from './task-list.tsx';
import { useTaskCommands } from './use-task-commands.ts';
import { whichOf } from './which.ts';

const route = getRouteApi('/tasks');

export function TasksPage(): ReactNode {
  const search = route.useSearch();
  const transport = useTransport();
  const { data: stats } = useQuery(useApi().queue.stats.queryOptions());
  const filter = useRef<HTMLInputElement>(null);
  const which = whichOf(search);
  const csv = transport.downloadUrl('queue/tasks.csv', stringifySearch(which));
  const isFailedAlone = which.state?.join() === 'failed';
  const isGrouped = isFailedAlone && search.view === 'errors';
  useTaskCommands(csv);
  useHotkeys([['/', () => filter.current?.focus()]]);
  return (
    <>
      <PageHeader
        title={TASKS.title}
        actions={
          <>
            {isFailedAlone && <View isGrouped={isGrouped} />}
            <Button
              component="a"
              href={csv}
              download
              size="xs"
              variant="default"
              leftSection={<IconDownload size={15} aria-hidden />}
              title={TASKS.exportText}
            >
              {TASKS.export}
            </Button>
          </>
        }
      />
      <StateTabs which={which} stats={stats} />
      {isGrouped ? (
        <ErrorGroups stats={stats} />
      ) : (
        <>
          <Filters ref={filter} search={search} failures={stats?.failures_by_code} />
          <TaskList key={stringifySearch(which)} which={which} openId={search.task} />
        </>
      )}
    </>
  );
}

/** Failed tasks one by one, or by what was wrong with them. */
function View({ isGrouped }: { isGrouped: boolean }): ReactNode {
  const navigate = route.useNavigate();
  return (
    <SegmentedControl
      size="xs"
      aria-label={TASKS.view.label}
      data={[
        { value: 'list', label: TASKS.view.list },
        { value: 'errors', label: TASKS.view.errors },
      ]}
      value={isGrouped ? 'errors' : 'list'}
      onChange={(value) =>
        void navigate({ search: { state: ['failed'], view: value === 'errors' ? 'errors' : undefined } })
      }
    />
  );
}
