import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { AppError } from '../../../src-core/domain/app-error.ts';
import { DEFAULT_CATALOG } from '../../../src-core/domain/catalog.ts';
import { DEFAULT_GROUP_SCORE, DEFAULT_LEAST_SCORE, GROUP_KINDS } from '../../../src-core/domain/duplicates.ts';
import { splitValues } from '../../../src-core/domain/value-list.ts';
import type { DuplicateQuery } from '../../client/duplicate-desk.ts';
import type { Cli, Outcome, Run } from '../cli.ts';
import { confirmRemoval } from '../confirm.ts';
import { formatGroups } from '../duplicate-groups.ts';
import { runScan } from '../follow-scan.ts';
import { formatNumberOf } from '../format.ts';
import { wholeNumber, type Program } from '../global-options.ts';
import { put } from '../streams.ts';

export function addDuplicates(program: Program, run: Run): void {
  program
    .command('duplicates')
    .description(
      'Find exact and near duplicates of a whole catalog, and choose which to keep. No file is ever deleted.',
    )
    .argument('[catalog]', 'name or id of the catalog', DEFAULT_CATALOG)
    .option('--threshold <score>', 'how alike they are at least, from 0.9 to 1', threshold, DEFAULT_GROUP_SCORE)
    .addOption(new Option('--kind <kind>', 'only groups of the same bytes, or only others').choices(GROUP_KINDS))
    .option('--hide-same-product', 'pairs within one product do not count')
    .option('--across-products', 'only groups whose pictures lie under several products')
    .option(
      '--keep <rules>',
      'which to keep: some of largest, oldest and folder:PATH, the first decides first',
      ruleList,
    )
    .option('--last', 'show what the last scan found, without another')
    .option('--limit <groups>', 'show at most so many, the largest', wholeNumber(1, 100), 20)
    .option('--csv', 'all groups as CSV on stdout')
    .option('--remove', 'take what --keep marks out of the catalog; the files are left alone')
    .option('--yes <count>', 'yes, this many pictures')
    .addHelpText(
      'after',
      `
Examples:
  $ imagefleet duplicates
  $ imagefleet duplicates shop --threshold 0.97 --keep folder:/photos/master,largest
  $ imagefleet duplicates shop --last --keep largest,oldest --csv > duplicates.csv
  $ imagefleet duplicates shop --last --kind exact --keep oldest --remove --yes 12`,
    )
    .action((catalog, options) =>
      run(async (cli) => {
        const { threshold: min_score, kind, keep = [], last, limit, csv, remove, yes } = options;
        if (csv && cli.json) throw new AppError('INVALID_INPUT', '--csv is a format of its own: leave --json out');
        if (remove && (csv || keep.length === 0)) {
          throw new AppError('INVALID_INPUT', '--remove needs --keep, and goes without --csv');
        }
        const { duplicates: desk } = await cli.operator();
        if (!last) await runScan(cli, desk, catalog);
        const query: DuplicateQuery = {
          catalog,
          min_score,
          keep,
          kind,
          hide_same_product: options.hideSameProduct === true,
          across_products: options.acrossProducts === true,
        };
        if (csv) return writeCsv(cli, query);
        return remove ? removeMarked(cli, query, yes) : show(cli, query, limit);
      }),
    );
}

async function show(cli: Cli, query: DuplicateQuery, limit: number): Promise<Outcome> {
  const page = await (await cli.operator()).duplicates.groups(query, limit);
  return { json: page, text: formatGroups(page, cli.paint) };
}

async function writeCsv(cli: Cli, query: DuplicateQuery): Promise<Outcome> {
  for await (const piece of (await cli.operator()).duplicates.csv(query)) await put(cli.io.stdout, piece);
  return { json: undefined, text: '' };
}

async function removeMarked(cli: Cli, query: DuplicateQuery, yes: string | undefined): Promise<Outcome> {
  const { duplicates: desk } = await cli.operator();
  const marked = await desk.countMarked(query);
  await confirmRemoval(cli, `removing duplicates of "${query.catalog}"`, marked, yes);
  const removed = marked === 0 ? 0 : await desk.remove(query, marked);
  return { json: { removed }, text: `${formatNumberOf(removed, 'picture')} left "${query.catalog}".\n` };
}

function threshold(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= DEFAULT_LEAST_SCORE && value <= 1) return value;
  throw new InvalidArgumentError(`It must be a number from ${DEFAULT_LEAST_SCORE} to 1.`);
}

function ruleList(text: string): string[] {
  const rules = splitValues(text);
  if (rules.every((rule) => /^(largest|oldest|folder:.+)$/s.test(rule))) return rules;
  throw new InvalidArgumentError(
    'It must be some of largest, oldest and folder:PATH, parted by commas; one with a comma in double quotes.',
  );
}
