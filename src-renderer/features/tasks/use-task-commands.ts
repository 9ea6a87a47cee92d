import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { OPEN_STATES } from '../../../src-core/domain/task.ts';
import { useMayChange } from '../../app/context.ts';
import { useCommands, type Command } from '../../app/palette/commands.ts';
import { TASKS } from '../../texts/tasks.ts';
import { notifyProblem } from '../../ui/notify.ts';
import { useActs } from './use-acts.ts';

const route = getRouteApi('/tasks');
const texts = TASKS.commands;

/** What the palette offers while this page is shown. `csv`: address of the tasks that match. */
export function useTaskCommands(csv: string): void {
  const navigate = route.useNavigate();
  const mayChange = useMayChange();
  const { retry } = useActs();
  const commands = useMemo<Command[]>(
    () => [
      { id: 'tasks-failed', label: texts.failed, run: () => void navigate({ search: { state: ['failed'] } }) },
      {
        id: 'tasks-errors',
        label: texts.errors,
        run: () => void navigate({ search: { state: ['failed'], view: 'errors' } }),
      },
      { id: 'tasks-open', label: texts.open, run: () => void navigate({ search: { state: [...OPEN_STATES] } }) },
      { id: 'tasks-export', label: texts.export, keywords: 'download', run: () => window.location.assign(csv) },
      ...(mayChange
        ? [
            {
              id: 'tasks-retry',
              label: texts.retry,
              run: () =>
                void retry({ kind: 'all', which: {} }, ['failed']).catch((error: unknown) => notifyProblem(error)),
            },
          ]
        : []),
    ],
    [navigate, csv, mayChange, retry],
  );
  useCommands(commands);
}
