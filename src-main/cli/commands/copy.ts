import { InvalidArgumentError } from '@commander-js/extra-typings';
import { resolve } from 'node:path';
import { AppError } from '../../../src-core/domain/app-error.ts';
import { checkBackup } from '../../services/copy/check-backup.ts';
import { copyCatalog, type CopyReport } from '../../services/copy/copy-catalog.ts';
import { removeSource } from '../../services/copy/remove-source.ts';
import { refuseWhileFed } from '../../services/imports/refuse-while-fed.ts';
import type { Cli, Outcome, Run } from '../cli.ts';
import { confirmRemoval } from '../confirm.ts';
import { openCopySides, type CopyPlaces } from '../copy-sides.ts';
import { EXIT } from '../exit-codes.ts';
import { formatCount, formatDuration, formatNumberOf, formatRate, printable } from '../format.ts';
import type { Program } from '../global-options.ts';
import { listenForInterrupt } from '../interrupt.ts';
import { showProgress } from '../progress.ts';
import { createRateWindow } from '../rate-window.ts';

export function addCopy(program: Program, run: Run): void {
  program
    .command('copy')
    .description('Copy a catalog to another store or a folder, and back. No picture is read or indexed again.')
    .option('--catalog <name>', 'name or id of the catalog (else default, or the one in the folder)')
    .option('--to-qdrant <url>', 'to this Qdrant server', httpUrl)
    .option('--from-qdrant <url>', 'from this Qdrant server', httpUrl)
    .option('--to-folder <folder>', 'to this folder, as a backup')
    .option('--from-folder <folder>', 'from the backup in this folder')
    .option('--as <name>', 'name of the copy (else that of the catalog)')
    .option('--check', 'only read the backup of --from-folder and say whether it is whole')
    .option('--remove-source', 'drop the catalog where it came from, once the copy was compared')
    .option('--yes <count>', 'yes, drop this many pictures there')
    .addHelpText(
      'after',
      `
The side that is not named is the store of the settings, else the one in the data dir.

Examples:
  $ imagefleet copy --catalog shop --to-qdrant http://localhost:6333
  $ imagefleet copy --catalog shop --from-qdrant http://localhost:6333
  $ imagefleet copy --catalog shop --to-folder /backup/shop-2024-05-01
  $ imagefleet copy --from-folder /backup/shop-2024-05-01`,
    )
    .action(({ check = false, removeSource = false, yes, ...places }) =>
      run(async (cli) => {
        await refuseServer(cli);
        return check ? runCheck(cli, places) : runCopy(cli, places, removeSource, yes);
      }),
    );
}

function httpUrl(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text;
  throw new InvalidArgumentError('It must look like http://localhost:6333.');
}

async function refuseServer(cli: Cli): Promise<void> {
  const server = await cli.server();
  if (!server) return;
  throw new AppError(
    'INVALID_INPUT',
    `copy opens both stores itself, by addresses and folders of this machine, so the server ${server.url} cannot be asked ` +
      'to: run it where both can be reached, without --server',
  );
}

async function runCopy(cli: Cli, places: CopyPlaces, remove: boolean, yes: string | undefined): Promise<Outcome> {
  const sides = await openCopySides(cli, places);
  try {
    const { source, sourceStore } = sides;
    const { catalog } = source;
    if (remove) {
      if (!sourceStore) throw new AppError('INVALID_INPUT', 'a backup is not removed; delete its folder yourself');
      await refuseWhileFed(await cli.console.importLog(), catalog);
      const what = `dropping “${catalog.name}” from ${source.title} after the copy`;
      await confirmRemoval(cli, what, await source.count(), yes);
    }
    const target = await sides.openTarget();
    const began = performance.now();
    const report = await withProgress(cli, (options) => copyCatalog(source, target, options));
    const ms = performance.now() - began;
    const removed = remove && sourceStore !== null && !report.interrupted;
    if (removed) {
      await refuseWhileFed(await cli.console.importLog(), catalog);
      await removeSource(sourceStore, catalog, report.records);
    }
    return outcomeOf(report, { catalog, from: source.title, to: target.title, ms, removed });
  } finally {
    await sides.close();
  }
}

