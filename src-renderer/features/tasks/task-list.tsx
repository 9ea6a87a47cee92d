import { getRouteApi } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import type { WhichTasks } from '../../../src-core/contract/queue-operations.ts';
import { formatCount } from '../../lib/format.ts';
import { NOTHING, type Selection } from '../../lib/selection.ts';
import { TASKS } from '../../texts/tasks.ts';
import { DataTable } from '../../ui/data-table/data-table.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageButton } from '../../ui/page-link.tsx';
import { COLUMNS, taskIdOf, type TaskRow } from './columns.tsx';
import { NoTasks } from './no-tasks.tsx';
import { TaskActions } from './task-actions.tsx';
import { TaskDrawer } from './task-drawer.tsx';
import classes from './tasks.module.css';
import { useStateCounts, useTasks } from './use-tasks.ts';
import { countsOf, type Chosen } from './which.ts';

const route = getRouteApi('/tasks');
/** Header, title, tabs, filters and the bar above the table. */
const ABOVE_PX = 262;

/** The tasks one by one, and the one that is open. Made anew for another filter: selection and place belong to one. */
export function TaskList({ which, openId }: { which: WhichTasks; openId: string | undefined }): ReactNode {
  const navigate = route.useNavigate();
  const { rows, more, error, refetch, stats, total } = useTasks(which);
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const matching = useStateCounts(which, stats, selection.kind === 'all');
  const openAt = openId === undefined ? -1 : rows.findIndex(({ task_id }) => task_id === openId);
  const show = (task: string | undefined, replace: boolean): void =>
    void navigate({ search: (old) => ({ ...old, task }), replace });

  function step(by: 1 | -1): void {
    const next = openAt < 0 ? undefined : rows[openAt + by];
    if (next) show(next.task_id, true);
  }

  if (error && rows.length === 0) return <ErrorState error={error} onRetry={() => void refetch()} />;
  const isNarrowed = Object.keys(which).some((field) => field !== 'state');
  const isSelecting = selection.kind === 'all' || selection.ids.size > 0;
  const chosen = chosenOf(selection, rows, which);
  const counts = chosen.kind === 'all' ? matching : countsOf(chosen.tasks);
  return (
    <>
      <DataTable
        name="tasks"
        label={TASKS.table}
        columns={COLUMNS}
        rows={rows}
        rowId={taskIdOf}
        total={total}
        more={more}
        takesKeys
        openId={openId ?? null}
        onOpen={({ task_id }) => show(task_id, false)}
        height={`calc(100dvh - ${ABOVE_PX}px)`}
        empty={<NoTasks stats={stats} />}
        selection={{
          value: selection,
          onChange: setSelection,
          actions: <TaskActions chosen={chosen} counts={counts} isMany onDone={() => setSelection(NOTHING)} />,
        }}
      >
        {!isSelecting && (
          <>
            <span className={classes.count}>{countText(total, rows.length)}</span>
            {isNarrowed && (
              <PageButton to="/tasks" search={{ state: which.state }} size="compact-xs" variant="subtle">
                {TASKS.filters.clear}
              </PageButton>
            )}
          </>
        )}
      </DataTable>
      <TaskDrawer
        id={openId ?? null}
        onClose={() => show(undefined, false)}
        {...(openAt > 0 && { onPrevious: () => step(-1) })}
        {...(openAt >= 0 && openAt < rows.length - 1 && { onNext: () => step(1) })}
      />
    </>
  );
}

function countText(total: number | null, loaded: number): string {
  return total === null ? TASKS.atLeast(formatCount(loaded)) : TASKS.count(total, formatCount(total));
}

function chosenOf(selection: Selection, rows: readonly TaskRow[], which: WhichTasks): Chosen {
  if (selection.kind === 'all') return { kind: 'all', which };
  const { ids } = selection;
  return { kind: 'some', tasks: ids.size === 0 ? [] : rows.filter(({ task_id }) => ids.has(task_id)) };
}
