import type { ReactNode } from 'react';
import type { StatsDocument } from '../../../src-core/contract/queue-documents.ts';
import type { ErrorCode } from '../../../src-core/domain/app-error.ts';
import { TASKS } from '../../texts/tasks.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorGroup } from './error-group.tsx';
import classes from './tasks.module.css';

const texts = TASKS.groups;

/** The dead letters by what was wrong with them, the most frequent first. */
export function ErrorGroups({ stats }: { stats: StatsDocument | undefined }): ReactNode {
  if (!stats) return null;
  const groups = Object.entries(stats.failures_by_code)
    .filter(([, count]) => count > 0)
    .toSorted(([, a], [, b]) => b - a);
  if (groups.length === 0) return <EmptyState title={texts.none.title} text={texts.none.text} />;
  return (
    <table className={classes.groups} aria-label={texts.label}>
      <thead>
        <tr>
          <th>{texts.code}</th>
          <th>{texts.example}</th>
          <th className={classes.number}>{texts.count}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {groups.map(([code, count]) => (
          <ErrorGroup key={code} code={code as ErrorCode} count={count} share={count / groups[0]![1]} />
        ))}
      </tbody>
    </table>
  );
}
