import type { Run } from '../cli.ts';
import { formatNumberOf } from '../format.ts';
import { workerNumber, type Program } from '../global-options.ts';
import { listenForInterrupt } from '../interrupt.ts';

export function addWorker(program: Program, run: Run): void {
  program
    .command('worker')
    .description('Run workers that join the fleet of this data dir, until Ctrl-C or SIGTERM.')
    .option('--workers <count>', 'how many processes, or auto', workerNumber)
    .addHelpText(
      'after',
      `
Examples:
  $ imagefleet worker --workers 2
  $ imagefleet worker --log-level info --set batch.size=16`,
    )
    .action(({ workers }) =>
      run(
        async ({ console, io }) => {
          const interrupt = listenForInterrupt(io);
          try {
            const fleet = await console.startFleet();
            const count = fleet.workers().length;
            io.stderr.write(`${formatNumberOf(count, 'worker')} joined ${console.dataDir.root}; Ctrl-C ends them.\n`);
            await Promise.race([interrupt.happened, fleet.failed]);
            await fleet.stop();
            return { json: { workers: count }, text: `Stopped ${formatNumberOf(count, 'worker')}.\n` };
          } finally {
            interrupt.stop();
          }
        },
        { 'fleet.workers': workers },
      ),
    );
}