async function runCheck(cli: Cli, { fromFolder, toFolder, toQdrant }: CopyPlaces): Promise<Outcome> {
  if (fromFolder === undefined || toFolder !== undefined || toQdrant !== undefined) {
    throw new AppError('INVALID_INPUT', '--check needs --from-folder and nowhere to copy to');
  }
  const folder = resolve(fromFolder);
  const { catalog, records, startedAt, interrupted } = await withProgress(cli, (options) =>
    checkBackup(folder, options),
  );
  const of = `the backup of “${catalog.name}” in ${printable(folder)}`;
  const made = new Date(startedAt).toISOString();
  return {
    json: { catalog: catalog.name, catalog_id: catalog.id, records, made_at: made, interrupted },
    text: interrupted
      ? `Stopped: ${formatNumberOf(records, 'record')} of ${of} are whole.\n`
      : `${formatNumberOf(records, 'record')}: ${of}, made at ${made}, is whole.\n`,
    exitCode: interrupted ? EXIT.interrupted : EXIT.done,
  };
}

const RATE_WINDOW_MS = 10_000;

interface Watched {
  signal: AbortSignal;
  onProgress: (done: number, total: number) => void;
}

/** Shows how far `work` is, and lets Ctrl-C end it after what it has begun. */
async function withProgress<T>(cli: Cli, work: (watched: Watched) => Promise<T>): Promise<T> {
  const interrupt = listenForInterrupt(cli.io);
  const failure = new AbortController();
  const recent = createRateWindow(RATE_WINDOW_MS);
  const line = { discovered: 0, done: 0, failed: 0, walking: false, note: null };
  const view = await showProgress(
    cli,
    async () => ({ ...line, rate: recent.rate() }),
    (error) => failure.abort(error),
  );
  try {
    return await work({
      signal: AbortSignal.any([interrupt.signal, failure.signal]),
      onProgress(done, total) {
        Object.assign(line, { done, discovered: Math.max(done, total) });
        recent.add(performance.now(), done);
      },
    });
  } finally {
    await view.stop();
    interrupt.stop();
    failure.signal.throwIfAborted();
  }
}

interface CopyFacts {
  catalog: { id: string; name: string };
  from: string;
  to: string;
  ms: number;
  removed: boolean;
}

function outcomeOf(report: CopyReport, { catalog, from, to, ms, removed }: CopyFacts): Outcome {
  const { records, copied, unchanged, keptNewer, compared, interrupted } = report;
  const rate = copied / (ms / 1000);
  return {
    json: {
      catalog: catalog.name,
      catalog_id: catalog.id,
      from,
      to,
      records,
      copied,
      unchanged,
      kept_newer: keptNewer,
      compared,
      source_removed: removed,
      duration_seconds: Number((ms / 1000).toFixed(3)),
      records_per_second: Number(rate.toFixed(1)),
      interrupted,
    },
    text: [
      `“${catalog.name}” from ${printable(from)} to ${printable(to)}: ${formatNumberOf(copied, 'record')} copied in ${formatDuration(ms)}`,
      ` (${formatRate(rate)}), ${formatCount(unchanged)} there already`,
      keptNewer > 0 ? `, ${formatCount(keptNewer)} newer there and kept.\n` : '.\n',
      interrupted
        ? 'Stopped before the end; the same command goes on.\n'
        : `Both hold ${formatNumberOf(records, 'record')}; of ${formatCount(compared)} that were compared, all are equal.\n`,
      removed ? `Dropped “${catalog.name}” from ${printable(from)}.\n` : '',
    ].join(''),
    exitCode: interrupted ? EXIT.interrupted : EXIT.done,
  };
}
