import { AppError } from '../../../src-core/domain/app-error.ts';
import { isFinished } from '../../../src-core/domain/import.ts';
import type { Run } from '../cli.ts';
import { formatNumberOf } from '../format.ts';
import type { Program } from '../global-options.ts';

/** Unfinished imports are looked for among so many of the newest. */
const RECENT = 1_000;

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
      run(async ({ console }) => {
        const ways = [ids.length > 0, importId !== undefined, all === true].filter(Boolean).length;
        if (ways !== 1) throw new AppError('INVALID_INPUT', 'cancel needs task ids, --import ID or --all: one of them');
        const tasks = await console.tasks();
        const imports = await console.imports();
        const running = all ? (await imports.list(RECENT)).filter(({ state }) => !isFinished(state)) : [];
        let cancelled = 0;
        for (const id of importId === undefined ? running.map((run) => run.id) : [importId]) {
          cancelled += await imports.cancel(id);
        }
        if (importId === undefined) cancelled += await tasks.cancel(all ? {} : { ids });
        return { json: { cancelled }, text: `Cancelled ${formatNumberOf(cancelled, 'task')}.\n` };
      }),
    );
}
