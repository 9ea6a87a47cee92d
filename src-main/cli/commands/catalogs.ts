import type { ListedCatalog } from '../../client/operator.ts';
import { addReEmbed } from './re-embed.ts';
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
    .description('List catalogs with what they hold; rename or drop one, or take it over to another model.')
    .addHelpText(
      'after',
      `
Examples:
  $ imagefleet catalogs
  $ imagefleet catalogs rename default shoes
  $ imagefleet catalogs re-embed shoes --model clip-vit-b32
  $ imagefleet catalogs drop shoes --yes 1204   the number of pictures and open tasks, as asked for`,
    )
    .action(() =>
      run(async ({ operator, paint }) => {
        const all = await (await operator()).catalogs.list();
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
      run(async ({ operator }) => {
        const { catalogs: service } = await operator();
        await service.rename(catalog, name);
        return { json: catalogDocument(await service.get(name)), text: `Catalog "${catalog}" is now "${name}".\n` };
      }),
    );

  catalogs
    .command('drop')
    .description('Forget a catalog with all its records and vectors. The picture files are left alone.')
    .argument('<catalog>', 'name or id')
    .option('--yes <count>', 'yes, this many pictures and open tasks')
    .action((catalog, { yes }) =>
      run(async (cli) => {
        const { catalogs: service } = await cli.operator();
        const { name, images } = await service.get(catalog);
        const tasks = await service.openTasks(catalog);
        await confirmRemoval(cli, `dropping "${name}"`, images, yes, tasks);
        const cancelled = await service.drop(catalog, images + tasks);
        const text = `Dropped "${name}" with ${formatNumberOf(images, 'picture')}`;
        return {
          json: { dropped: name, images, cancelled_tasks: cancelled },
          text: cancelled ? `${text}; ${formatNumberOf(cancelled, 'task')} cancelled.\n` : `${text}.\n`,
        };
      }),
    );

  addReEmbed(catalogs, run);
}

export function formatCatalogs(catalogs: readonly ListedCatalog[], paint: Paint): string {
  const now = Date.now();
  return formatTable<ListedCatalog>(
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
