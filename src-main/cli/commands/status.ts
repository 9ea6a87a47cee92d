import { isFinished } from '../../../src-core/domain/import.ts';
import type { QueueStats } from '../../../src-core/ports/task-queue.ts';
import type { Place } from '../../client/operator.ts';
import type { Run } from '../cli.ts';
import { catalogDocument, importDocument } from '../../documents.ts';
import { formatCount, formatDuration, formatNumberOf, formatRate } from '../format.ts';
import type { Program } from '../global-options.ts';
import { formatFields } from '../table.ts';
import { formatCatalogs } from './catalogs.ts';
import { formatImports } from './imports.ts';
import { statsDocument } from './stats.ts';
import { workerDocument } from './workers.ts';

/** Unfinished imports are looked for among so many of the newest. */
const RECENT = 1_000;

export function addStatus(program: Program, run: Run): void {
  program
    .command('status')
    .description('An overview: queue, workers, unfinished imports, catalogs.')
    .addHelpText('after', '\nExample:\n  $ imagefleet status')
    .action(() =>
      run(async ({ operator, paint }) => {
        const at = await operator();
        const [stats, workers] = await Promise.all([at.stats(), at.workers()]);
        const live = workers.filter(({ lost }) => !lost);
        const unfinished = (await at.imports.list(RECENT)).filter(({ run }) => !isFinished(run.state));
        const catalogs = await at.catalogs.list();
        const rate = live.reduce((sum, { status }) => sum + status.rate, 0);
        const fields = formatFields(
          [
            describePlace(at.place),
            ['queue', describeQueue(stats)],
            ['workers', live.length ? `${live.length} alive, ${formatRate(rate)}` : 'none'],
            ['imports', unfinished.length ? `${unfinished.length} unfinished` : 'none unfinished'],
            ['catalogs', formatNumberOf(catalogs.length, 'catalog')],
          ],
          paint,
        );
        return {
          json: {
            data_dir: 'dataDir' in at.place ? at.place.dataDir : null,
            server: 'server' in at.place ? at.place.server : null,
            queue: statsDocument(stats),
            workers: workers.map(workerDocument),
            imports: unfinished.map((each) => importDocument(each.run, each)),
            catalogs: catalogs.map(catalogDocument),
          },
          text:
            fields +
            (unfinished.length ? `\n${formatImports(unfinished, paint)}` : '') +
            (catalogs.length ? `\n${formatCatalogs(catalogs, paint)}` : ''),
        };
      }),
    );
}

function describePlace(place: Place): [name: string, value: string] {
  return 'server' in place ? ['server', place.server] : ['data dir', place.dataDir];
}

function describeQueue({ counts, oldestWaitingMs, paused }: QueueStats): string {
  const oldest = oldestWaitingMs === null ? '' : ` (oldest ${formatDuration(oldestWaitingMs)})`;
  const states = [
    `${formatCount(counts.waiting)} waiting${oldest}`,
    `${formatCount(counts.active)} active`,
    `${formatCount(counts.delayed)} delayed`,
    `${formatCount(counts.failed)} failed`,
  ].join(', ');
  return paused ? `${states}; paused` : states;
}
