import type { WireError } from '../../domain/app-error.ts';
import type { TaskState } from '../../domain/task.ts';
import type { WorkerStatus } from '../../domain/worker-status.ts';

/** What became of a task, for those who look at plain keys instead of asking the queue. */
export interface TaskChange {
  id: string;
  state: TaskState;
  /** When, in ms since the epoch by the server's clock. */
  at: number;
  /** Attempts burnt so far. */
  attempts: number;
  workerId: string;
  error?: WireError;
}

/**
 * Told after a script has done its work, never as part of it: what is written from here lies in other slots and may
 * be late or missing. A hook must neither throw nor keep the verb waiting.
 */
export interface QueueHooks {
  tasksChanged(changes: readonly TaskChange[]): void;
  /** `at`: when the server took it, in ms since the epoch by its clock. */
  heartbeat(status: WorkerStatus, at: number): void;
}
