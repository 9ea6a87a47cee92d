import { availableParallelism } from 'node:os';
import { workerCount } from '../fleet/local-fleet.ts';
import { knownOf, openScratch } from '../open-scratch.ts';
import { emptyTally } from '../services/plan/tally.ts';
import { planImports, type Plan, type PlanProgress } from '../services/plan/plan-imports.ts';
import type { Cli, Outcome } from './cli.ts';
import { planDocument, planText } from './dry-run-report.ts';
import { EXIT } from './exit-codes.ts';
import { listenForInterrupt } from './interrupt.ts';
import type { Progress } from './progress-line.ts';
import { showProgress } from './progress.ts';
import type { IndexRequest } from './run-index.ts';

/** Says what `runIndex` would do with this request, and writes nothing to the data dir. Throws as `planImports` does. */
export async function runDry(
  cli: Cli,
  {
    paths,
    catalog,
    manifest,
    columns,
    rules,
  }: Pick<IndexRequest, 'paths' | 'catalog' | 'manifest' | 'columns' | 'rules'>,
): Promise<Outcome> {
  const { console, io, paint } = cli;
  const cores = availableParallelism();
  const interrupt = listenForInterrupt(io);
  const failure = new AbortController();
  const signal = AbortSignal.any([interrupt.signal, failure.signal]);
  const scratch = await openScratch(console, {
    write: (text) => io.stderr.write(text),
    terminal: io.stderr.isTTY === true,
  });
  let progress: PlanProgress = { step: 'looking', found: 0, tally: emptyTally() };
  const view = await showProgress(
    cli,
    () => Promise.resolve(lineOf(progress)),
    (error) => failure.abort(error),
  );
  try {
    const deps = {
      scratch,
      known: await knownOf(console, catalog),
      workers: workerCount(console.settings.fleet.workers, cores),
      cores,
    };
    const request = { catalog, paths: paths.map((path) => ({ path, manifest, columns, rules })) };
    const plan = await planImports(deps, request, {
      signal,
      onProgress: (now) => {
        progress = now;
      },
    });
    failure.signal.throwIfAborted();
    return {
      json: planDocument(plan),
      text: planText(plan, paint),
      exitCode: wasStopped(plan) ? EXIT.interrupted : EXIT.done,
    };
  } catch (error) {
    failure.signal.throwIfAborted();
    if (!interrupt.signal.aborted) throw error;
    return {
      json: { dry_run: true, interrupted: true },
      text: 'Stopped before all files were found.\n',
      exitCode: EXIT.interrupted,
    };
  } finally {
    await view.stop();
    await scratch.close();
    interrupt.stop();
  }
}

function wasStopped({ time }: Plan): boolean {
  return 'unknown' in time && time.unknown === 'stopped';
}

function lineOf(progress: PlanProgress): Progress {
  const line = { failed: 0, rate: null };
  if (progress.step === 'looking') {
    return { ...line, discovered: progress.found, done: progress.found, walking: true, note: 'looking' };
  }
  const { done, of } = progress;
  return { ...line, discovered: of, done, walking: false, note: 'measuring on a sample' };
}
