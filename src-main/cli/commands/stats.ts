import { AppError } from '../../../src-core/domain/app-error.ts';
import { TASK_STATES } from '../../../src-core/domain/task.ts';
import type { QueueStats } from '../../../src-core/ports/task-queue.ts';
import type { Run } from '../cli.ts';
import { snakeKeys } from '../../documents.ts';
import { formatCount, formatDuration } from '../format.ts';
import type { Program } from '../global-options.ts';
import type { Paint } from '../io.ts';
import { formatFields } from '../table.ts';

export function addStats(program: Program, run: Run): void {
  program
    .command('stats')
    .description('Numbers of the queue: states, throughput, totals, failures by error.')
    .option('--prometheus', 'in Prometheus’ text format')
    .addHelpText(
      'after',
      `
Examples:
  $ imagefleet stats --json
  $ imagefleet stats --prometheus > /var/lib/node_exporter/imagefleet.prom`,
    )
    .action(({ prometheus }) =>
      run(async (cli) => {
        const { json, paint } = cli;
        if (prometheus && json)
          throw new AppError('INVALID_INPUT', '--prometheus is a format of its own: leave --json out');
        if (prometheus) return { json: null, text: await (await cli.operator()).prometheus() };
        const stats = await (await cli.operator()).stats();
        return { json: statsDocument(stats), text: formatStats(stats, paint) };
      }),
    );
}

/** Error codes are keys there, and stay as they are. */
export function statsDocument({ failuresByCode, ...stats }: QueueStats) {
  return { ...(snakeKeys(stats) as Record<string, unknown>), failures_by_code: failuresByCode };
}

function formatStats(stats: QueueStats, paint: Paint): string {
  const { throughput, totals } = stats;
  const oldest = stats.oldestWaitingMs === null ? '–' : formatDuration(stats.oldestWaitingMs);
  const { high, normal, low } = stats.waitingByPriority;
  return formatFields(
    [
      ...TASK_STATES.map((state) => [state, formatCount(stats.counts[state])] as const),
      ['waiting by priority', `${formatCount(high)} high, ${formatCount(normal)} normal, ${formatCount(low)} low`],
      ['oldest waiting', oldest],
      ['paused', stats.paused ? 'yes' : 'no'],
      ['suspects', formatCount(stats.suspects)],
      [
        'finished a minute',
        [throughput.perMinute1, throughput.perMinute5, throughput.perMinute15].map(formatCount).join(', ') +
          ' (over 1, 5, 15 min)',
      ],
      ...Object.entries(totals).map(([name, count]) => [`${name} ever`, formatCount(count)] as const),
      ...Object.entries(stats.failuresByCode).map(
        ([code, count]) => [`failed by ${code}`, formatCount(count)] as const,
      ),
    ],
    paint,
  );
}
