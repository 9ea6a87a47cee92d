import type { Catalog } from '../src-core/domain/catalog.ts';
import type { Naming } from '../src-core/domain/naming.ts';
import type { Source } from '../src-core/domain/import.ts';
import type { Watcher } from '../src-core/files/watch/create-watcher.ts';
import type { WatchState } from '../src-core/files/watch/options.ts';
import { queuePlace } from '../src-core/open-backends.ts';
import type { Finder } from '../src-core/ports/finder.ts';
import type { ImportLog } from '../src-core/ports/import-log.ts';
import type { TaskQueue } from '../src-core/ports/task-queue.ts';
import type { VectorStore } from '../src-core/ports/vector-store.ts';
import type { DataDir } from '../src-core/settings/data-dir.ts';
import { loadSettings } from '../src-core/settings/load.ts';
import type { Settings } from '../src-core/settings/schema.ts';
import type { LogRing } from '../src-core/telemetry/log-ring.ts';
import type { Logger } from '../src-core/telemetry/log.ts';
import type { Tracer } from '../src-core/telemetry/tracing.ts';
import type { FleetEvent, Supervisor } from './fleet/supervisor.ts';
import type { Catalogs } from './services/catalogs.ts';
import type { ConnectionTest, TestedServers } from './services/connections/test-servers.ts';
import type { CheckResult } from './services/doctor.ts';
import type { Duplicates } from './services/duplicates/duplicates.ts';
import type { Facets } from './services/facets.ts';
import type { FleetStatus } from './services/fleet-status.ts';
import type { Images } from './services/images.ts';
import type { ImportHost } from './services/imports/host.ts';
import type { Imports } from './services/imports/imports.ts';
import type { Models } from './services/models/models.ts';
import type { ReEmbeddings } from './services/re-embedding/re-embedding.ts';
import type { Sources } from './services/sources.ts';
import type { Tasks } from './services/tasks.ts';
import type { ThumbnailCache } from './services/thumbnails.ts';
import type { Uploads } from './services/uploads/uploads.ts';
import type { Verify } from './services/verify/verify.ts';
import { createBackends, type BackendOptions } from './wiring/backends.ts';
import { createFleetParts } from './wiring/fleet.ts';
import { createOpenings } from './wiring/openings.ts';
import { createServices } from './wiring/services.ts';

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

export interface ConsoleOptions extends BackendOptions {
  /** Reads them again, with the flags and the environment of this process. */
  readSettings?: () => Promise<Settings>;
}

export function createConsole(options: ConsoleOptions): Console {
  const { settings, dataDir } = options;
  const openings = createOpenings();
  const backends = createBackends(options, openings);
  const services = createServices(options, openings, backends);
  return {
    settings,
    nextSettings: options.readSettings ?? (() => loadSettings({ dataDir: dataDir.root })),
    dataDir,
    queueName: queuePlace(settings, dataDir),
    ...backends,
    ...services,
    ...createFleetParts({ ...options, uploadsFolder: services.uploadsFolder }, openings, backends),
    close: openings.close,
  };
}
