import type { ReactNode } from 'react';
import type { LedgerOutcome } from '../../../src-core/domain/import.ts';
import { toneColor } from '../../app/theme.ts';
import { formatCount } from '../../lib/format.ts';
import { IMPORTS } from '../../texts/imports.ts';
import { IMPORT_STATE_TEXTS } from '../../texts/states.ts';
import type { Column } from '../../ui/data-table/column.ts';
import { PageLink } from '../../ui/page-link.tsx';
import { PathName } from '../../ui/path-name.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { IMPORT_TONES } from '../../ui/tones.ts';
import classes from './imports.module.css';
import { RowActions } from './row-actions.tsx';
import { RunProgress } from './run-progress.tsx';
import { indexedOf, type Run } from './run.ts';

const texts = IMPORTS.columns;

export const COLUMNS: readonly Column<Run>[] = [
  {
    id: 'source',
    header: texts.source,
    size: 130,
    grow: 3,
    isFixed: true,
    cell: (run) => <PathName path={run.root} />,
  },
  {
    id: 'state',
    header: texts.state,
    size: 136,
    cell: ({ state }) => <StateBadge tone={IMPORT_TONES[state]} label={IMPORT_STATE_TEXTS[state]} />,
  },
  { id: 'catalog', header: texts.catalog, size: 110, cell: ({ catalog }) => catalog },
  { id: 'discovered', header: texts.discovered, size: 90, align: 'end', cell: (run) => count(run, run.discovered) },
  { id: 'skipped', header: texts.skipped, size: 74, align: 'end', cell: (run) => count(run, run.skipped, ['skipped']) },
  {
    id: 'done',
    header: texts.done,
    size: 60,
    align: 'end',
    cell: (run) => count(run, indexedOf(run), ['indexed', 'updated', 'moved']),
  },
  { id: 'failed', header: texts.failed, size: 60, align: 'end', cell: (run) => count(run, run.failed, ['failed']) },
  { id: 'progress', header: texts.progress, size: 186, grow: 1, cell: (run) => <RunProgress run={run} /> },
  { id: 'started', header: texts.started, size: 96, cell: ({ created_at }) => <RelativeTime at={created_at} /> },
  {
    id: 'startedBy',
    header: texts.startedBy,
    size: 92,
    cell: ({ started_by }) => started_by && IMPORTS.starters[started_by],
  },
  { id: 'actions', header: texts.actions, size: 64, isFixed: true, cell: (run) => <RowActions run={run} /> },
];

const LESS = new Set(['catalog', 'started', 'startedBy']);

/** Where there is little room: the rest stands in the import itself. */
export const NARROW_COLUMNS = COLUMNS.map((column) => (LESS.has(column.id) ? { ...column, isHidden: true } : column));

/** Each number leads to the files that it counts. */
function count({ import_id }: Run, value: number, outcome?: LedgerOutcome[]): ReactNode {
  const isBad = outcome?.includes('failed') === true && value > 0;
  return (
    <PageLink
      to="/imports"
      search={{ import: import_id, ...(outcome && { outcome }) }}
      className={classes.count}
      style={{ color: isBad ? toneColor('failed') : 'inherit' }}
      tabIndex={-1}
    >
      {formatCount(value)}
    </PageLink>
  );
}
