import type { KnownWorker } from '../../../src-core/domain/worker-status.ts';
import type { Run } from '../cli.ts';
import { snakeKeys } from '../../documents.ts';
import { formatAgo, formatBytes, formatCount, formatRate } from '../format.ts';
import type { Program } from '../global-options.ts';
import type { Paint } from '../io.ts';
import { STATE_STYLES } from '../styles.ts';
import { formatTable } from '../table.ts';

export function addWorkers(program: Program, run: Run): void {
  program
    .command('workers')
    .description('List the workers of this queue, those of other processes and machines too.')
    .addHelpText('after', '\nExample:\n  $ imagefleet workers --json')
    .action(() =>
      run(async ({ operator, paint }) => {
        const workers = await (await operator()).workers();
        return {
          json: { workers: workers.map(workerDocument) },
          text: workers.length
            ? formatWorkers(workers, paint)
            : 'No worker is running. "imagefleet index" brings its own; "imagefleet worker" starts some that stay.\n',
        };
      }),
    );
}

export function workerDocument({ status, seenAt, lost }: KnownWorker) {
  return {
    ...(snakeKeys(status) as Record<string, unknown>),
    started_at: new Date(status.startedAt).toISOString(),
    seen_at: new Date(seenAt).toISOString(),
    lost,
  };
}

const stateOf = ({ lost, status }: KnownWorker) => (lost ? 'lost' : status.state);

export function formatWorkers(workers: readonly KnownWorker[], paint: Paint): string {
  const now = Date.now();
  return formatTable<KnownWorker>(
    [
      { title: 'WORKER', value: ({ status }) => status.workerId },
      { title: 'STATE', value: stateOf, style: (worker) => STATE_STYLES[stateOf(worker)] },
      { title: 'RATE', value: ({ status }) => formatRate(status.rate), align: 'right' },
      { title: 'DONE', value: ({ status }) => formatCount(status.processed), align: 'right' },
      { title: 'FAILED', value: ({ status }) => formatCount(status.failed), align: 'right' },
      { title: 'CPU', value: ({ status }) => `${Math.round(status.cpu * 100)}%`, align: 'right' },
      { title: 'MEMORY', value: ({ status }) => formatBytes(status.rssBytes), align: 'right' },
      { title: 'SEEN', value: ({ seenAt }) => formatAgo(seenAt, now) },
      { title: 'NOTE', value: ({ status }) => status.waitingFor ?? '' },
    ],
    workers,
    paint,
  );
}
