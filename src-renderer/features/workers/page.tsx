import { Button, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, type ReactNode } from 'react';
import type { WorkerDocument } from '../../../src-core/contract/queue-documents.ts';
import { useApi, useMayChange } from '../../app/context.ts';
import { useCommands, type Command } from '../../app/palette/commands.ts';
import { useTyped } from '../../lib/use-typed.ts';
import { WORKERS } from '../../texts/workers.ts';
import { DataTable } from '../../ui/data-table/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { WORKER_TABLE } from './columns.tsx';
import { LocalFleet, MOST_WORKERS } from './local-fleet.tsx';
import { rowsOf } from './rows.ts';
import type { SortedColumn } from './search.ts';
import { useChangeFleet, useFleet } from './use-fleet.ts';
import { useHeartbeats } from './use-heard.ts';
import { Views } from './views.tsx';
import { WorkerDrawer } from './worker-drawer.tsx';

const route = getRouteApi('/workers');
const idOf = ({ worker_id }: WorkerDocument): string => worker_id;

/** Height of all that is above the table. */
const TABLE_HEIGHT = 'calc(100dvh - 250px)';

export function WorkersPage(): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, refetch } = useQuery(useApi().queue.workers.queryOptions());
  const workers = data?.workers;
  useHeartbeats(workers);
  useWorkerCommands();
  const { view, text, sort, order, worker } = search;
  const rows = useMemo(() => rowsOf(workers ?? [], { view, text, sort, order }), [workers, view, text, sort, order]);
  const typed = useTyped(
    text ?? '',
    (value) => void navigate({ search: (old) => ({ ...old, text: value || undefined }), replace: true }),
  );

  return (
    <>
      <PageHeader title={WORKERS.title} />
      <LocalFleet />
      {error && !workers ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <DataTable
          name="workers"
          label={WORKERS.table}
          columns={WORKER_TABLE}
          rows={rows}
          rowId={idOf}
          total={rows.length}
          openId={worker ?? null}
          onOpen={({ worker_id }) => void navigate({ search: (old) => ({ ...old, worker: worker_id }) })}
          sort={sort ? { column: sort, isDescending: order === 'desc' } : null}
          onSort={({ column, isDescending }) =>
            void navigate({
              search: (old) => ({
                ...old,
                sort: column as SortedColumn,
                order: isDescending ? ('desc' as const) : undefined,
              }),
              replace: true,
            })
          }
          empty={workers && <NoWorkers isFiltered={workers.length > 0} />}
          height={TABLE_HEIGHT}
        >
          <Views view={view} workers={workers} />
          <TextInput
            size="xs"
            w={200}
            type="search"
            aria-label={WORKERS.text}
            placeholder={WORKERS.text}
            leftSection={<IconSearch size={14} aria-hidden />}
            value={typed.text}
            onChange={({ currentTarget: { value } }) => typed.setText(value)}
          />
        </DataTable>
      )}
      <WorkerDrawer
        id={worker ?? null}
        workers={workers}
        onClose={() => void navigate({ search: (old) => ({ ...old, worker: undefined }) })}
      />
    </>
  );
}

function NoWorkers({ isFiltered }: { isFiltered: boolean }): ReactNode {
  const navigate = route.useNavigate();
  const mayChange = useMayChange();
  const { data: fleet } = useFleet();
  const { resize } = useChangeFleet();
  const { title, text, action } = isFiltered ? WORKERS.nothing : WORKERS.empty;
  const run = (): void => {
    if (isFiltered) void navigate({ search: {} });
    else resize.mutate(1);
  };
  return (
    <EmptyState
      title={title}
      text={text}
      action={
        (isFiltered || fleet?.wanted === 0) && (
          <Button onClick={run} disabled={!isFiltered && !mayChange} loading={resize.isPending}>
            {action}
          </Button>
        )
      }
    />
  );
}

function useWorkerCommands(): void {
  const navigate = route.useNavigate();
  const mayChange = useMayChange();
  const { data: fleet } = useFleet();
  const wanted = fleet?.wanted;
  const { mutate } = useChangeFleet().resize;
  const { lost, more, less } = WORKERS.commands;
  const commands = useMemo((): readonly Command[] => {
    const canSet = wanted !== undefined && mayChange;
    return [
      { id: 'workers-lost', label: lost, run: () => void navigate({ search: { view: 'lost' } }) },
      ...(canSet && wanted < MOST_WORKERS ? [{ id: 'workers-more', label: more, run: () => mutate(wanted + 1) }] : []),
      ...(canSet && wanted > 0 ? [{ id: 'workers-less', label: less, run: () => mutate(wanted - 1) }] : []),
    ];
  }, [wanted, mayChange, mutate, navigate, lost, more, less]);
  useCommands(commands);
}
