import { workerData } from 'node:worker_threads';
import type { WatchdogData } from './watchdog.ts';

// A thread of its own, because the main thread may be stuck in native code for good.
const { parentPid, everyMs, graceMs } = workerData as WatchdogData;

function parentIsAlive(): boolean {
  if (process.platform !== 'win32') return process.ppid === parentPid; // an orphan gets another parent
  try {
    return process.kill(parentPid, 0);
  } catch {
    return false;
  }
}

const timer = setInterval(() => {
  if (parentIsAlive()) return;
  clearInterval(timer);
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs);
}, everyMs);
