import { availableParallelism, hostname } from 'node:os';
import {
  checkQueueServer,
  checkStoreServer,
  openEmbedder,
  openFinder,
  openPictures,
} from '../../src-core/open-backends.ts';
import type { MetricsPort } from '../fleet/metrics-port.ts';
import type { FleetEvent, Supervisor } from '../fleet/supervisor.ts';
import { createServerTests } from '../services/connections/test-servers.ts';
import { doctorChecks } from '../services/doctor-checks.ts';
import { runChecks, type CheckResult } from '../services/doctor.ts';
import { createFleetStatus } from '../services/fleet-status.ts';
import type { BackendOptions, Backends } from './backends.ts';
import { closeIt, type Openings } from './openings.ts';

export interface FleetOptions extends Pick<BackendOptions, 'settings' | 'dataDir'> {
  /** Which the workers read beside the allowed folders. */
  uploadsFolder: string;
}

/** The processes that this one starts, and what is told of them and of the machine. */
export function createFleetParts(options: FleetOptions, { once, add }: Openings, backends: Backends) {
  const { settings, dataDir, uploadsFolder } = options;
  const { log, store, queue, importLog } = backends;
  let running: Supervisor | null = null;

  /** Opened once, though a fleet may be started again and again while its queue is away. */
  let openedPort: Promise<MetricsPort> | undefined;
  function metricsPort(port: number): Promise<MetricsPort> {
    openedPort ??= import('../fleet/metrics-port.ts').then(async ({ openMetricsPort }) => {
      const opened = await openMetricsPort(settings.fleet.metricsHost, port);
      add(() => opened.close());
      (await log()).info({ url: opened.url }, 'telling the numbers of the workers');
      return opened;
    });
    return openedPort;
  }

  return {
    fleetStatus: once(async () =>
      createFleetStatus({ queue: await queue(), host: hostname(), cores: availableParallelism() }),
    ),

    finder: once(async () => openFinder(settings, dataDir, await store()), closeIt),

    finderProcess: once(async () => {
      const { createFinderClient } = await import('../fleet/finder-client.ts');
      const { createForkHost } = await import('../fleet/process-host.ts');
      const { entryFile } = await import('../fleet/entries.ts');
      return createFinderClient({
        host: createForkHost(),
        entry: entryFile('finder'),
        settings,
        dataDir: dataDir.root,
        log: await log(),
      });
    }, closeIt),

    async startFleet(onEvent?: (event: FleetEvent) => void): Promise<Supervisor> {
      const { startFleet } = await import('../fleet/local-fleet.ts');
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
      add(() => fleet.stop());
      running = fleet;
      return fleet;
    },

    fleet: (): Supervisor | null => running,

    async doctor(): Promise<CheckResult[]> {
      const { workerCount } = await import('../fleet/local-fleet.ts');
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

    async prometheus(): Promise<string> {
      const { createFleetMetrics } = await import('../../src-core/telemetry/metrics.ts');
      const metrics = createFleetMetrics();
      const opened = await queue();
      metrics.update(await opened.stats(), await opened.workers());
      return metrics.registry.metrics();
    },
  };
}
