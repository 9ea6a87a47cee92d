import { availableParallelism, hostname } from 'node:os';
import { dirname } from 'node:path';
import {
  checkQueueServer,
  findModel,
  openEmbedder,
  openFinder,
  openImports,
  openPictures,
  openQueue,
  openStore,
  queuePlace,
} from '../src-core/open-backends.ts';
import type { Catalog } from '../src-core/domain/catalog.ts';
import type { Naming } from '../src-core/domain/naming.ts';
import { parseSharedFolder } from '../src-core/domain/path-map.ts';
import type { Source } from '../src-core/domain/import.ts';
import { PROTOCOL_VERSION } from '../src-core/domain/worker-status.ts';
import type { Watcher } from '../src-core/files/watch/create-watcher.ts';
import type { WatchState } from '../src-core/files/watch/options.ts';
import type { Finder } from '../src-core/ports/finder.ts';
import type { ImportLog } from '../src-core/ports/import-log.ts';
import type { TaskQueue } from '../src-core/ports/task-queue.ts';
import type { VectorStore } from '../src-core/ports/vector-store.ts';
import { machineIdOf, type DataDir } from '../src-core/settings/data-dir.ts';
import type { Settings } from '../src-core/settings/schema.ts';
import type { Logger } from '../src-core/telemetry/log.ts';
import type { FleetEvent, Supervisor } from './fleet/supervisor.ts';
import { createCatalogs, type Catalogs } from './services/catalogs.ts';
import { doctorChecks } from './services/doctor-checks.ts';
import { runChecks, type CheckResult } from './services/doctor.ts';
import { createFleetStatus, type FleetStatus } from './services/fleet-status.ts';
import { createImports, type Imports } from './services/imports/imports.ts';
import { createSources, type Sources } from './services/sources.ts';
import { createTasks, type Tasks } from './services/tasks.ts';
import { createVerify, type Verify } from './services/verify/verify.ts';

/**
 * Backends and services, wired once for every entry. Each is opened when it is first asked for, so that a command pays
 * for no more than it uses, and closed with all.
 */
export interface Console {
  readonly settings: Settings;
  readonly dataDir: DataDir;
  /** Where the queue is, for people: a data dir or an address without its password. */
  readonly queueName: string;
  /** How files are named in the store that other machines may use too. */
  naming(): Promise<Naming>;
  log(): Promise<Logger>;
  queue(): Promise<TaskQueue>;
  store(): Promise<VectorStore>;
  importLog(): Promise<ImportLog>;
  tasks(): Promise<Tasks>;
  catalogs(): Promise<Catalogs>;
  imports(): Promise<Imports>;
  sources(): Promise<Sources>;
  /** Tells which folders of a source are touched. The caller closes it. */
  openWatcher(source: Source, onState?: (state: WatchState) => void): Promise<Watcher>;
  verify(): Promise<Verify>;
  fleetStatus(): Promise<FleetStatus>;
  /** In this very process: for commands that ask once. */
  finder(): Promise<Finder>;
  /** In a process of its own, restarted when it dies: for hosts that serve. */
  finderProcess(): Promise<Finder>;
  /**
   * The catalog of this name with the model of the settings, made where there is none, for tasks that will follow: the
   * queue is bound to this store and model. Throws DIMENSION_MISMATCH, FINGERPRINT_MISMATCH.
   */
  ensureCatalog(name: string): Promise<Catalog>;
  /** Workers of this process, `settings.fleet.workers` of them. Throws CONFLICT the second time. */
  startFleet(onEvent?: (event: FleetEvent) => void): Promise<Supervisor>;
  doctor(): Promise<CheckResult[]>;
  /** The fleet's numbers in Prometheus' text format. */
  prometheus(): Promise<string>;
  /** Idempotent. In the reverse order of opening: the fleet drains before its queue is closed. */
  close(): Promise<void>;
}

export interface ConsoleOptions {
  settings: Settings;
  dataDir: DataDir;
  /** Which process, for its log lines. */
  proc: string;
  /** Where log lines go, and whether a person reads them there. */
  logTo: { write: (text: string) => void; terminal: boolean };
}

const closeIt = (part: { close(): Promise<void> }): Promise<void> => part.close();

