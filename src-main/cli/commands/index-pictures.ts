import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import { AppError } from '../../../src-core/domain/app-error.ts';
import { DEFAULT_CATALOG } from '../../../src-core/domain/catalog.ts';
import { TASK_PRIORITIES } from '../../../src-core/domain/task.ts';
import type { Cli, Outcome, Run } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { failedFiles } from '../failures.ts';
import { collect, columnOption, sharedFolderOption, workerNumber, type Program } from '../global-options.ts';
import { refuseAtServer } from '../refuse-at-server.ts';
import { runIndex, type IndexReport } from '../run-index.ts';
import { indexDocument, indexSummary, LISTED_FAILURES } from '../index-summary.ts';

export function addIndex(program: Program, run: Run): void {
  program
    .command('index')
    .description(
      'Index folders of pictures (or files, or manifests) with a fleet of workers. Unchanged files are skipped.',
    )
    .argument('<path...>', 'folders, pictures, or manifests (.csv, .jsonl) whose lines name pictures')
    .option('--catalog <name>', 'catalog to put them in; made where there is none', DEFAULT_CATALOG)
    .option('--manifest <file>', 'CSV or JSON lines with product_id, name, description … for the files of the folder')
    .option(
      '--column <field=column>',
      'the column of the manifest that holds path, product_id, name or description; may be repeated',
      columnOption,
    )
    .option('--workers <count>', 'worker processes, or auto; 0 leaves the work to other processes', workerNumber)
    .addOption(
      new Option('--priority <priority>', 'before or after other imports')
        .choices(TASK_PRIORITIES)
        .default('normal' as const),
    )
    .option('--include <pattern>', 'only files like this (*.jpg, 2024/), now and later; may be repeated', collect)
    .option(
      '--exclude <pattern>',
      'no files or folders like this (drafts/, *.bak.jpg), now and later; may be repeated',
      collect,
    )
    .option('--path-map <shared=here>', 'a folder that machines share lies here; may be repeated', sharedFolderOption)
    .option('--yes <count>', 'yes, this many pictures leave the catalog by new rules')
    .option('--no-wait', 'fail when a source, the store or disk space is away, instead of waiting for it')
    .option('--strict', 'exit with 1 when a picture failed')
    .option('--watch', 'go on following the folders until Ctrl-C')
    .addOption(
      new Option('--dry-run', 'say what would be done and how long it would take, and write nothing').conflicts(
        'watch',
      ),
    )
    .addHelpText(
      'after',
      `
Ctrl-C stops cleanly (again: at once); the same command resumes.

Examples:
  $ imagefleet index ~/Pictures
  $ imagefleet index shoes/ --manifest shoes.csv --catalog shop --workers 4
  $ imagefleet index /mnt/a /mnt/b --priority low --strict --json
  $ imagefleet index ~/Pictures --dry-run
  $ imagefleet index ~/Pictures --watch`,
    )
    .action(
      (
        paths,
        {
          catalog,
          manifest,
          column: columns,
          workers,
          priority,
          include,
          exclude,
          pathMap,
          yes,
          wait,
          strict,
          watch,
          dryRun,
        },
      ) =>
        run(
          async (cli) => {
            const rules = { include: include ?? [], exclude: exclude ?? [] };
            const request = { paths, catalog, manifest, columns, priority, rules, yes, impatient: !wait };
            const server = await cli.server();
            if (server) {
              refuseAtServer({
                '--workers': workers,
                '--path-map': pathMap,
                '--watch': watch,
                '--dry-run': dryRun,
              });
              const { followIndex } = await import('../follow-index.ts');
              return outcomeOf(cli, await followIndex(cli, server, request), strict);
            }
            if (dryRun) {
              const { runDry } = await import('../dry-run.ts');
              return runDry(cli, { paths, catalog, manifest, columns, rules });
            }
            await mustExist(cli, catalog, [...paths, ...(manifest === undefined ? [] : [manifest])]);
            if (watch) {
              const { runWatch } = await import('../run-watch.ts');
              await runWatch(cli, request);
              return { json: undefined, text: '' };
            }
            return outcomeOf(cli, await runIndex(cli, request), strict);
          },
          { 'fleet.workers': workers, 'paths.map': pathMap },
        ),
    );
}

async function outcomeOf(cli: Cli, report: IndexReport, strict = false): Promise<Outcome> {
  const { imports } = await cli.operator();
  const failures = await failedFiles(imports, report.runs, LISTED_FAILURES);
  return {
    json: indexDocument(report),
    text: indexSummary(report, failures, cli.paint),
    exitCode: exitCodeOfIndex(report, strict),
  };
}

/** A source that is away is waited for; a path where nothing was ever imported from is a slip of the pen. */
async function mustExist({ console }: Cli, catalogName: string, paths: readonly string[]): Promise<void> {
  for (const path of paths.map((text) => resolve(text))) {
    try {
      await access(path);
    } catch (error) {
      const catalog = (await (await console.store()).catalogs()).find(({ name }) => name === catalogName);
      if (catalog && (await (await console.sources()).at(path, catalog.id))) continue;
      throw new AppError('NOT_FOUND', `there is no file or folder ${path}`, { cause: error, details: { path } });
    }
  }
}

export function exitCodeOfIndex({ runs, interrupted }: IndexReport, strict: boolean): ExitCode {
  if (interrupted) return EXIT.interrupted;
  if (runs.some(({ state }) => state !== 'completed')) return EXIT.failed;
  return strict && runs.some(({ counts }) => counts.failed > 0) ? EXIT.failed : EXIT.done;
}
