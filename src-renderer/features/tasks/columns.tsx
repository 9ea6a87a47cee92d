import type { ReactNode } from 'react';
import type { Answers } from '../../app/client.ts';
import { formatCount, formatDuration } from '../../lib/format.ts';
import { folderOfPath, nameOfPath } from '../../lib/path-names.ts';
import { TASK_STATE_TEXTS } from '../../texts/states.ts';
import { TASKS } from '../../texts/tasks.ts';
import type { Column } from '../../ui/data-table/column.ts';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { CatalogName } from './catalog-name.tsx';
import classes from './tasks.module.css';
import { withoutPath } from './without-path.ts';

export type TaskRow = Answers['queue']['tasks']['tasks'][number];

const texts = TASKS.columns;

export const COLUMNS: readonly Column<TaskRow>[] = [
  {
    id: 'state',
    header: texts.state,
    size: 112,
    cell: ({ status }) => <StateBadge tone={status} label={TASK_STATE_TEXTS[status]} />,
  },
  { id: 'picture', header: texts.picture, size: 200, grow: 3, isFixed: true, cell: (task) => <Picture task={task} /> },
  {
    id: 'error',
    header: texts.error,
    size: 160,
    grow: 2,
    cell: (task) => task.error && <Problem {...task} error={task.error} />,
  },
  { id: 'worker', header: texts.worker, size: 120, cell: ({ worker_id }) => worker_id },
  {
    id: 'attempts',
    header: texts.attempts,
    size: 68,
    align: 'end',
    cell: ({ attempts, max_attempts }) => TASKS.attempts(formatCount(attempts), formatCount(max_attempts)),
  },
  { id: 'created', header: texts.created, size: 108, cell: ({ created_at }) => <RelativeTime at={created_at} /> },
  {
    id: 'finished',
    header: texts.finished,
    size: 108,
    isHidden: true,
    cell: ({ finished_at }) => finished_at && <RelativeTime at={finished_at} />,
  },
  {
    id: 'took',
    header: texts.took,
    size: 84,
    align: 'end',
    isHidden: true,
    cell: ({ timings }) => timings && formatDuration(sumOf(timings)),
  },
  {
    id: 'priority',
    header: texts.priority,
    size: 80,
    isHidden: true,
    cell: ({ priority }) => TASKS.priorities[priority],
  },
  {
    id: 'catalog',
    header: texts.catalog,
    size: 120,
    isHidden: true,
    cell: ({ catalog_id }) => (
      <span className={classes.cut}>
        <CatalogName id={catalog_id} />
      </span>
    ),
  },
  { id: 'import', header: texts.import, size: 120, isHidden: true, cell: ({ import_id }) => import_id },
  {
    id: 'due',
    header: texts.due,
    size: 100,
    isHidden: true,
    cell: ({ due_at }) => due_at && <RelativeTime at={due_at} />,
  },
  { id: 'kind', header: texts.kind, size: 80, isHidden: true, cell: ({ kind }) => kind },
  { id: 'id', header: texts.id, size: 150, isHidden: true, cell: ({ task_id }) => task_id },
];

export function taskIdOf({ task_id }: TaskRow): string {
  return task_id;
}

/** ms of all stages. */
export function sumOf(timings: Record<string, number>): number {
  return Object.values(timings).reduce((sum, ms) => sum + ms, 0);
}

/** The name first: of a long path its end says most. */
function Picture({ task: { image_path, kind, task_id } }: { task: TaskRow }): ReactNode {
  const path = image_path ?? `${kind} ${task_id}`;
  return (
    <span className={classes.cut} title={path}>
      {image_path === null ? path : nameOfPath(path)}
      <span className={classes.folder}>{image_path === null ? null : folderOfPath(path)}</span>
    </span>
  );
}

interface ProblemProps extends Pick<TaskRow, 'image_path'> {
  error: NonNullable<TaskRow['error']>;
}

function Problem({ error, image_path }: ProblemProps): ReactNode {
  const { code, message } = error;
  return (
    <span className={classes.cut} title={`${code}: ${message}`}>
      <span className={classes.code}>{code}</span>
      <span className={classes.folder}>{withoutPath(message, image_path)}</span>
    </span>
  );
}
