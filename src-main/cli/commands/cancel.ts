import { AppError } from '../../../src-core/domain/app-error.ts';
import type { Run } from '../cli.ts';
import { formatNumberOf } from '../format.ts';
import type { Program } from '../global-options.ts';

export function addCancel(program: Program, run: Run): void {
  program
    .command('cancel')
    .description('Give up tasks that are not done yet. What is indexed stays.')
    .argument('[id...]', 'tasks')
    .option('--import <id>', 'an import, with all its tasks')
    .option('--all', 'every import and every task')
    .addHelpText(
      'after',
      `
Examples:
  $ imagefleet cancel --import 3f2c9d1e-…
  $ imagefleet cancel --all`,
    )
    .action((ids, { import: importId, all }) =>
      run(async (cli) => {
        const ways = [ids.length > 0, importId !== undefined, all === true].filter(Boolean).length;
        if (ways !== 1) throw new AppError('INVALID_INPUT', 'cancel needs task ids, --import ID or --all: one of them');
        const operator = await cli.operator();
        const running = all ? await operator.unfinishedImports() : [];
        let cancelled = 0;
        for (const id of importId === undefined ? running : [importId]) {
          cancelled += await operator.cancelImport(id);
        }
        if (importId === undefined) cancelled += await operator.cancel(all ? {} : { ids });
        return { json: { cancelled }, text: `Cancelled ${formatNumberOf(cancelled, 'task')}.\n` };
      }),
    );
}
