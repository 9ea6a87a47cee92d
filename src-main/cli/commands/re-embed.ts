import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Run } from '../cli.ts';
import { EXIT } from '../exit-codes.ts';
import { formatNumberOf } from '../format.ts';
import { wholeNumber } from '../global-options.ts';
import { followReEmbedding, reEmbedDesk } from '../re-embedding.ts';

export function addReEmbed(catalogs: CommandUnknownOpts, run: Run): void {
  catalogs
    .command('re-embed')
    .description(
      'Make all vectors of a catalog anew with another model, beside the old ones, and go over when all are there.',
    )
    .argument('<catalog>', 'name or id')
    .option('--model <id>', 'the model to go over to')
    .option(
      '--leave-out <count>',
      'so many pictures leave the catalog, since they cannot be embedded',
      wholeNumber(0, 1e9),
      0,
    )
    .option('--drop-old', 'drop the old vectors, which else stay as a catalog of their own')
    .option('--cancel', 'drop the new vectors that there are so far')
    .action((catalog, { model, leaveOut, dropOld = false, cancel = false }) =>
      run(async (cli) => {
        const desk = await reEmbedDesk(cli, catalog);
        if (cancel) {
          await desk.cancel();
          return { json: { cancelled: catalog }, text: `"${catalog}" stays as it was.\n` };
        }
        const document = await followReEmbedding(cli, desk, { model, leaveOut, keepOld: !dropOld });
        const { state, done } = document;
        if (state !== 'done') {
          const text = desk.goesOn
            ? 'The server goes on with it.\n'
            : 'Stopped. What is done is kept: the same command goes on with it.\n';
          return { json: document, text, exitCode: EXIT.interrupted };
        }
        return {
          json: document,
          text:
            `"${catalog}" has the vectors of "${document.model}" now: ${formatNumberOf(done, 'picture')}.\n` +
            `Imports into it need that model: "imagefleet models use ${document.model}".\n`,
        };
      }),
    );
}
