import type { ReactNode } from 'react';
import type { StatsDocument } from '../../../src-core/contract/queue-documents.ts';
import { TASKS } from '../../texts/tasks.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageButton } from '../../ui/page-link.tsx';

/** In place of rows. */
export function NoTasks({ stats }: { stats: StatsDocument | undefined }): ReactNode {
  const { nothing, noMatch } = TASKS.empty;
  const isNothing = stats?.totals.enqueued === 0;
  const { title, text, action } = isNothing ? nothing : noMatch;
  return (
    <EmptyState
      title={title}
      text={text}
      action={
        isNothing ? (
          <PageButton to="/imports">{action}</PageButton>
        ) : (
          <PageButton to="/tasks" search={{}} variant="default">
            {action}
          </PageButton>
        )
      }
    />
  );
}
