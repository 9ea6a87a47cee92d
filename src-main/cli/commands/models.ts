import type { ListedModelDocument } from '../../client/model-desk.ts';
import type { Run } from '../cli.ts';
import { EXIT } from '../exit-codes.ts';
import { followDownload } from '../follow-download.ts';
import { formatBytes } from '../format.ts';
import type { Program } from '../global-options.ts';
import type { Paint } from '../io.ts';
import { formatTable } from '../table.ts';

export function addModels(program: Program, run: Run): void {
  const models = program
    .command('models')
    .description('List models, download, add or remove one, or choose the one of new catalogs.')
    .addHelpText(
      'after',
      `
Examples:
  $ imagefleet models list
  $ imagefleet models download clip-vit-b32
  $ imagefleet models add ~/Downloads/clip --as clip-vit-b32
  $ imagefleet models use clip-vit-b32`,
    );

  models
    .command('list')
    .description(
      'List the models of this data dir and those that came with the program, then those that can be downloaded.',
    )
    .action(() =>
      run(async ({ operator, paint }) => {
        const all = await (await operator()).models.list();
        return {
          json: { models: all },
          text: all.length ? formatModels(all, paint) : 'There is no model: "imagefleet models add FILE" takes one.\n',
        };
      }),
    );

  models
    .command('download')
    .description(
      'Bring a model from the hub that models.mirror names. One that was broken off goes on where it stopped.',
    )
    .argument('<id>', 'a model')
    .action((id) =>
      run(async (cli) => {
        const { state, bytes } = await followDownload(cli, (await cli.operator()).models, id);
        if (state === 'running') {
          const text = `The server goes on with it; "imagefleet models cancel ${id}" stops it.\n`;
          return { json: { downloading: id, bytes }, text, exitCode: EXIT.interrupted };
        }
        if (state === 'cancelled') {
          const text = `Stopped. What has come of "${id}" is kept: the same command goes on with it.\n`;
          return { json: { cancelled: id, bytes }, text, exitCode: EXIT.interrupted };
        }
        return {
          json: { downloaded: id, bytes },
          text: `Downloaded "${id}" (${formatBytes(bytes)}). "imagefleet models use ${id}" takes it for new catalogs.\n`,
        };
      }),
    );

  models
    .command('cancel')
    .description('Stop a download of the server that --server names. What has come is kept.')
    .argument('<id>', 'a model')
    .action((id) =>
      run(async ({ operator }) => {
        await (await operator()).models.cancel(id);
        return {
          json: { cancelled: id },
          text: `Stopped. "imagefleet models download ${id}" goes on with what has come.\n`,
        };
      }),
    );

  models
    .command('add')
    .description('Copy a model into this data dir. Its files must be those whose checksums the manifest has.')
    .argument('<path>', 'a manifest (*.json) beside its files, or the folder of all')
    .option('--as <id>', 'the folder has no manifest but the files of this model as the hub has them')
    .action((path, options) =>
      run(async ({ operator }) => {
        const id = await (await operator()).models.add(path, options.as);
        return {
          json: { added: id },
          text: `Added "${id}". "imagefleet models use ${id}" takes it for new catalogs.\n`,
        };
      }),
    );

  models
    .command('remove')
    .description('Take a model out of this data dir that no catalog was made with, or what has come of one.')
    .argument('<id>', 'a model')
    .action((id) =>
      run(async ({ operator }) => {
        await (await operator()).models.remove(id);
        return { json: { removed: id }, text: `Removed "${id}".\n` };
      }),
    );

  models
    .command('use')
    .description('Choose the model of new catalogs. Those that there are keep theirs.')
    .argument('<id>', 'a model')
    .action((id) =>
      run(async ({ operator }) => {
        await (await operator()).models.use(id);
        return {
          json: { used: id },
          text: `New catalogs are made with "${id}". What runs now keeps its model until it is started again.\n`,
        };
      }),
    );
}

function formatModels(models: readonly ListedModelDocument[], paint: Paint): string {
  return formatTable<ListedModelDocument>(
    [
      { title: 'MODEL', value: ({ id }) => id },
      { title: 'USED', value: ({ in_use }) => (in_use ? 'yes' : '') },
      { title: 'NUMBERS', value: ({ dimension }) => String(dimension ?? '–'), align: 'right' },
      { title: 'PIXELS', value: ({ input_size }) => String(input_size ?? '–'), align: 'right' },
      { title: 'TEXT', value: ({ has_text }) => (has_text ? 'yes' : '') },
      { title: 'FROM', value: ({ installed, built_in }) => (!installed ? 'hub' : built_in ? 'program' : 'data dir') },
      { title: 'LICENSE', value: ({ license }) => license ?? '' },
      {
        title: 'PROBLEM',
        value: ({ problem }) => problem?.message ?? '',
        style: ({ problem }) => (problem ? 'red' : null),
      },
    ],
    models,
    paint,
  );
}
