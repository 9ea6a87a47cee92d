import type { ImportState } from '../../src-core/domain/import.ts';
import type { TaskState } from '../../src-core/domain/task.ts';
import type { WorkerState } from '../../src-core/domain/worker-status.ts';
import type { Paint } from './io.ts';

/** One colour for one meaning: green is done or at work, yellow waits for something, red wants a person. */
export const STATE_STYLES: Record<TaskState | ImportState | WorkerState | 'lost', Parameters<Paint>[0] | null> = {
  waiting: 'yellow',
  delayed: 'yellow',
  paused: 'yellow',
  draining: 'cyan',
  walking: 'cyan',
  starting: 'cyan',
  active: 'cyan',
  busy: 'green',
  completed: 'green',
  idle: null,
  stopped: 'dim',
  cancelled: 'dim',
  failed: 'red',
  lost: 'red',
};
