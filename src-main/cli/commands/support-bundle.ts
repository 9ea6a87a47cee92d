import { resolve } from 'node:path';
import type { Run } from '../cli.ts';
import { formatBytes, formatNumberOf } from '../format.ts';
import type { Program } from '../global-options.ts';
import { supportFiles, writeBundle } from '../support-bundle.ts';

export function addSupportBundle(program: Program, run: Run): void {
  program
    .command('support-bundle')
    .description(
      'Write one zip for whoever helps you: versions, settings, doctor, numbers, workers, failed tasks, logs.',
    )
    .argument('[file]', 'where to; a name with the time where it is left out')
    .addHelpText('after', '\nExample:\n  $ imagefleet support-bundle ~/trouble.zip')
    .action((file = `imagefleet-support-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.zip`) =>
      run(async ({ console, io }) => {
        const path = resolve(file);
        const files = await supportFiles(console, io.env);
        const bytes = await writeBundle(path, files);
        return {
          json: { file: path, bytes, files: Object.keys(files) },
          text:
            `Wrote ${path}: ${formatNumberOf(Object.keys(files).length, 'file')}, ${formatBytes(bytes)}. Tokens, keys and ` +
            'passwords were taken out; names of folders and pictures are in it.\n',
        };
      }),
    );
}
