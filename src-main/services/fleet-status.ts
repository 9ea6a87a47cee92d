import { cpus } from 'node:os';
import { bottleneck, type Bottleneck, type WorkerSpan } from '../../src-core/domain/bottleneck.ts';
import { OPEN_STATES } from '../../src-core/domain/task.ts';
import type { KnownWorker } from '../../src-core/domain/worker-status.ts';
import type { QueueOperator, QueueStats } from '../../src-core/ports/task-queue.ts';

interface FleetReport {
  stats: QueueStats;
  workers: KnownWorker[];
  bottleneck: Bottleneck;
}

export interface FleetStatus {
  /** What is so now. Throws QUEUE_UNAVAILABLE. */
  read(): Promise<FleetReport>;
}

export interface FleetStatusOptions {
  queue: Pick<QueueOperator, 'stats' | 'workers'>;
  /** This machine, as its workers name it, and how many cores it has. */
  host: string;
  cores: number;
  /** Sums since the machine's start, in any one unit. */
  processorTimes?: () => ProcessorTimes;
}

interface ProcessorTimes {
  idle: number;
  total: number;
}

/** Remembers each worker's last two heartbeats between reads; what limits the fleet is told from their difference. */
export function createFleetStatus(options: FleetStatusOptions): FleetStatus {
  const { queue, host, cores, processorTimes = systemTimes } = options;
  let times = processorTimes();
  let spans = new Map<string, WorkerSpan>();

  function spanOf(after: KnownWorker): WorkerSpan {
    const known = spans.get(after.status.workerId);
    if (!known) return { before: null, after };
    return known.after.seenAt === after.seenAt ? known : { before: known.after, after };
  }

  /** Since the last read; null when that was too short ago to tell. */
  function idleShare(): number | null {
    const before = times;
    times = processorTimes();
    const total = times.total - before.total;
    return total > 0 ? (times.idle - before.idle) / total : null;
  }

  return {
    async read() {
      const [stats, workers] = await Promise.all([queue.stats(), queue.workers()]);
      const alive = workers.filter(({ status, lost }) => !lost && status.state !== 'stopped');
      spans = new Map(alive.map((worker) => [worker.status.workerId, spanOf(worker)]));
      const open = OPEN_STATES.reduce((sum, state) => sum + stats.counts[state], 0);
      const view = { spans: [...spans.values()], open, paused: stats.paused, host, cores, idle: idleShare() };
      return { stats, workers, bottleneck: bottleneck(view) };
    },
  };
}

function systemTimes(): ProcessorTimes {
  const all = cpus().map((cpu) => cpu.times);
  return {
    idle: all.reduce((sum, { idle }) => sum + idle, 0),
    total: all.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0),
  };
}
