import { DEFAULT_CATALOG } from '../../../src-core/domain/catalog.ts';
import type { Run } from '../cli.ts';
import { confirmRemoval } from '../confirm.ts';
import { formatNumberOf } from '../format.ts';
import type { Program } from '../global-options.ts';

export function addPrune(program: Program, run: Run): void {
  program
    .command('prune')
    .description('Take the pictures out of a catalog whose files are missing. Those that came back are kept.')
    .option('--catalog <name>', 'name or id of the catalog', DEFAULT_CATALOG)
    .option('--folder <folder>', 'only those below this folder')
    .option('--yes <count>', 'yes, this many pictures')
    .addHelpText(
      'after',
      `
Examples:
  $ imagefleet prune
  $ imagefleet prune --folder ~/Pictures/2019 --yes 312`,
    )
    .action(({ catalog, folder, yes }) =>
      run(async (cli) => {
        const { catalogs, sources } = await cli.operator();
        const { name } = await catalogs.get(catalog);
        const ask = (images: number) => confirmRemoval(cli, `pruning "${name}"`, images, yes);
        const { pruned, cameBack } = await sources.prune(catalog, folder, ask);
        const kept = cameBack ? ` ${formatNumberOf(cameBack, 'file')} came back: index the folder again.` : '';
        return {
          json: { pruned, came_back: cameBack },
          text:
            pruned + cameBack > 0
              ? `${formatNumberOf(pruned, 'picture')} left "${name}".${kept}\n`
              : 'No picture is missing.\n',
        };
      }),
    );
}
