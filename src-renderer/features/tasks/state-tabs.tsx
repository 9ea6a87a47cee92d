import { useLinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { StatsDocument } from '../../../src-core/contract/queue-documents.ts';
import type { WhichTasks } from '../../../src-core/contract/queue-operations.ts';
import { OPEN_STATES, TASK_STATES, type TaskState } from '../../../src-core/domain/task.ts';
import { formatCount } from '../../lib/format.ts';
import { TASK_STATE_TEXTS } from '../../texts/states.ts';
import { TASKS } from '../../texts/tasks.ts';
import classes from './tasks.module.css';
import { matchingCount } from './which.ts';

interface Tab {
  name: string;
  /** Undefined: in whatever state. */
  state: TaskState[] | undefined;
}

const TABS: readonly Tab[] = [
  { name: TASKS.tabs.all, state: undefined },
  { name: TASKS.tabs.open, state: [...OPEN_STATES] },
  ...TASK_STATES.map((state) => ({ name: TASK_STATE_TEXTS[state], state: [state] })),
];

interface StateTabsProps {
  which: WhichTasks;
  stats: StatsDocument | undefined;
}

/** The states with how many there are of each, as far as the numbers of the queue say it under the other filters. */
export function StateTabs({ which, stats }: StateTabsProps): ReactNode {
  return (
    <nav aria-label={TASKS.tabs.label} className={classes.tabs}>
      {TABS.map(({ name, state }) => (
        <StateTab
          key={name}
          name={name}
          state={state}
          count={matchingCount({ ...which, state }, stats)}
          isCurrent={isSame(which.state, state)}
        />
      ))}
    </nav>
  );
}

/** A link that the router takes for current by the start of its address: which of them is, is known here alone. */
function StateTab({ name, state, count, isCurrent }: Tab & { count: number | null; isCurrent: boolean }): ReactNode {
  const link = useLinkProps({
    to: '/tasks',
    search: (old) => ({ ...old, state, view: undefined, task: undefined }),
  });
  return (
    <a {...link} className={classes.tab} aria-current={isCurrent ? 'page' : undefined}>
      {name}
      <span className={classes.tabCount}>{count === null ? '' : formatCount(count)}</span>
    </a>
  );
}

function isSame(one: readonly TaskState[] | undefined, other: readonly TaskState[] | undefined): boolean {
  return one?.toSorted().join() === other?.toSorted().join();
}
