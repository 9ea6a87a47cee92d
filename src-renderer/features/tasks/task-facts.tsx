import { Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatCount, formatDuration } from '../../lib/format.ts';
import { TASKS } from '../../texts/tasks.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { KeyValue } from '../../ui/key-value.tsx';
import { PageLink } from '../../ui/page-link.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { CatalogName } from './catalog-name.tsx';
import type { TaskRow } from './columns.tsx';
import type { TasksSearch } from './search.ts';

const texts = TASKS.drawer;
const columns = TASKS.columns;

/** What is known of a task; each name leads to the others that share it. */
export function TaskFacts({ task }: { task: TaskRow }): ReactNode {
  const { image_path, catalog_id, import_id, worker_id, stalls, due_at, claimed_at, finished_at, result } = task;
  const how = typeof result?.['how'] === 'string' ? (texts.how[result['how']] ?? result['how']) : null;
  const named = <CatalogName id={catalog_id} />;
  return (
    <KeyValue
      items={[
        [texts.path, copied(image_path, texts.copyPath)],
        [columns.id, copied(task.task_id, texts.copyId)],
        [columns.catalog, sameAs({ catalog: catalog_id }, named)],
        [columns.import, import_id && sameAs({ import_id }, import_id)],
        [columns.worker, worker_id && sameAs({ worker_id }, worker_id)],
        [columns.kind, task.kind === 'index' ? null : task.kind],
        [columns.priority, TASKS.priorities[task.priority]],
        [columns.attempts, TASKS.attempts(formatCount(task.attempts), formatCount(task.max_attempts))],
        [texts.stalls, stalls > 0 ? formatCount(stalls) : null],
        [texts.result, how],
        [columns.created, timeOf(task.created_at)],
        [columns.due, timeOf(due_at)],
        [texts.claimed, timeOf(claimed_at)],
        [columns.finished, timeOf(finished_at)],
        [texts.waited, between(task.created_at, claimed_at)],
        [texts.ran, claimed_at && between(claimed_at, finished_at)],
      ]}
    />
  );
}

function timeOf(at: string | null): ReactNode {
  return at && <RelativeTime at={at} />;
}

function sameAs(search: Pick<TasksSearch, 'catalog' | 'import_id' | 'worker_id'>, text: ReactNode): ReactNode {
  return (
    <PageLink to="/tasks" search={search}>
      {text}
    </PageLink>
  );
}

function copied(text: string | null, label: string): ReactNode {
  return (
    text && (
      <Group component="span" gap={4} wrap="nowrap" align="start">
        {text}
        <CopyButton value={text} label={label} />
      </Group>
    )
  );
}

function between(from: string, to: string | null): string | null {
  return to === null ? null : formatDuration(Math.max(0, Date.parse(to) - Date.parse(from)));
}
