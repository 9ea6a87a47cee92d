import { z } from 'zod';

/** Bumped whenever host and worker, or two workers on one queue, could misunderstand each other. */
export const PROTOCOL_VERSION = 1;

/** Stages of the index pipeline in their order. */
export const STAGES = ['read', 'decode', 'embed', 'upsert', 'settle'] as const;
export const stageName = z.enum(STAGES);
export type StageName = z.infer<typeof stageName>;

/** Upper bounds of the buckets in which durations of a stage are counted, in ms; one more bucket takes what is longer. */
export const STAGE_BOUNDS_MS = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000] as const;

/** How long a stage took for one task, in ms: how many tasks by bucket, and their sum. */
export const stageDurations = z.object({
  counts: z.array(z.number().int()).length(STAGE_BOUNDS_MS.length + 1),
  sumMs: z.number(),
});
export type StageDurations = z.infer<typeof stageDurations>;

/** Sums since the worker started, in ms. `blockedMs`: had work but waited for the next stage or a budget. */
export const stageTimes = z.object({
  busyMs: z.number(),
  blockedMs: z.number(),
  items: z.number().int(),
  /** Workers before this was counted do not say it. */
  durations: stageDurations.optional(),
});
export type StageTimes = z.infer<typeof stageTimes>;

export const workerState = z.enum(['starting', 'idle', 'busy', 'paused', 'draining', 'stopped']);
export type WorkerState = z.infer<typeof workerState>;

/** One heartbeat. Times are ms since the epoch by the worker's clock; the queue adds its own `seenAt`. */
export const workerStatus = z.object({
  workerId: z.string().min(1).max(120),
  host: z.string(),
  pid: z.number().int(),
  version: z.string(),
  protocol: z.number().int(),
  state: workerState,
  currentTasks: z.array(z.string()),
  processed: z.number().int(),
  failed: z.number().int(),
  /** Pictures a second over the last few heartbeats. */
  rate: z.number(),
  startedAt: z.number(),
  rssBytes: z.number(),
  /** Of one core, over the last heartbeat: 1.5 is one and a half cores. */
  cpu: z.number(),
  stages: z.record(stageName, stageTimes),
  tags: z.array(z.string()).default([]),
  /** Why it claims nothing at the moment, in words; null while it does. */
  waitingFor: z.string().nullable().default(null),
});
export type WorkerStatus = z.infer<typeof workerStatus>;

/** A worker as the queue reports it. `lost`: its heartbeat expired without a goodbye. */
export interface KnownWorker {
  status: WorkerStatus;
  seenAt: number;
  lost: boolean;
}
