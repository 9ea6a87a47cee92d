import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { AppError } from '../../../src-core/domain/app-error.ts';
import {
  discovered,
  isFinished,
  LEDGER_OUTCOMES,
  type LedgerLine,
  type LedgerOutcome,
} from '../../../src-core/domain/import.ts';
import { csvLine } from '../../../src-core/domain/csv-line.ts';
import type { NamedImport } from '../../client/operator.ts';
import type { Cli, Outcome, Run } from '../cli.ts';
import { COUNT_NAMES, importDocument } from '../../documents.ts';
import { formatAgo, formatCount, printable } from '../format.ts';
import { wholeNumber, type Program } from '../global-options.ts';
import { failedFiles, formatFailures } from '../failures.ts';
import type { Paint } from '../io.ts';
import { writeLedgerCsv, writeLedgerJson } from '../ledger-stream.ts';
import { STATE_STYLES } from '../styles.ts';
import { formatFields, formatTable } from '../table.ts';

const TRIMMED =
  'The lines of this import are not kept any more, only their counts; "imports.keepLedgers" says of how many imports they are.\n';

export function addImports(program: Program, run: Run): void {
  program
    .command('imports')
    .description(
      'List imports, newest first; or show one: its counts and the files that failed, or every file with --csv.',
    )
    .argument('[id]', 'an import')
    .option('--limit <count>', 'at most so many imports, or failed files', wholeNumber(1, 10_000), 20)
    .option('--csv', 'the ledger of the import as CSV, what became of each file; or the list of imports')
    .addOption(new Option('--outcome <outcomes>', 'only lines of these, separated by commas').argParser(outcomeList))
    .addHelpText(
      'after',
      `
Examples:
  $ imagefleet imports
  $ imagefleet imports 3f2c9d1e-… --limit 1000
  $ imagefleet imports 3f2c9d1e-… --csv --outcome failed,missing > to-do.csv
  $ imagefleet imports 3f2c9d1e-… --json                  with the whole ledger`,
    )
    .action((id, { limit, csv, outcome }) =>
      run(async (cli) => {
        if (csv && cli.json) throw new AppError('INVALID_INPUT', '--csv is a format of its own: leave --json out');
        if (id !== undefined) return showImport(cli, id, limit, csv === true, outcome);
        if (outcome) throw new AppError('INVALID_INPUT', '--outcome needs the id of an import');
        return csv ? listAsCsv(cli, limit) : listImports(cli, limit);
      }),
    );
}

function outcomeList(text: string): LedgerOutcome[] {
  return text.split(',').map((name) => {
    const found = LEDGER_OUTCOMES.find((outcome) => outcome === name.trim() || COUNT_NAMES[outcome] === name.trim());
    if (found) return found;
    throw new InvalidArgumentError(`There is no outcome "${name}"; there are ${LEDGER_OUTCOMES.join(', ')}.`);
  });
}

async function listImports(cli: Cli, limit: number): Promise<Outcome> {
  const runs = await (await cli.operator()).imports.list(limit);
  return {
    json: { imports: runs.map((each) => importDocument(each.run, each)) },
    text: runs.length ? formatImports(runs, cli.paint) : 'Nothing was imported yet: "imagefleet index FOLDER" does.\n',
  };
}

const LISTED = [
  ...([
    'import_id',
    'state',
    'reason',
    'catalog',
    'root',
    'priority',
    'started_by',
    'created_at',
    'finished_at',
    'discovered',
  ] as const),
  ...Object.values(COUNT_NAMES),
] as const;

async function listAsCsv(cli: Cli, limit: number): Promise<Outcome> {
  const runs = await (await cli.operator()).imports.list(limit);
  const documents = runs.map((each) => importDocument(each.run, each));
  const lines = documents.map((document) => csvLine(LISTED.map((column) => document[column])));
  return { json: undefined, text: csvLine(LISTED) + lines.join('') };
}

async function showImport(
  cli: Cli,
  id: string,
  limit: number,
  csv: boolean,
  outcomes: LedgerOutcome[] | undefined,
): Promise<Outcome> {
  const { imports } = await cli.operator();
  const each = await imports.get(id);
  const { run } = each;
  if (discovered(run.counts) > 0 && (await imports.ledger(id, {}, 1)).items.length === 0) cli.io.stderr.write(TRIMMED);
  const which = { log: imports, importId: id, outcomes };
  if (csv) return writeLedgerCsv(cli.io.stdout, which);
  const items = await failedFiles(imports, [run], limit);
  if (!cli.json) return { json: undefined, text: formatImport(each, items, cli.paint) };
  const head = {
    ...importDocument(run, each),
    failed_files: items.map(({ name, reason, message, taskId }) => ({
      path: name,
      code: reason,
      message,
      task_id: taskId,
    })),
  };
  return writeLedgerJson(cli.io.stdout, head, which);
}

export function formatImports(runs: readonly NamedImport[], paint: Paint): string {
  const now = Date.now();
  return formatTable<NamedImport>(
    [
      { title: 'IMPORT', value: ({ run }) => run.id },
      { title: 'STATE', value: ({ run }) => run.state, style: ({ run }) => STATE_STYLES[run.state] },
      { title: 'FOUND', value: ({ run }) => formatCount(discovered(run.counts)), align: 'right' },
      { title: 'DONE', value: ({ run }) => formatCount(run.counts.indexed), align: 'right' },
      { title: 'SKIPPED', value: ({ run }) => formatCount(run.counts.skipped), align: 'right' },
      { title: 'FAILED', value: ({ run }) => formatCount(run.counts.failed), align: 'right' },
      { title: 'STARTED', value: ({ run }) => formatAgo(run.createdAt, now) },
      { title: 'BY', value: ({ run }) => run.startedBy ?? '' },
      { title: 'CATALOG', value: ({ catalog }) => catalog },
      { title: 'SOURCE', value: ({ root }) => root },
    ],
    runs,
    paint,
  );
}

function formatImport({ run, catalog, root }: NamedImport, failed: readonly LedgerLine[], paint: Paint): string {
  const now = Date.now();
  const counts = Object.entries(COUNT_NAMES).flatMap(([outcome, name]) => {
    const count = run.counts[outcome as keyof typeof COUNT_NAMES];
    return count ? [[name, formatCount(count)] as const] : [];
  });
  const state = run.reason === null ? run.state : `${run.state}: ${run.reason}`;
  const fields = formatFields(
    [
      ['import', run.id],
      ['state', isFinished(run.state) ? state : `${state} (the same "imagefleet index" resumes it)`],
      ['catalog', catalog],
      ['source', printable(root)],
      ['started', `${formatAgo(run.createdAt, now)}${run.startedBy === null ? '' : `, by ${run.startedBy}`}`],
      ...(run.finishedAt === null ? [] : [['finished', formatAgo(run.finishedAt, now)] as const]),
      ['discovered', formatCount(discovered(run.counts))],
      ...counts,
    ],
    paint,
  );
  return fields + formatFailures(failed, run.counts.failed, paint);
}