export function createConsole({ settings, dataDir, proc, logTo }: ConsoleOptions): Console {
  const closers: (() => Promise<void>)[] = [];
  let closing: Promise<void> | undefined;

  /** Opens at the first call; a failed opening is tried again by the next. */
  function once<T>(open: () => Promise<T>, close?: (opened: T) => Promise<void>): () => Promise<T> {
    let opened: Promise<T> | undefined;
    return () => {
      opened ??= open().then(
        (part) => {
          if (close) closers.push(() => close(part));
          return part;
        },
        (error: unknown) => {
          opened = undefined;
          throw error;
        },
      );
      return opened;
    };
  }
  const store = once(async () => openStore(settings, dataDir, log), closeIt);
  const queue = once(async () => openQueue(settings, dataDir, { store, isHost: true, log }), closeIt);
  const importLog = once(() => openImports(dataDir), closeIt);

  const log = once(async () => {
    const { createLogger, prettyLines } = await import('../src-core/telemetry/log.ts');
    const { format } = settings.log;
    const pretty = format === 'pretty' || (format === 'auto' && logTo.terminal);
    const render = pretty ? prettyLines(logTo.terminal) : (line: string) => line;
    return createLogger({ proc, ...settings.log, write: (line) => logTo.write(render(line)) });
  });

  const naming = once(async (): Promise<Naming> => {
    const isShared = settings.redis.url !== null || settings.qdrant.url !== null;
    return {
      machine: isShared ? await machineIdOf(dataDir) : null,
      folders: settings.paths.map.map(parseSharedFolder),
    };
  });

  return {
    settings,
    dataDir,
    queueName: queuePlace(settings, dataDir),
    naming,
    log,
    queue,
    store,
    importLog,
    tasks: once(async () => createTasks(await queue())),
    catalogs: once(async () => createCatalogs(await store(), await queue(), await importLog())),
    imports: once(async () =>
      createImports({
        log: await importLog(),
        queue: await queue(),
        store: await store(),
        settings,
        naming: await naming(),
      }),
    ),
    sources: once(async () =>
      createSources({ log: await importLog(), store: await store(), settings, naming: await naming() }),
    ),
    verify: once(async () =>
      createVerify({
        log: await importLog(),
        queue: await queue(),
        store: await store(),
        settings,
        naming: await naming(),
      }),
    ),
    async openWatcher({ path, kind, rules }, onState) {
      const { createWatcher } = await import('../src-core/files/watch/create-watcher.ts');
      const { hidden, defaultExcludes, followLinks, watch, rescanMs } = settings.imports;
      const root = kind === 'manifest' ? dirname(path) : path;
      const options = { root, rules, hidden, defaultExcludes, followLinks, mode: watch, rescanMs };
      return createWatcher(options, onState);
    },

    fleetStatus: once(async () =>
      createFleetStatus({ queue: await queue(), host: hostname(), cores: availableParallelism() }),
    ),

    finder: once(async () => openFinder(settings, dataDir, await store()), closeIt),

    finderProcess: once(async () => {
      const { createFinderClient } = await import('./fleet/finder-client.ts');
      const { createForkHost } = await import('./fleet/process-host.ts');
      const { entryFile } = await import('./fleet/entries.ts');
      return createFinderClient({
        host: createForkHost(),
        entry: entryFile('finder'),
        settings,
        dataDir: dataDir.root,
        log: await log(),
      });
    }, closeIt),

    async ensureCatalog(name) {
      const { manifest } = await findModel(dataDir, settings.model.id);
      const { id: model, output } = manifest;
      const opened = await store();
      await (await queue()).attach({ protocol: PROTOCOL_VERSION, store: opened.fingerprint, model });
      return opened.ensureCatalog({ name, model, dimension: output.dimension });
    },

    async startFleet(onEvent) {
      const { startFleet } = await import('./fleet/local-fleet.ts');
      for (const { message, todo } of (await checkQueueServer(settings))?.findings ?? []) {
        (await log()).warn(`${message}. ${todo}`);
      }
      const fleet = await startFleet({
        settings,
        dataDir: dataDir.root,
        queue: await queue(),
        log: await log(),
        ...(onEvent && { onEvent }),
      });
      closers.push(() => fleet.stop());
      return fleet;
    },

    async doctor() {
      const { workerCount } = await import('./fleet/local-fleet.ts');
      return runChecks(
        doctorChecks({
          dataDir: dataDir.root,
          workers: workerCount(settings.fleet.workers, availableParallelism()),
          queueServer: () => checkQueueServer(settings),
          queue,
          store,
          storeIsServer: settings.qdrant.url !== null,
          importLog,
          openEmbedder: () => openEmbedder(settings, dataDir),
          openPictures: (model) => openPictures(settings, model),
        }),
      );
    },

    async prometheus() {
      const { createFleetMetrics } = await import('../src-core/telemetry/metrics.ts');
      const metrics = createFleetMetrics();
      const opened = await queue();
      metrics.update(await opened.stats(), await opened.workers());
      return metrics.registry.metrics();
    },

    close() {
      closing ??= (async () => {
        while (closers.length) await closers.pop()?.();
      })();
      return closing;
    },
  };
}
