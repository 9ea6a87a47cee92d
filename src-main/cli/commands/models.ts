import { saveSettings } from '../../../src-core/settings/save.ts';
import type { Run } from '../cli.ts';
import type { Program } from '../global-options.ts';
import type { Paint } from '../io.ts';
import { addModel, findModel, listedModels, removeModel, type ListedModel } from '../models.ts';
import { formatTable } from '../table.ts';

export function addModels(program: Program, run: Run): void {
  const models = program
    .command('models')
    .description('List models, add or remove one, or choose the one of new catalogs.')
    .addHelpText(
      'after',
      `
Examples:
  $ imagefleet models list
  $ imagefleet models add ~/Downloads/clip-vit-b32.json
  $ imagefleet models use clip-vit-b32`,
    );

  models
    .command('list')
    .description('List the models of this data dir and those that came with the program.')
    .action(() =>
      run(async ({ console, paint }) => {
        const all = await listedModels(console);
        return {
          json: { models: all.map(modelDocument) },
          text: all.length ? formatModels(all, paint) : 'There is no model: "imagefleet models add FILE" takes one.\n',
        };
      }),
    );

  models
    .command('add')
    .description('Copy a model into this data dir. Its file must be the one whose checksum the manifest has.')
    .argument('<path>', 'a manifest (*.json) beside its ONNX file, or the folder of both')
    .action((path) =>
      run(async ({ console }) => {
        const { id } = await addModel(console, path);
        return {
          json: { added: id },
          text: `Added "${id}". "imagefleet models use ${id}" takes it for new catalogs.\n`,
        };
      }),
    );

  models
    .command('remove')
    .description('Take a model out of this data dir that no catalog was made with.')
    .argument('<id>', 'a model')
    .action((id) =>
      run(async ({ console }) => {
        await removeModel(console, id);
        return { json: { removed: id }, text: `Removed "${id}".\n` };
      }),
    );

  models
    .command('use')
    .description('Choose the model of new catalogs. Those that there are keep theirs.')
    .argument('<id>', 'a model')
    .action((id) =>
      run(async ({ console }) => {
        const { problem } = await findModel(console, id);
        if (problem) throw problem;
        await saveSettings(console.dataDir.root, { 'model.id': id });
        return {
          json: { used: id },
          text: `New catalogs are made with "${id}". What runs now keeps its model until it is started again.\n`,
        };
      }),
    );
}

function modelDocument({ id, manifest, inUse, builtIn, problem }: ListedModel) {
  return {
    id,
    in_use: inUse,
    dimension: manifest?.output.dimension ?? null,
    input_size: manifest?.input.size ?? null,
    license: manifest?.license ?? null,
    source: manifest?.source ?? null,
    built_in: builtIn,
    problem: problem && { code: problem.code, message: problem.message },
  };
}

function formatModels(models: readonly ListedModel[], paint: Paint): string {
  return formatTable<ListedModel>(
    [
      { title: 'MODEL', value: ({ id }) => id },
      { title: 'USED', value: ({ inUse }) => (inUse ? 'yes' : '') },
      { title: 'NUMBERS', value: ({ manifest }) => String(manifest?.output.dimension ?? '–'), align: 'right' },
      { title: 'PIXELS', value: ({ manifest }) => String(manifest?.input.size ?? '–'), align: 'right' },
      { title: 'FROM', value: ({ builtIn }) => (builtIn ? 'program' : 'data dir') },
      { title: 'LICENSE', value: ({ manifest }) => manifest?.license ?? '' },
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
