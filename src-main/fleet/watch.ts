import type { WorkerProcess } from './worker-process.ts';

export interface WatchOptions {
  workers: () => Iterable<WorkerProcess>;
  everyMs: number;
  /** Monotonic, in ms. */
  now: () => number;
  onOverdue: (worker: WorkerProcess, reason: string) => void;
}

/**
 * Looks regularly for workers that must be killed; answers what ends it. A look that comes late means that this host
 * slept or was stopped, and what its workers have said meanwhile is still unread: that time does not count.
 */
export function startWatch({ workers, everyMs, now, onOverdue }: WatchOptions): () => void {
  let last = now();
  const timer = setInterval(() => {
    const lateMs = now() - last - everyMs;
    last = now();
    for (const worker of workers()) {
      if (lateMs > everyMs) worker.forgive(lateMs);
      const reason = worker.overdue();
      if (reason !== null) onOverdue(worker, reason);
    }
  }, everyMs).unref();
  return () => clearInterval(timer);
}
