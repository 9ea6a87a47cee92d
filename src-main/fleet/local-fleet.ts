import { availableParallelism } from 'node:os';
import type { TaskQueue } from '../../src-core/ports/task-queue.ts';
import type { Settings } from '../../src-core/settings/schema.ts';
import type { Logger } from '../../src-core/telemetry/log.ts';
import { entryFile } from './entries.ts';
import { createForkHost, type ProcessHost } from './process-host.ts';
import { createSupervisor, type FleetEvent, type Supervisor } from './supervisor.ts';

export interface FleetOptions {
  settings: Settings;
  /** Absolute. */
  dataDir: string;
  queue: TaskQueue;
  log: Logger;
  /** Default: `settings.fleet.workers`. */
  workers?: Settings['fleet']['workers'];
  onEvent?: (event: FleetEvent) => void;
  host?: ProcessHost;
}

/** A running fleet on this machine. End it with `stop()`, also after `failed`. Throws QUEUE_UNAVAILABLE. */
export async function startFleet(options: FleetOptions): Promise<Supervisor> {
  const { settings, workers = settings.fleet.workers, host = createForkHost(), ...rest } = options;
  const supervisor = createSupervisor({ ...rest, settings, host, entry: entryFile('worker') });
  await supervisor.start(workerCount(workers, availableParallelism()));
  return supervisor;
}

/**
 * `auto`: one per core, at most eight. One worker overlaps decoding with inference and keeps more than a core busy, yet a
 * second one on two cores brought 1.2× (12-megapixel JPEGs) to 1.5× (small PNGs): `npm run bench -- index`.
 */
export function workerCount(wanted: Settings['fleet']['workers'], cores: number): number {
  return wanted === 'auto' ? Math.min(8, cores) : wanted;
}
