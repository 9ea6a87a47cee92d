import type { CatalogSummary } from '../../services/catalogs.ts';
import type { Run } from '../cli.ts';
import { confirmRemoval } from '../confirm.ts';
import { catalogDocument } from '../../documents.ts';
import { formatAgo, formatCount, formatNumberOf } from '../format.ts';
import type { Program } from '../global-options.ts';
import type { Paint } from '../io.ts';
import { formatTable } from '../table.ts';

export function addCatalogs(program: Program, run: Run): void {
  const catalogs = program
    .command('catalogs')
    .description('List catalogs with what they hold; rename or drop one.')
    .addHelpText(
      'after',
      `
Examples:
  $ imagefleet catalogs
  $ imagefleet catalogs rename default shoes
  $ imagefleet catalogs drop shoes --yes 1204   the number of pictures, as asked for`,
    )
    .action(() =>
      run(async ({ console, paint }) => {
        const all = await (await console.catalogs()).list();
        return {
          json: { catalogs: all.map(catalogDocument) },
          text: all.length
            ? formatCatalogs(all, paint)
            : 'There is no catalog yet: "imagefleet index FOLDER" makes one.\n',
        };
      }),
    );

  catalogs
    .command('rename')
    .description('Give a catalog another name. Its pictures and ids stay.')
    .argument('<catalog>', 'name or id')
    .argument('<name>', 'the new name')
    .action((catalog, name) =>
      run(async ({ console }) => {
        const service = await console.catalogs();
        await service.rename(catalog, name);
        return { json: catalogDocument(await service.get(name)), text: `Catalog "${catalog}" is now "${name}".\n` };
      }),
    );

  catalogs
    .command('drop')
    .description('Forget a catalog with all its records and vectors. The picture files are left alone.')
    .argument('<catalog>', 'name or id')
    .option('--yes <count>', 'yes, this many pictures')
    .action((catalog, { yes }) =>
      run(async (cli) => {
        const service = await cli.console.catalogs();
        const { name, images } = await service.get(catalog);
        await confirmRemoval(cli, `dropping "${name}"`, images, yes);
        await service.drop(catalog);
        return {
          json: { dropped: name, images },
          text: `Dropped "${name}" with ${formatNumberOf(images, 'picture')}.\n`,
        };
      }),
    );
}

export function formatCatalogs(catalogs: readonly CatalogSummary[], paint: Paint): string {
  const now = Date.now();
  return formatTable<CatalogSummary>(
    [
      { title: 'CATALOG', value: ({ name }) => name },
      { title: 'PICTURES', value: ({ images }) => formatCount(images), align: 'right' },
      { title: 'MISSING', value: ({ missing }) => formatCount(missing), align: 'right' },
      { title: 'MODEL', value: ({ model }) => model },
      { title: 'CREATED', value: ({ createdAt }) => formatAgo(createdAt, now) },
      { title: 'ID', value: ({ id }) => id },
    ],
    catalogs,
    paint,
  );
}
