import type { ImportState } from '../../src-core/domain/import.ts';
import type { TaskState } from '../../src-core/domain/task.ts';
import type { WorkerState } from '../../src-core/domain/worker-status.ts';

export const TASK_STATE_TEXTS: Record<TaskState, string> = {
  waiting: 'Waiting',
  active: 'Active',
  delayed: 'Delayed',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

export const WORKER_STATE_TEXTS: Record<WorkerState | 'lost', string> = {
  starting: 'Starting',
  idle: 'Idle',
  busy: 'Busy',
  paused: 'Paused',
  draining: 'Draining',
  stopped: 'Stopped',
  lost: 'Lost',
};

export const IMPORT_STATE_TEXTS: Record<ImportState, string> = {
  walking: 'Looking for files',
  draining: 'Running',
  paused: 'Paused',
  waiting: 'Held up',
  completed: 'Completed',
  cancelled: 'Cancelled',
  failed: 'Failed',
};
