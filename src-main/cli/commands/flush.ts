import type { Run } from '../cli.ts';
import { formatNumberOf } from '../format.ts';
import type { Program } from '../global-options.ts';

export function addFlush(program: Program, run: Run): void {
  program
    .command('flush')
    .description('Remove every task of the queue, in whatever state. What is indexed stays.')
    .requiredOption('--confirm <name>', 'the name of the queue, so that nobody flushes by mistake')
    .addHelpText('after', '\nExample:\n  $ imagefleet flush --confirm image_indexing_queue')
    .action(({ confirm }) =>
      run(async (cli) => {
        const removed = await (await cli.operator()).flush(confirm);
        return { json: { removed }, text: `Removed ${formatNumberOf(removed, 'task')}.\n` };
      }),
    );
}
