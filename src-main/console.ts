import { availableParallelism, hostname } from 'node:os';
import { dirname, join } from 'node:path';
import {
  checkQueueServer,
  checkStoreServer,
  findModel,
  installedModels,
  offeredModels,
  openDuplicates,
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
import { loadSettings } from '../src-core/settings/load.ts';
import type { Settings } from '../src-core/settings/schema.ts';
import { createLogRing, type LogRing } from '../src-core/telemetry/log-ring.ts';
import type { Logger } from '../src-core/telemetry/log.ts';
import { openTracer, type Tracer } from '../src-core/telemetry/tracing.ts';
import type { MetricsPort } from './fleet/metrics-port.ts';
import type { FleetEvent, Supervisor } from './fleet/supervisor.ts';
import { createCatalogs, type Catalogs } from './services/catalogs.ts';
import { doctorChecks } from './services/doctor-checks.ts';
import { runChecks, type CheckResult } from './services/doctor.ts';
import { createDuplicates, type Duplicates } from './services/duplicates/duplicates.ts';
import { createFacets, type Facets } from './services/facets.ts';
import { createFleetStatus, type FleetStatus } from './services/fleet-status.ts';
import { createReEmbeddings, type ReEmbeddings } from './services/re-embedding/re-embedding.ts';
import { createModels, type Models } from './services/models/models.ts';
import { createImages, type Images } from './services/images.ts';
import { createImportHost, type ImportHost } from './services/imports/host.ts';
import { createImports, type Imports } from './services/imports/imports.ts';
import { rememberFor } from '../src-core/domain/remember.ts';
import { createSources, type Sources } from './services/sources.ts';
import { createTasks, type Tasks } from './services/tasks.ts';
import { createThumbnailCache, type ThumbnailCache } from './services/thumbnails.ts';
import { createUploads, type Uploads } from './services/uploads/uploads.ts';
import { createServerTests, type ConnectionTest, type TestedServers } from './services/connections/test-servers.ts';
import { createVerify, type Verify } from './services/verify/verify.ts';

/**
 * Backends and services, wired once for every entry. Each is opened when it is first asked for, so that a command pays
 * for no more than it uses, and closed with all.
 */
export interface Console {
  readonly settings: Settings;
  /** Those that a start now would bring in force. Throws INVALID_SETTINGS. */
  nextSettings(): Promise<Settings>;
  readonly dataDir: DataDir;
  /** Where the queue is, for people: a data dir or an address without its password. */
  readonly queueName: string;
  /** How files are named in the store that other machines may use too. */
  naming(): Promise<Naming>;
  log(): Promise<Logger>;
  /** The newest lines of this process and its workers that `log.level` let through. */
  readonly recentLogs: LogRing;
  /** Null unless traces are sent somewhere. */
  tracer(): Promise<Tracer | null>;
  queue(): Promise<TaskQueue>;
  store(): Promise<VectorStore>;
  importLog(): Promise<ImportLog>;
  tasks(): Promise<Tasks>;
  catalogs(): Promise<Catalogs>;
  images(): Promise<Images>;
  /** A scan that is begun here runs in this process, until the console is closed. */
  duplicates(): Promise<Duplicates>;
  imports(): Promise<Imports>;
  /** Drives imports in this process, until the console is closed. */
  importHost(): Promise<ImportHost>;
  /** Follows in this process the sources that are to be watched, until the console is closed. */
  watchSources(): Promise<unknown>;
  thumbnails(): Promise<ThumbnailCache>;
  models(): Promise<Models>;
  /** Catalogs that go over to another model. Pictures are embedded by the finder of the first call. */
  reEmbeddings(finder: Finder): Promise<ReEmbeddings>;
  sources(): Promise<Sources>;
  /** Tells which folders of a source are touched. The caller closes it. */
  openWatcher(source: Source, onState?: (state: WatchState) => void): Promise<Watcher>;
  verify(): Promise<Verify>;
  facets(): Promise<Facets>;
  fleetStatus(): Promise<FleetStatus>;
  /** Files that come from other machines, to be imported here. */
  uploads(): Promise<Uploads>;
  /** Where they lie: a folder that is read beside the allowed ones. */
  readonly uploadsFolder: string;
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
  /** Null until it has been started. */
  fleet(): Supervisor | null;
  doctor(): Promise<CheckResult[]>;
  /** Tries servers, with the settings in force for what is not given. Null: was not asked for. */
  testServers(urls: TestedServers): Promise<{ redis: ConnectionTest | null; qdrant: ConnectionTest | null }>;
  /** The fleet's numbers in Prometheus' text format. */
  prometheus(): Promise<string>;
  /** Idempotent. In the reverse order of opening: the fleet drains before its queue is closed. */
  close(): Promise<void>;
}

export interface ConsoleOptions {
  settings: Settings;
  /** Reads them again, with the flags and the environment of this process. */
  readSettings?: () => Promise<Settings>;
  dataDir: DataDir;
  /** Which process, for its log lines. */
  proc: string;
  /** Where log lines go, and whether a person reads them there. */
  logTo: { write: (text: string) => void; terminal: boolean };
}

const closeIt = (part: { close(): Promise<void> }): Promise<void> => part.close();

/**
 * Tasks come by the thousands a second, and catalogs stay. One that another process dropped is seen after so long: a task
 * that names it meanwhile meets what one meets that was enqueued just before.
 */
const CATALOGS_MS = 1_000;

export function createConsole(options: ConsoleOptions): Console {
  const { settings, dataDir, proc, logTo } = options;
  const { readSettings = () => loadSettings({ dataDir: dataDir.root }) } = options;
  const closers: (() => Promise<void>)[] = [];
  let closing: Promise<void> | undefined;
  let running: Supervisor | null = null;
  const recentLogs = createLogRing();
  let reEmbedder: (() => Promise<ReEmbeddings>) | undefined;
  const uploadsFolder = join(dataDir.root, 'uploads');

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
  const tracer = once(
    async () => openTracer(settings, { proc, log: await log() }),
    async (opened) => opened?.close(),
  );
  const queue = once(async () => {
    const traced = await tracer();
    const opened = await openQueue(settings, dataDir, { store, isHost: true, log });
    if (traced === null) return opened;
    const { traceQueue } = await import('../src-core/telemetry/traced-queue.ts');
    return traceQueue(opened, settings.queue.name, traced);
  }, closeIt);
  const importLog = once(() => openImports(dataDir), closeIt);
  const duplicateLog = once(() => openDuplicates(dataDir), closeIt);

  const logFile = once(
    async () => {
      const { toFile, fileBytes, keepFiles } = settings.log;
      if (!toFile) return null;
      const { openLogFile } = await import('../src-core/telemetry/log-file.ts');
      return openLogFile({ folder: join(dataDir.root, 'logs'), maxBytes: fileBytes, keep: keepFiles });
    },
    async (file) => file?.close(),
  );
  const log = once(async () => {
    const { createLogger, prettyLines } = await import('../src-core/telemetry/log.ts');
    const { format } = settings.log;
    const pretty = format === 'pretty' || (format === 'auto' && logTo.terminal);
    const render = pretty ? prettyLines(logTo.terminal) : (line: string) => line;
    const file = await logFile();
    return createLogger({
      proc,
      ...settings.log,
      write(line) {
        recentLogs.add(line);
        file?.write(line);
        logTo.write(render(line));
      },
    });
  });

  /** Opened once, though a fleet may be started again and again while its queue is away. */
  let openedPort: Promise<MetricsPort> | undefined;
  function metricsPort(port: number): Promise<MetricsPort> {
    openedPort ??= import('./fleet/metrics-port.ts').then(async ({ openMetricsPort }) => {
      const opened = await openMetricsPort(settings.fleet.metricsHost, port);
      closers.push(() => opened.close());
      (await log()).info({ url: opened.url }, 'telling the numbers of the workers');
      return opened;
    });
    return openedPort;
  }

  const naming = once(async (): Promise<Naming> => {
    const isShared = settings.redis.url !== null || settings.qdrant.url !== null;
    return {
      machine: isShared ? await machineIdOf(dataDir) : null,
      folders: settings.paths.map.map(parseSharedFolder),
    };
  });

  const imports = once(async () =>
    createImports({
      log: await importLog(),
      queue: await queue(),
      store: await store(),
      settings,
      naming: await naming(),
    }),
  );

  const images = once(async () =>
    createImages({ store: await store(), log: await importLog(), naming: await naming() }),
  );

  const sources = once(async () =>
    createSources({
      log: await importLog(),
      store: await store(),
      queue: await queue(),
      settings,
      naming: await naming(),
    }),
  );

  const importHost = once(async () => {
    const logger = await log();
    return createImportHost({
      imports: await imports(),
      onTrouble: (importId, error) => logger.error({ importId, error }, 'an import cannot go on'),
    });
  }, closeIt);

  const openWatcher: Console['openWatcher'] = async ({ path, kind, rules }, onState) => {
    const { createWatcher } = await import('../src-core/files/watch/create-watcher.ts');
    const { hidden, defaultExcludes, followLinks, watch, rescanMs } = settings.imports;
    const root = kind === 'manifest' ? dirname(path) : path;
    const options = { root, rules, hidden, defaultExcludes, followLinks, mode: watch, rescanMs };
    return createWatcher(options, onState);
  };

  const ensureCatalog = rememberFor(CATALOGS_MS, async (name) => {
    const { manifest } = await findModel(dataDir, settings.model.id);
    const { id: model, output } = manifest;
    const opened = await store();
    await (await queue()).attach({ protocol: PROTOCOL_VERSION, store: opened.fingerprint, model });
    return opened.ensureCatalog({ name, model, dimension: output.dimension });
  });

  return {
    settings,
    nextSettings: readSettings,
    dataDir,
    queueName: queuePlace(settings, dataDir),
    naming,
    log,
    recentLogs,
    tracer,
    queue,
    store,
    importLog,
    tasks: once(async () => createTasks(await queue(), settings.queue.name)),
    catalogs: once(async () => {
      const catalogs = createCatalogs(await store(), await queue(), await importLog());
      const { forget } = ensureCatalog;
      return {
        ...catalogs,
        rename: (...args) => catalogs.rename(...args).finally(forget),
        async drop(nameOrId) {
          const { id } = await catalogs.get(nameOrId);
          const cancelled = await catalogs.drop(id).finally(forget);
          await (await duplicateLog()).forgetCatalog(id);
          return cancelled;
        },
      };
    }),
    images,
    duplicates: once(
      async () => createDuplicates({ store: await store(), log: await duplicateLog(), images: await images() }),
      closeIt,
    ),
    imports,
    importHost,
    watchSources: once(async () => {
      const [logger, host] = [await log(), await importHost()];
      const { watchSources } = await import('./services/imports/watch-sources.ts');
      return watchSources({
        imports: await imports(),
        log: await importLog(),
        resumeUnfinished: host.resumeUnfinished,
        openTouches: (source) => openWatcher(source),
        onTrouble: ({ path }, error) => logger.warn({ path, error }, 'a source cannot be watched; trying again'),
      });
    }, closeIt),
    thumbnails: once(async () =>
      createThumbnailCache({ folder: join(dataDir.root, 'thumbnails'), maxBytes: settings.thumbnails.maxBytes }),
    ),
    models: once(
      async () =>
        createModels({
          dataDir: dataDir.root,
          inUse: settings.model.id,
          hub: settings.models.mirror,
          installed: () => installedModels(dataDir),
          offers: () => offeredModels(dataDir),
          async catalogs() {
            const { catalogs, successions } = await store();
            const all = await catalogs();
            const next = await Promise.all(all.map(async ({ id }) => successions?.get(id)));
            return [...all, ...all.flatMap((one, i) => (next[i] ? [{ ...one, model: next[i].model }] : []))];
          },
        }),
      closeIt,
    ),
    reEmbeddings(finder) {
      reEmbedder ??= once(
        async () =>
          createReEmbeddings({
            store: await store(),
            finder,
            log: await importLog(),
            queue: await queue(),
            findModel: async (id) => (await findModel(dataDir, id)).manifest,
          }),
        closeIt,
      );
      return reEmbedder();
    },
    sources,
    facets: once(async () =>
      createFacets({
        store: await store(),
        log: await importLog(),
        namer: async () => (await sources()).namer(),
      }),
    ),
    uploadsFolder,
    uploads: once(async () =>
      createUploads({
        folder: uploadsFolder,
        maxFileBytes: settings.limits.maxBytes,
        ...settings.uploads,
        sources: async () => (await (await importLog()).sources()).map(({ path }) => path),
      }),
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
    openWatcher,

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

    ensureCatalog,

    async startFleet(onEvent) {
      const { startFleet } = await import('./fleet/local-fleet.ts');
      for (const { message, todo } of (await checkQueueServer(settings))?.findings ?? []) {
        (await log()).warn(`${message}. ${todo}`);
      }
      const numbers = settings.fleet.metricsPort === null ? null : await metricsPort(settings.fleet.metricsPort);
      const { paths } = settings;
      const roots = paths.allowRoots.length === 0 ? [] : [...paths.allowRoots, uploadsFolder];
      const fleet = await startFleet({
        settings: { ...settings, paths: { ...paths, allowRoots: roots } },
        dataDir: dataDir.root,
        queue: await queue(),
        log: await log(),
        onEvent(event) {
          numbers?.onEvent(event);
          onEvent?.(event);
        },
      });
      closers.push(() => fleet.stop());
      running = fleet;
      return fleet;
    },

    fleet: () => running,

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

    testServers: createServerTests({
      settings,
      checkQueueServer: (redis) => checkQueueServer({ ...settings, redis }),
      checkStoreServer: (qdrant) => checkStoreServer({ qdrant }),
    }),

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
