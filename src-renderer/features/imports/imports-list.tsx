import { Button, Group, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { IconPlus } from '@tabler/icons-react';
import { useMemo, type ReactNode } from 'react';
import { useApi, useMayChange } from '../../app/context.ts';
import { useCommands } from '../../app/palette/commands.ts';
import { formatCount } from '../../lib/format.ts';
import { IMPORTS } from '../../texts/imports.ts';
import { DataTable } from '../../ui/data-table/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { PageButton } from '../../ui/page-link.tsx';
import { COLUMNS, NARROW_COLUMNS } from './columns.tsx';
import { FirstRun } from './first-run/first-run.tsx';
import { useSkipped } from './first-run/skipped.ts';
import type { Run } from './run.ts';

const route = getRouteApi('/imports');
const MOST = 1_000;
const NO_RUNS: readonly Run[] = [];
const rowId = (run: Run): string => run.import_id;

/** All imports. Before the first, what has to be known for it is asked. */
export function ImportsList(): ReactNode {
  const navigate = route.useNavigate();
  const mayChange = useMayChange();
  const { isSkipped } = useSkipped();
  const isNarrow = useMediaQuery('(max-width: 1200px)', undefined, { getInitialValueInEffect: false });
  const { data, error, isPending, refetch } = useQuery(useApi().imports.list.queryOptions({ input: { limit: MOST } }));
  const commands = useMemo(
    () => [{ id: 'imports.add', label: IMPORTS.add, run: () => void navigate({ search: { add: true } }) }],
    [navigate],
  );
  useCommands(commands);

  const runs = data?.imports ?? NO_RUNS;
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data && runs.length === 0) return mayChange && !isSkipped ? <FirstRun /> : <NothingYet />;
  return (
    <>
      <PageHeader
        title={IMPORTS.title}
        actions={
          <Button
            size="xs"
            leftSection={<IconPlus size={15} aria-hidden />}
            disabled={!mayChange}
            onClick={() => void navigate({ search: { add: true } })}
          >
            {IMPORTS.add}
          </Button>
        }
      />
      <DataTable
        key={String(isNarrow)}
        name={isNarrow ? 'imports.narrow' : 'imports'}
        label={IMPORTS.table}
        columns={isNarrow ? NARROW_COLUMNS : COLUMNS}
        rows={runs}
        rowId={rowId}
        total={runs.length < MOST ? runs.length : null}
        more={{ hasMore: false, isLoading: isPending, load: () => {} }}
        onOpen={(run) => void navigate({ search: { import: run.import_id } })}
      >
        <Text size="sm" c="dimmed">
          {data && IMPORTS.count(formatCount(runs.length))}
        </Text>
      </DataTable>
    </>
  );
}

function NothingYet(): ReactNode {
  const { title, text, action, setup } = IMPORTS.empty;
  const mayChange = useMayChange();
  return (
    <>
      <PageHeader title={IMPORTS.title} />
      <EmptyState
        title={title}
        text={text}
        action={
          mayChange && (
            <Group gap="sm">
              <PageButton to="/imports" search={{ add: true }}>
                {action}
              </PageButton>
              <PageButton to="/imports" search={{ setup: true }} variant="default">
                {setup}
              </PageButton>
            </Group>
          )
        }
      />
    </>
  );
}
