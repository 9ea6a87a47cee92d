import { DEFAULT_CATALOG } from '../../../src-core/domain/catalog.ts';
import { NO_RULES } from '../../../src-core/domain/import.ts';
import type { ListedVerification } from '../../documents.ts';
import type { Cli, Run } from '../cli.ts';
import { openDifferenceSink } from '../difference-sink.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { failedFiles } from '../failures.ts';
import { formatCount, formatNumberOf, printable } from '../format.ts';
import { workerNumber, type Program } from '../global-options.ts';
import { indexDocument, indexSummary, LISTED_FAILURES } from '../index-summary.ts';
import { refuseAtServer } from '../refuse-at-server.ts';
import { runIndex, sumOf, type IndexReport, type IndexRequest } from '../run-index.ts';

export function addVerify(program: Program, run: Run): void {
  program
    .command('verify')
    .description('Compare folders, ledgers and records of a catalog, and say every difference; with --fix repair them.')
    .argument('[catalog|folder]', 'a catalog, or a folder of --catalog')
    .option('--catalog <name>', 'name or id of the catalog', DEFAULT_CATALOG)
    .option('--deep', 'read every file and compare its bytes')
    .option('--fix', 'repair what can be without taking a picture out, and index what has to be')
    .option('--workers <count>', 'worker processes, or auto; 0 leaves the work to other processes', workerNumber)
    .option('--csv <file>', 'write the differences to this file')
    .addHelpText(
      'after',
      `
Examples:
  $ imagefleet verify
  $ imagefleet verify ~/Pictures/2024 --deep --csv differences.csv
  $ imagefleet verify shop --fix --workers 4`,
    )
    .action((target, { catalog, deep = false, fix = false, workers, csv }) =>
      run(
        async (cli) => {
          const server = await cli.server();
          if (server) refuseAtServer({ '--workers': workers });
          const sink = await openDifferenceSink(cli, csv);
          return sink.around(async () => {
            const { sources } = await cli.operator();
            const where = await whereOf(cli, target, catalog);
            const onDifference = sink.write.bind(sink);
            const report = await sources.verify({ ...where, deep, fix, onDifference });
            const runs = fix ? await runImports(cli, report) : [];
            return {
              json: documentOf(report, runs),
              text: summaryOf(report, fix) + (await runSummaries(cli, runs)),
              exitCode: exitCodeOfVerify(report, fix, runs),
            };
          });
        },
        { 'fleet.workers': workers },
      ),
    );
}

/** A folder that is called as a catalog is: `./name`. */
async function whereOf(cli: Cli, target: string | undefined, catalog: string) {
  if (target === undefined) return { catalog };
  const catalogs = await (await cli.operator()).catalogs.list();
  const isCatalog = catalogs.some(({ id, name }) => name === target || id === target);
  return isCatalog ? { catalog: target } : { catalog, folder: target };
}

/** An unfinished import has its own list of what is done, so it is brought to its end before another begins. */
async function runImports(cli: Cli, { catalog, imports }: ListedVerification): Promise<IndexReport[]> {
  const reports: IndexReport[] = [];
  for (const round of [imports.filter(({ unfinished }) => unfinished), imports]) {
    for (const [manifest, sources] of Map.groupBy(round, (each) => each.manifest)) {
      const paths = sources.map(({ path }) => path);
      const request = { catalog, manifest: manifest ?? undefined, priority: 'normal', rules: NO_RULES } as const;
      const report = await drive(cli, { ...request, paths, yes: undefined, impatient: true });
      reports.push(report);
      if (report.interrupted) return reports;
    }
  }
  return reports;
}

/** In this process, or by the server that was asked. */
async function drive(cli: Cli, request: IndexRequest): Promise<IndexReport> {
  const server = await cli.server();
  if (!server) return runIndex(cli, request);
  const { followIndex } = await import('../follow-index.ts');
  return followIndex(cli, server, request);
}

function exitCodeOfVerify(report: ListedVerification, fix: boolean, runs: readonly IndexReport[]): ExitCode {
  if (runs.some(({ interrupted }) => interrupted)) return EXIT.interrupted;
  const unfinished = runs.some((each) => each.runs.some(({ state }) => state !== 'completed'));
  const left = fix ? report.beyondRepair > 0 || unfinished : totalOf(report) > 0;
  return left ? EXIT.failed : EXIT.done;
}

function totalOf({ differences }: ListedVerification): number {
  return sumOf(Object.values(differences), (count) => count ?? 0);
}

function documentOf(report: ListedVerification, runs: readonly IndexReport[]) {
  const { catalog, checked, beyondRepair, failed, underway, notes, untold } = report;
  return {
    catalog,
    checked,
    counts: report.differences,
    total: totalOf(report),
    untold,
    beyond_repair: beyondRepair,
    failed_before: failed,
    underway,
    notes,
    imports: runs.map(indexDocument),
  };
}

function summaryOf(report: ListedVerification, fix: boolean): string {
  const { catalog, checked, differences, beyondRepair, failed, underway, notes, untold } = report;
  const total = totalOf(report);
  const counts = Object.entries(differences).map(([kind, count]) => `${formatCount(count ?? 0)} ${kind}`);
  const repairable = total - beyondRepair;
  const repair = fix
    ? `${formatCount(repairable)} of them repaired, or repaired by the import that follows.\n`
    : `"imagefleet verify --fix" repairs ${formatCount(repairable)} of them, and takes no picture out.\n`;
  const failures = Object.entries(failed).map(([code, count]) => `${code} ${formatCount(count)}`);
  return [
    `"${catalog}": ${formatNumberOf(checked.files, 'file')} found, ${formatCount(checked.known)} known as indexed, `,
    `${formatNumberOf(checked.records, 'record')}.\n`,
    total ? `${formatNumberOf(total, 'difference')}: ${counts.join(', ')}.\n${repair}` : 'No difference.\n',
    untold ? `The server tells the first ${formatCount(total - untold)} of them.\n` : '',
    failures.length ? `Files that cannot be indexed as they are: ${failures.join(', ')}.\n` : '',
    underway ? `${formatNumberOf(underway, 'file')} still to be indexed by an unfinished import.\n` : '',
    ...notes.map((note) => `Not compared: ${printable(note)}.\n`),
  ].join('');
}

async function runSummaries(cli: Cli, runs: readonly IndexReport[]): Promise<string> {
  const { imports } = await cli.operator();
  const texts = await Promise.all(
    runs.map(async (report) => {
      const failures = await failedFiles(imports, report.runs, LISTED_FAILURES);
      return indexSummary(report, failures, cli.paint);
    }),
  );
  return texts.join('');
}
