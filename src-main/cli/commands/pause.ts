import type { Run } from '../cli.ts';
import type { Program } from '../global-options.ts';

export function addPause(program: Program, run: Run): void {
  program
    .command('pause')
    .description('Let workers claim nothing more. What they have begun is finished.')
    .option('--import <id>', 'only this import, not the whole queue')
    .addHelpText('after', '\nExample:\n  $ imagefleet pause && imagefleet status')
    .action(({ import: importId }) => setPaused(run, true, importId));
}

export function addResume(program: Program, run: Run): void {
  program
    .command('resume')
    .description('Let workers claim again.')
    .option('--import <id>', 'only this import, not the whole queue')
    .addHelpText('after', '\nExample:\n  $ imagefleet resume --import 3f2c9d1e-…')
    .action(({ import: importId }) => setPaused(run, false, importId));
}

function setPaused(run: Run, paused: boolean, importId: string | undefined): Promise<void> {
  return run(async (cli) => {
    await (await cli.operator()).setPaused(paused, importId);
    const what = importId === undefined ? 'The queue' : `Import ${importId}`;
    return {
      json: { paused, import_id: importId ?? null },
      text: `${what} ${paused ? 'is paused' : 'goes on'}.\n`,
    };
  });
}
