import { availableParallelism, hostname } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, errorCode, toAppError } from '../../src-core/domain/app-error.ts';
import { isFinished, rulesWith } from '../../src-core/domain/import.ts';
import type { Operator } from '../client/operator.ts';
import { startRemoteImport } from '../client/remote-imports.ts';
import { atServer } from '../client/paths.ts';
import type { ServerClient } from '../client/server-client.ts';
import type { ListedImport } from '../documents.ts';
import { createFleetStatus } from '../services/fleet-status.ts';
import { changeRules } from './change-rules.ts';
import type { Cli } from './cli.ts';
import { listenForInterrupt } from './interrupt.ts';
import { mayPass } from './monitor/views.ts';
import { showProgress } from './progress.ts';
import { progressOf, sumOf, type IndexReport, type IndexRequest, type WatchedFleet } from './run-index.ts';
import { createWaitingTeller } from './tell-waiting.ts';

const POLL_MS = 500;
/** A progress line renews itself more often than a server has to be asked for what limits its fleet. */
const FLEET_MS = 1_000;
const UNKNOWN = { bottleneck: { limit: 'not known yet', share: 0, moreWorkersHelp: null, text: '' } } as const;

/**
 * Starts one import per path at a server, and follows them to their end. After Ctrl-C the server goes on with them. Paths are
 * of the server's machine; relative ones are taken from here, for who runs both. Throws what the server refuses, and where
 * the caller is impatient also that it is away, or what an import waits for.
 */
export async function followIndex(cli: Cli, client: ServerClient, request: IndexRequest): Promise<IndexReport> {
  const began = performance.now();
  const { manifest, columns, catalog, priority, rules, impatient } = request;
  const runs: ListedImport[] = [];
  const interrupt = listenForInterrupt(cli.io);
  try {
    for (const path of request.paths) {
      await addRules(cli, path, request);
      const files = { path: atServer(path), ...(manifest !== undefined && { manifest: atServer(manifest) }) };
      runs.push((await startRemoteImport(client, { ...files, columns, catalog, priority, ...rules })).run);
    }
    const completedBefore = completedOf(runs);
    await followAll(cli, runs, interrupt.signal, impatient);
    return {
      catalog,
      runs,
      interrupted: runs.some(({ state }) => !isFinished(state)),
      goesOn: true,
      durationMs: performance.now() - began,
      completedNow: completedOf(runs) - completedBefore,
    };
  } finally {
    interrupt.stop();
  }
}

/** A known source gets further rules by a call of its own, since pictures may leave the catalog by them. */
async function addRules(cli: Cli, path: string, { catalog, rules, yes }: IndexRequest): Promise<void> {
  if (rules.include.length + rules.exclude.length === 0) return;
  const { sources } = await cli.operator();
  const source = await sources.get(path, catalog).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return null; // a new one takes them with its import
    throw error;
  });
  if (!source) return;
  const all = rulesWith(source.rules, rules);
  if (!isDeepStrictEqual(all, source.rules)) await changeRules(cli, source, all, yes);
}

/** Renews `runs` until all are finished, or `signal` aborts. */
async function followAll(cli: Cli, runs: ListedImport[], signal: AbortSignal, impatient: boolean): Promise<void> {
  const operator = await cli.operator();
  const waiting = createWaitingTeller(cli.io);
  const view = await showProgress(cli, progressOf(runs, remoteFleet(operator)), () => {});
  try {
    while (!signal.aborted && runs.some(({ state }) => !isFinished(state))) {
      await sleep(POLL_MS, undefined, { signal }).catch(() => {}); // aborted
      try {
        for (const [at, { id, state }] of runs.entries()) {
          if (!isFinished(state)) runs[at] = (await operator.imports.get(id)).run;
        }
      } catch (thrown) {
        const error = toAppError(thrown);
        if (impatient || !mayPass(error)) throw error;
        waiting.onWaiting(error);
        continue;
      }
      const held = runs.find(({ state }) => state === 'waiting');
      if (!held) waiting.isOver();
      else if (impatient) throw troubleOf(held);
      else waiting.onWaiting(troubleOf(held));
    }
  } finally {
    await view.stop();
  }
}

/** The fleet of a server, which may be another machine; while it cannot be asked, what limits it is not known. */
function remoteFleet(operator: Operator): WatchedFleet {
  const status = createFleetStatus({ queue: operator, host: hostname(), cores: availableParallelism() });
  let readAt = -Infinity;
  let last: ReturnType<WatchedFleet['read']> | undefined;
  return {
    isEmpty: true,
    read() {
      if (last && performance.now() - readAt < FLEET_MS) return last;
      readAt = performance.now();
      last = status.read().catch(() => UNKNOWN);
      return last;
    },
  };
}

function troubleOf({ id, reason }: ListedImport): AppError {
  const code = errorCode.safeParse(reason).data ?? 'INTERNAL';
  return new AppError(code, `import ${id} waits at the server: ${reason}`);
}

function completedOf(runs: readonly ListedImport[]): number {
  return sumOf(runs, ({ counts }) => counts.indexed);
}
