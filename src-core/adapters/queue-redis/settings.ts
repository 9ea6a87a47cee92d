import type { Settings } from '../../settings/schema.ts';

export interface QueueSettings extends Omit<Settings['queue'], 'name'> {
  /** A worker that was silent for this long is not counted as live. */
  lostAfterMs: number;
}
