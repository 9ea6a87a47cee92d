import { isDeepStrictEqual } from 'node:util';
import type { Bottleneck } from '../../src-core/domain/bottleneck.ts';
import { discovered, isFinished, rulesWith, type ImportRun, type SourceRules } from '../../src-core/domain/import.ts';
import type { ManifestColumns } from '../../src-core/domain/manifest-columns.ts';
import type { TaskPriority } from '../../src-core/domain/task.ts';
import type { ListedImport } from '../documents.ts';
import type { Cli } from './cli.ts';
import { changeRules } from './change-rules.ts';
import { createFleetOnDemand } from './fleet-on-demand.ts';
import { listenForInterrupt } from './interrupt.ts';
import { createWaitingTeller } from './tell-waiting.ts';
import { showProgress } from './progress.ts';
import type { Progress } from './progress-line.ts';
import { createRateWindow } from './rate-window.ts';

export interface IndexRequest {
  paths: readonly string[];
  catalog: string;
  manifest: string | undefined;
  /** Which column of the manifest holds what. */
  columns?: ManifestColumns | undefined;
  priority: TaskPriority;
  /** Added to the rules of each source. */
  rules: SourceRules;
  /** Answer to the question that new rules may lead to. */
  yes: string | undefined;
  /** Fail at once when a source, the store or disk space is away. */
  impatient: boolean;
}

export interface IndexReport {
  /** Its name. */
  catalog: string;
  /** One per path, in their order, as they are at the end. */
  runs: ListedImport[];
  interrupted: boolean;
  /** What was interrupted is driven by a server, which goes on with it. */
  goesOn: boolean;
  /** Of this run of the command, which may have resumed an older one. */
  durationMs: number;
  /** Completed during this run of the command. */
  completedNow: number;
}

const RATE_WINDOW_MS = 10_000;

/**
 * Drives one import per path to its end, with a fleet of its own, and tells how far it is meanwhile. After Ctrl-C the
 * fleet is drained and the imports stay as they are, to be resumed. Throws what imports, queue and store throw.
 */
export async function runIndex(cli: Cli, request: IndexRequest): Promise<IndexReport> {
  const began = performance.now();
  const { console, io } = cli;
  const catalog = await console.ensureCatalog(request.catalog);
  const imports = await console.imports();

  const runs: ImportRun[] = [];
  for (const path of request.paths) {
    const { manifest, columns, priority } = request;
    const rules = await addRules(cli, catalog.id, path, request);
    runs.push(
      await imports.start({ catalogId: catalog.id, path, manifest, columns, priority, rules, startedBy: 'cli' }),
    );
  }
  const completedBefore = sumOf(runs, ({ counts }) => counts.indexed);

  const interrupt = listenForInterrupt(io);
  const failure = new AbortController();
  const signal = AbortSignal.any([interrupt.signal, failure.signal]);
  const fleet = createFleetOnDemand(console, (error) => failure.abort(error));
  const { onWaiting } = createWaitingTeller(io);

  const read = progressOf(runs, await fleetOf(cli));
  const view = await showProgress(cli, read, (error) => failure.abort(error));
  try {
    const ends = await Promise.allSettled(
      runs.map(async ({ id }, at) => {
        const onProgress = (run: ImportRun): void => {
          runs[at] = run;
          if (run.counts.open > 0 && !signal.aborted) fleet.need();
        };
        runs[at] = await imports.run(id, { signal, onProgress, onWaiting, impatient: request.impatient });
      }),
    );
    const durationMs = performance.now() - began;
    await view.stop();
    if (interrupt.signal.aborted && fleet.running)
      io.stderr.write('Stopping: the workers finish what they have begun …\n');
    await fleet.stop();
    failure.signal.throwIfAborted();
    // One source may be away while the others could be read to their end.
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    return {
      catalog: catalog.name,
      runs,
      interrupted: interrupt.signal.aborted && runs.some(({ state }) => !isFinished(state)),
      goesOn: false,
      durationMs,
      completedNow: sumOf(runs, ({ counts }) => counts.indexed) - completedBefore,
    };
  } finally {
    await view.stop();
    interrupt.stop();
  }
}

/** The rules that a source gets; a known one loses the pictures that they leave out, after a question. */
export async function addRules(
  cli: Cli,
  catalogId: string,
  path: string,
  { rules, yes }: IndexRequest,
): Promise<SourceRules | undefined> {
  if (rules.include.length + rules.exclude.length === 0) return undefined;
  const source = await (await cli.console.sources()).at(path, catalogId);
  if (!source) return rules;
  const all = rulesWith(source.rules, rules);
  // Equal rules may have been set by a command that was killed before all pictures were out.
  const isNew = !isDeepStrictEqual(all, source.rules);
  if (isNew || (await (await cli.console.sources()).leftOut(source, all)) > 0) await changeRules(cli, source, all, yes);
  return undefined;
}

/** A fleet that works on imports. */
export interface WatchedFleet {
  read(): Promise<{ bottleneck: Bottleneck }>;
  /** It has no workers of its own: others have to be started. */
  isEmpty: boolean;
}

/** That of this machine. */
export async function fleetOf({ console }: Cli): Promise<WatchedFleet> {
  const status = await console.fleetStatus();
  return { read: () => status.read(), isEmpty: console.settings.fleet.workers === 0 };
}

/** Reads what a progress line shows; `runs` is renewed by whoever drives them. */
export function progressOf(runs: readonly ListedImport[], fleet: WatchedFleet): () => Promise<Progress> {
  const window = createRateWindow(RATE_WINDOW_MS);
  return async () => {
    const { bottleneck } = await fleet.read();
    const worked = sumOf(runs, ({ counts }) => counts.indexed + counts.failed);
    window.add(performance.now(), worked);
    const all = sumOf(runs, ({ counts }) => discovered(counts));
    return {
      discovered: all,
      done: all - sumOf(runs, ({ counts }) => counts.open),
      failed: sumOf(runs, ({ counts }) => counts.failed),
      walking: runs.some(({ state }) => state === 'walking'),
      rate: window.rate(),
      note: noteOf(runs, bottleneck, fleet.isEmpty),
    };
  };
}

/** What limits the work, or keeps it from going on. */
export function noteOf(runs: readonly ListedImport[], { limit, text }: Bottleneck, noFleet: boolean): string | null {
  const held = runs.find(({ state }) => state === 'paused' || state === 'waiting');
  if (held?.state === 'waiting') return `waiting: ${held.reason}`;
  if (held) return `paused: "imagefleet resume --import ${held.id}" lets it go on`;
  switch (limit) {
    case 'nothing to do':
    case 'not known yet':
      return null;
    case 'paused':
      return 'the queue is paused: "imagefleet resume" lets it go on';
    case 'no workers':
      return noFleet ? 'no worker is running: "imagefleet worker" starts some' : 'starting';
    case 'store away':
      return text;
    default:
      return `limited by ${limit}`;
  }
}

export function sumOf<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0);
}
