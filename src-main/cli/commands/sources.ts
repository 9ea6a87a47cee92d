import { DEFAULT_CATALOG } from '../../../src-core/domain/catalog.ts';
import { NO_RULES, rulesWith, type SourceRules } from '../../../src-core/domain/import.ts';
import type { Run } from '../cli.ts';
import { changeRules } from '../change-rules.ts';
import { confirmRemoval } from '../confirm.ts';
import { sourceDocument, type ListedSource } from '../../documents.ts';
import { formatCount, formatNumberOf, printable } from '../format.ts';
import { collect, type Program } from '../global-options.ts';
import type { Paint } from '../io.ts';
import { formatTable } from '../table.ts';

export function addSources(program: Program, run: Run): void {
  const sources = program
    .command('sources')
    .description(
      'List where catalogs come from; change the rules of a source, watch it, say where it lies now, or remove it.',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ imagefleet sources
  $ imagefleet sources rules ~/Pictures --exclude drafts/ --exclude '*-old.*'
  $ imagefleet sources watch ~/Pictures
  $ imagefleet sources move /mnt/old/photos /mnt/new/photos`,
    )
    .action(() =>
      run(async ({ operator, paint }) => {
        const all = await (await operator()).sources.list();
        return {
          json: { sources: all.map(sourceDocument) },
          text: all.length
            ? formatSources(all, paint)
            : 'There is no source yet: "imagefleet index FOLDER" makes one.\n',
        };
      }),
    );

  sources
    .command('rules')
    .description(
      'Show or change which files of a source are wanted. Pictures that are wanted no more leave the catalog.',
    )
    .argument('<source>', 'its folder or id')
    .option('--catalog <name>', 'name or id of the catalog', DEFAULT_CATALOG)
    .option('--include <pattern>', 'only files like this (*.jpg, 2024/); may be repeated', collect)
    .option('--exclude <pattern>', 'no files or folders like this (drafts/, *.bak.jpg); may be repeated', collect)
    .option('--clear', 'no rules any more, but those given here')
    .option('--yes <count>', 'yes, this many pictures and tasks together')
    .action((path, { catalog, include, exclude, clear, yes }) =>
      run(async (cli) => {
        const source = await (await cli.operator()).sources.get(path, catalog);
        const rules = rulesWith(clear ? NO_RULES : source.rules, { include: include ?? [], exclude: exclude ?? [] });
        const isNew = include || exclude || clear;
        const { removed, cancelled } = isNew
          ? await changeRules(cli, source, rules, yes)
          : { removed: 0, cancelled: 0 };
        return {
          json: {
            ...sourceDocument({ ...source, rules, pictures: source.pictures - removed }),
            removed,
            cancelled_tasks: cancelled,
          },
          text:
            formatRules(rules) +
            (removed ? `${formatNumberOf(removed, 'picture')} left the catalog.\n` : '') +
            cancelledText(cancelled),
        };
      }),
    );

  sources
    .command('watch')
    .description(
      'Let the server of this data dir take the changes of a source in as they happen, also after a restart.',
    )
    .argument('<source>', 'its folder or id')
    .option('--catalog <name>', 'name or id of the catalog', DEFAULT_CATALOG)
    .option('--off', 'no more')
    .action((path, { catalog, off }) =>
      run(async (cli) => {
        const { sources: desk } = await cli.operator();
        const now = await desk.setWatch(await desk.get(path, catalog), off !== true);
        const where = printable(now.path);
        return {
          json: sourceDocument(now),
          text: now.watch
            ? `${where} is watched while "imagefleet serve" runs on this data dir.\n`
            : `${where} is not watched any more.\n`,
        };
      }),
    );

  sources
    .command('move')
    .description('Say that a source lies elsewhere now. Its records go over; no picture is read.')
    .argument('<source>', 'its old folder or id')
    .argument('<folder>', 'where it lies now')
    .option('--catalog <name>', 'name or id of the catalog', DEFAULT_CATALOG)
    .action((path, folder, { catalog }) =>
      run(async (cli) => {
        const { sources: desk } = await cli.operator();
        const { moved, now } = await desk.move(await desk.get(path, catalog), folder);
        return {
          json: { ...sourceDocument(now), moved },
          text: `${formatNumberOf(moved, 'picture')} moved; the source is ${printable(now.path)} now.\n`,
        };
      }),
    );

  sources
    .command('remove')
    .description('Take a source and its pictures out of the catalog. The files are left alone.')
    .argument('<source>', 'its folder or id')
    .option('--catalog <name>', 'name or id of the catalog', DEFAULT_CATALOG)
    .option('--yes <count>', 'yes, this many pictures and tasks together')
    .action((path, { catalog, yes }) =>
      run(async (cli) => {
        const { sources: desk } = await cli.operator();
        const source = await desk.get(path, catalog);
        const ask = (images: number, tasks?: number) =>
          confirmRemoval(cli, `removing the source ${source.path}`, images, yes, tasks);
        const { removed, cancelled } = await desk.remove(source, ask);
        return {
          json: { removed, cancelled_tasks: cancelled, path: source.path },
          text: `${formatNumberOf(removed, 'picture')} left "${source.catalog}".\n` + cancelledText(cancelled),
        };
      }),
    );
}

function cancelledText(tasks: number): string {
  return tasks === 0 ? '' : `${formatNumberOf(tasks, 'task')} cancelled.\n`;
}

function formatRules({ include, exclude }: SourceRules): string {
  const lines = [
    ...include.map((pattern) => `include  ${pattern}`),
    ...exclude.map((pattern) => `exclude  ${pattern}`),
  ];
  return lines.length ? `${lines.join('\n')}\n` : 'No rules: all pictures but those that nobody wants.\n';
}

function formatSources(sources: readonly ListedSource[], paint: Paint): string {
  return formatTable<ListedSource>(
    [
      { title: 'CATALOG', value: ({ catalog }) => catalog },
      { title: 'PICTURES', value: ({ pictures }) => formatCount(pictures), align: 'right' },
      { title: 'MISSING', value: ({ missing }) => formatCount(missing), align: 'right' },
      {
        title: 'RULES',
        value: ({ rules }) => formatCount(rules.include.length + rules.exclude.length),
        align: 'right',
      },
      { title: 'WATCHED', value: ({ watch }) => (watch ? 'yes' : '') },
      { title: 'SOURCE', value: ({ path }) => path },
    ],
    sources,
    paint,
  );
}
