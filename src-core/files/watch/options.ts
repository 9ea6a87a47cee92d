import { z } from 'zod';
import { sourceRules } from '../../domain/import.ts';

/** What `createWatcher` takes; also what its thread is started with. Durations are ms. */
export const watchOptions = z.strictObject({
  /** Absolute path of a folder, or of one file. */
  root: z.string().min(1),
  /** Folders that these leave out are not looked at. */
  rules: sourceRules.optional(),
  hidden: z.boolean().default(false),
  defaultExcludes: z.boolean().default(true),
  followLinks: z.boolean().default(false),
  /** auto: by events where they tell of everything. */
  mode: z.enum(['auto', 'events', 'polling']).default('auto'),
  /** Something is told once nothing has changed for this long … */
  quietMs: z.number().min(0).default(300),
  /** … and at the latest this long after the first change. */
  mostMs: z.number().min(0).default(2_000),
  /** How long after `touch` the folder is told. */
  settleMs: z.number().min(0).default(1_000),
  /** With file events, everything is looked at this often all the same. */
  rescanMs: z.number().min(1).default(900_000),
  /** Least time between two looks without events. */
  leastMs: z.number().min(1).default(1_000),
  /** An event tells of a change within this time, else events are no longer relied on. */
  proofMs: z.number().min(0).default(3_000),
  /** Part of one CPU that looking may take while nothing happens. */
  cpuShare: z.number().gt(0).max(1).default(0.002),
});

export type WatchOptions = z.input<typeof watchOptions>;
export type WatchSettings = z.output<typeof watchOptions>;

export interface WatchState {
  /** `polling` may have events too, which are not relied on. */
  mode: 'events' | 'polling';
  /** Why events are not relied on; null when they are. */
  reason: string | null;
}
