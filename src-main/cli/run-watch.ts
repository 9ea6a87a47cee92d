import type { Watcher } from '../../src-core/files/watch/create-watcher.ts';
import { LEDGER_OUTCOMES, type ImportRun } from '../../src-core/domain/import.ts';
import type { Cli } from './cli.ts';
import { COUNT_NAMES, importDocument } from '../documents.ts';
import { createFleetOnDemand } from './fleet-on-demand.ts';
import { formatCount, formatNumberOf, printable } from './format.ts';
import { listenForInterrupt } from './interrupt.ts';
import { showProgress, type ProgressView } from './progress.ts';
import { createWaitingTeller } from './tell-waiting.ts';
import { addRules, fleetOf, progressOf, type IndexRequest } from './run-index.ts';

/** The workers of a catalog that is up to date hold memory for nothing. */
const FLEET_REST_MS = 30_000;

/** What is told of each import that changed something, and of the first. */
const TOLD = LEDGER_OUTCOMES.filter((outcome) => outcome !== 'skipped' && outcome !== 'excluded' && outcome !== 'open');

/**
 * Keeps the sources imported until Ctrl-C, and says on stdout what each import brought: a line for people, or one JSON
 * document a line. Throws what imports, queue and store throw.
 */
export async function runWatch(cli: Cli, request: IndexRequest): Promise<void> {
  const { console, io, json } = cli;
  const catalog = await console.ensureCatalog(request.catalog);
  const imports = await console.imports();
  const interrupt = listenForInterrupt(io);
  const failure = new AbortController();
  const signal = AbortSignal.any([interrupt.signal, failure.signal]);
  const fleet = createFleetOnDemand(console, (error) => failure.abort(error), FLEET_REST_MS);
  const workers = await fleetOf(cli);
  /** Imports with open tasks: only then there is progress to show. */
  const busy: ImportRun[] = [];
  let view: Promise<ProgressView> | undefined;

  async function hideProgress(): Promise<void> {
    const shown = view;
    view = undefined;
    await (await shown)?.stop();
  }

  function onProgress(run: ImportRun): void {
    if (run.counts.open === 0) return;
    leave(run);
    busy.push(run);
    if (signal.aborted) return;
    fleet.need();
    view ??= showProgress(cli, progressOf(busy, workers), (error) => failure.abort(error));
  }

  function leave({ id }: ImportRun): void {
    const at = busy.findIndex((run) => run.id === id);
    if (at >= 0) busy.splice(at, 1);
  }

  async function tell(path: string, run: ImportRun, first: boolean): Promise<void> {
    leave(run);
    if (busy.length === 0) {
      await hideProgress();
      fleet.rest();
    }
    const news = TOLD.filter((outcome) => run.counts[outcome] > 0);
    if (news.length === 0 && !first) return;
    const document = importDocument(run, { catalog: catalog.name, root: path });
    io.stdout.write(json ? `${JSON.stringify(document)}\n` : `${line(path, run, news)}\n`);
  }

  async function watchOne(path: string): Promise<void> {
    const { manifest, columns, priority } = request;
    const rules = await addRules(cli, catalog.id, path, request);
    let first = true;
    const waiting = createWaitingTeller(io);
    await imports.follow(
      { catalogId: catalog.id, path, manifest, columns, priority, rules, startedBy: 'cli' },
      {
        signal,
        onProgress,
        onWaiting: waiting.onWaiting,
        onUpToDate: (run) => {
          void tell(path, run, first).catch((error: unknown) => failure.abort(error));
          first = false;
          waiting.isOver();
        },
        async openTouches(source) {
          const tellHow = ({ mode, reason }: Pick<Watcher, 'mode' | 'reason'>): void => {
            const how = mode === 'events' ? 'by file events' : `by looking (${reason})`;
            io.stderr.write(`Watching ${printable(source.path)} ${how}; Ctrl-C stops.\n`);
          };
          let opened = false;
          const touches = await console.openWatcher(source, (state) => opened && tellHow(state));
          opened = true;
          tellHow(touches);
          return touches;
        },
      },
    );
  }

  try {
    const ends = await Promise.allSettled(
      request.paths.map((path) =>
        watchOne(path).catch((error: unknown) => {
          failure.abort(error);
          throw error;
        }),
      ),
    );
    failure.signal.throwIfAborted();
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  } finally {
    await hideProgress();
    if (fleet.running) io.stderr.write('Stopping: the workers finish what they have begun …\n');
    await fleet.stop();
    interrupt.stop();
  }
}

/** "14:02:11  /pictures: 3 indexed, 1 moved". */
function line(path: string, run: ImportRun, news: readonly (keyof typeof COUNT_NAMES)[]): string {
  const time = new Date().toTimeString().slice(0, 8);
  const counts = news.map((outcome) => `${formatCount(run.counts[outcome])} ${COUNT_NAMES[outcome]}`);
  const known = formatNumberOf(run.counts.skipped, 'picture');
  return `${time}  ${printable(path)}: ${counts.length ? counts.join(', ') : `${known}, nothing new`}`;
}
