import type { WorkerDocument } from '../../../src-core/contract/queue-documents.ts';
import { formatBytes, formatCount, formatPercent } from '../../lib/format.ts';
import { UNITS } from '../../texts/units.ts';
import { WORKER_STATE_TEXTS } from '../../texts/states.ts';
import { WORKERS } from '../../texts/workers.ts';
import type { Column } from '../../ui/data-table/column.ts';
import { PageLink } from '../../ui/page-link.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { WORKER_TONES } from '../../ui/tones.ts';
import { CurrentTask, Heartbeat, Rate, WorkerName } from './cells.tsx';
import { stateOf } from './rows.ts';

const texts = WORKERS.columns;

export const WORKER_TABLE: readonly Column<WorkerDocument>[] = [
  {
    id: 'worker',
    header: texts.worker,
    size: 140,
    grow: 2,
    isFixed: true,
    canSort: true,
    cell: ({ worker_id }) => <WorkerName id={worker_id} />,
  },
  {
    id: 'state',
    header: texts.state,
    size: 92,
    canSort: true,
    cell: (worker) => {
      const state = stateOf(worker);
      return <StateBadge tone={WORKER_TONES[state]} label={WORKER_STATE_TEXTS[state]} />;
    },
  },
  {
    id: 'seen',
    header: texts.seen,
    size: 100,
    align: 'end',
    canSort: true,
    cell: (worker) => <Heartbeat worker={worker} />,
  },
  {
    id: 'task',
    header: texts.task,
    size: 84,
    grow: 2,
    cell: ({ current_tasks, waiting_for, lost }) =>
      waiting_for !== null && !lost ? (
        <span title={waiting_for}>{waiting_for}</span>
      ) : (
        <CurrentTask tasks={current_tasks} />
      ),
  },
  {
    id: 'rate',
    header: texts.rate,
    size: 112,
    align: 'end',
    canSort: true,
    cell: (worker) => <Rate worker={worker} />,
  },
  {
    id: 'cpu',
    header: texts.cpu,
    size: 58,
    align: 'end',
    canSort: true,
    cell: ({ cpu, lost }) => (lost ? UNITS.unknown : formatPercent(cpu)),
  },
  {
    id: 'memory',
    header: texts.memory,
    size: 76,
    align: 'end',
    canSort: true,
    cell: ({ rss_bytes, lost }) => (lost ? UNITS.unknown : formatBytes(rss_bytes)),
  },
  {
    id: 'processed',
    header: texts.processed,
    size: 84,
    align: 'end',
    canSort: true,
    cell: ({ worker_id, processed }) => (
      <PageLink
        to="/tasks"
        search={{ worker_id }}
        aria-label={WORKERS.processedLink(formatCount(processed))}
        c="inherit"
      >
        {formatCount(processed)}
      </PageLink>
    ),
  },
  {
    id: 'failed',
    header: texts.failed,
    size: 58,
    align: 'end',
    canSort: true,
    cell: ({ worker_id, failed }) => (
      <PageLink
        to="/tasks"
        search={{ worker_id, state: ['failed'] }}
        aria-label={WORKERS.failedLink(formatCount(failed))}
        c={failed > 0 ? 'var(--tone-failed)' : 'inherit'}
      >
        {formatCount(failed)}
      </PageLink>
    ),
  },
  {
    id: 'host',
    header: texts.host,
    size: 110,
    grow: 1,
    canSort: true,
    cell: ({ host }) => <span title={host}>{host}</span>,
  },
  { id: 'tags', header: texts.tags, size: 110, isHidden: true, cell: ({ tags }) => tags.join(', ') },
  { id: 'pid', header: texts.pid, size: 90, align: 'end', isHidden: true, cell: ({ pid }) => pid },
  {
    id: 'started',
    header: texts.started,
    size: 110,
    isHidden: true,
    cell: ({ started_at }) => <RelativeTime at={started_at} />,
  },
  { id: 'version', header: texts.version, size: 80, isHidden: true, cell: ({ version }) => version },
];
