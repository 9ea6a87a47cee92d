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
  /** The same of what the queue was just asked. */
  limitOf(stats: QueueStats, workers: readonly KnownWorker[]): Bottleneck;
}

export interface FleetStatusOptions {
  queue: Pick<QueueOperator, 'stats' | 'workers'>;
  /** This machine, as its workers name it, and how many cores it has. */
  host: string;
  cores: number;
  /** Sums since the machine's start, in any one unit. */
  processorTimes?: () => ProcessorTimes;
  /** Monotonic, in ms. */
  now?: () => number;
}

interface ProcessorTimes {
  idle: number;
  total: number;
}

/** What was heard so long ago says nothing of now. */
const STALE_MS = 120_000;
/** Processors are looked at no more often: in a moment they seem idle or full. */
const LEAST_MS = 1_000;

/** Remembers each worker's last two heartbeats between reads; what limits the fleet is told from their difference. */
export function createFleetStatus(options: FleetStatusOptions): FleetStatus {
  const { queue, host, cores, processorTimes = systemTimes, now = () => performance.now() } = options;
  let times = processorTimes();
  let looked = now();
  let idle: number | null = null;
  let spans = new Map<string, WorkerSpan>();

  function spanOf(after: KnownWorker): WorkerSpan {
    const known = spans.get(after.status.workerId);
    if (!known) return { before: null, after };
    if (known.after.seenAt === after.seenAt) return known;
    return { before: after.seenAt - known.after.seenAt > STALE_MS ? null : known.after, after };
  }

  /** Over the last second or more; null while that is not known. */
  function idleShare(): number | null {
    if (now() - looked < LEAST_MS) return idle;
    looked = now();
    const before = times;
    times = processorTimes();
    const total = times.total - before.total;
    idle = total > 0 ? (times.idle - before.idle) / total : null;
    return idle;
  }

  function limitOf(stats: QueueStats, workers: readonly KnownWorker[]): Bottleneck {
    const alive = workers.filter(({ status, lost }) => !lost && status.state !== 'stopped');
    spans = new Map(alive.map((worker) => [worker.status.workerId, spanOf(worker)]));
    const open = OPEN_STATES.reduce((sum, state) => sum + stats.counts[state], 0);
    const { paused } = stats;
    return bottleneck({ spans: [...spans.values()], open, paused, host, cores, idle: idleShare() });
  }

  return {
    async read() {
      const [stats, workers] = await Promise.all([queue.stats(), queue.workers()]);
      return { stats, workers, bottleneck: limitOf(stats, workers) };
    },
    limitOf,
  };
}

function systemTimes(): ProcessorTimes {
  const all = cpus().map((cpu) => cpu.times);
  return {
    idle: all.reduce((sum, { idle }) => sum + idle, 0),
    total: all.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0),
  };
}
