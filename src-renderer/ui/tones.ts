import type { ImportState } from '../../src-core/domain/import.ts';
import type { WorkerState } from '../../src-core/domain/worker-status.ts';
import type { Tone } from '../app/theme.ts';

/** Task states are tones themselves. */
export const IMPORT_TONES: Record<ImportState, Tone> = {
  walking: 'active',
  draining: 'active',
  paused: 'quiet',
  waiting: 'warning',
  completed: 'good',
  cancelled: 'quiet',
  failed: 'bad',
};

export const WORKER_TONES: Record<WorkerState | 'lost', Tone> = {
  starting: 'waiting',
  idle: 'good',
  busy: 'active',
  paused: 'quiet',
  draining: 'warning',
  stopped: 'quiet',
  lost: 'bad',
};
