import { resolve } from 'node:path';
import type { Run } from '../cli.ts';
import { formatNumberOf } from '../format.ts';
import { collect, sharedFolderOption, workerNumber, type Program } from '../global-options.ts';
import { listenForInterrupt } from '../interrupt.ts';

export function addWorker(program: Program, run: Run): void {
  program
    .command('worker')
    .description('Run workers that join the fleet of this data dir or Redis server, until Ctrl-C or SIGTERM.')
    .option('--workers <count>', 'how many processes, or auto', workerNumber)
    .option('--path-map <shared=here>', 'a folder that machines share lies here; may be repeated', sharedFolderOption)
    .option('--allow-root <folder>', 'read pictures below this folder only; may be repeated', collect)
    .option('--worker-id <name>', 'name of these workers, the same after every restart; a number is added for each')
    .option('--tag <text>', 'shown with these workers; may be repeated', collect)
    .addHelpText(
      'after',
      `
Examples:
  $ imagefleet worker --workers 2
  $ imagefleet worker --log-level info --set batch.size=16
  $ imagefleet worker --redis redis://queue --qdrant http://store:6333 --path-map /mnt/catalog=/data/catalog`,
    )
    .action(({ workers, pathMap, allowRoot, workerId, tag }) =>
      run(
        async ({ console, io }) => {
          const interrupt = listenForInterrupt(io);
          try {
            const fleet = await console.startFleet();
            const count = fleet.workers().length;
            io.stderr.write(`${formatNumberOf(count, 'worker')} joined ${console.queueName}; Ctrl-C ends them.\n`);
            await Promise.race([interrupt.happened, fleet.failed]);
            await fleet.stop();
            return { json: { workers: count }, text: `Stopped ${formatNumberOf(count, 'worker')}.\n` };
          } finally {
            interrupt.stop();
          }
        },
        {
          'fleet.workers': workers,
          'fleet.workerId': workerId,
          'fleet.tags': tag,
          'paths.map': pathMap,
          'paths.allowRoots': allowRoot?.map((root) => resolve(root)),
        },
      ),
    );
}
