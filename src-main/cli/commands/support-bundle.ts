import { resolve } from 'node:path';
import type { Run } from '../cli.ts';
import { formatBytes, formatNumberOf } from '../format.ts';
import type { Program } from '../global-options.ts';
import { makeBundle, namesIn } from '../make-bundle.ts';
import { writeBundle } from '../write-bundle.ts';

export function addSupportBundle(program: Program, run: Run): void {
  program
    .command('support-bundle')
    .description(
      'Write one zip for whoever helps you: versions, settings, doctor, numbers, workers, failed tasks, logs.',
    )
    .argument('[file]', 'where to; a name with the time where it is left out')
    .addHelpText('after', '\nExample:\n  $ imagefleet support-bundle ~/trouble.zip')
    .action((file = `imagefleet-support-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.zip`) =>
      run(async (cli) => {
        const path = resolve(file);
        const zip = await makeBundle(cli);
        const files = await namesIn(zip);
        await writeBundle(path, zip);
        return {
          json: { file: path, bytes: zip.length, files },
          text:
            `Wrote ${path}: ${formatNumberOf(files.length, 'file')}, ${formatBytes(zip.length)}. Tokens, keys and ` +
            'passwords were taken out; names of folders and pictures are in it.\n',
        };
      }),
    );
}
