import { Worker } from 'node:worker_threads';

export interface WatchdogData {
  parentPid: number;
  everyMs: number;
  /** How long this process may live on after its parent, to finish what it has begun. */
  graceMs: number;
}

/**
 * Sees to it that this process does not outlive its parent, even where the parent was killed while this main thread
 * was stuck and so could not see the channel close. `entry`: the thread's script beside the entry of the process.
 */
export function startWatchdog(entry: URL, { everyMs = 500, graceMs = 5_000 }: Partial<WatchdogData> = {}): void {
  const workerData: WatchdogData = { parentPid: process.ppid, everyMs, graceMs };
  new Worker(entry, { workerData }).unref();
}
