import { z } from 'zod';
import { errorCode } from '../domain/app-error.ts';
import { stageTimings, TASK_STATES, taskId, taskPriority, taskState } from '../domain/task.ts';
import { stageName, workerState } from '../domain/worker-status.ts';
import { count, time } from './values.ts';

export const taskDocument = z.object({
  task_id: taskId,
  status: taskState,
  kind: z.string(),
  priority: taskPriority,
  /** Null for a task of another kind. */
  image_path: z.string().nullable(),
  catalog_id: z.string(),
  import_id: z.string().nullable(),
  worker_id: z.string().nullable(),
  attempts: count,
  max_attempts: count,
  stalls: count,
  created_at: time,
  /** When a delayed task runs again. */
  due_at: time.nullable(),
  claimed_at: time.nullable(),
  finished_at: time.nullable(),
  error: z.object({ code: errorCode, message: z.string() }).nullable(),
  /** What the handler of its kind answered. */
  result: z.record(z.string(), z.unknown()).nullable(),
  /** ms that each stage took. */
  timings: stageTimings.nullable(),
});
export type TaskDocument = z.input<typeof taskDocument>;

const attemptDocument = z.object({
  at: time,
  worker_id: z.string(),
  error: z.object({ code: errorCode, message: z.string(), retryable: z.boolean(), stack: z.string().nullable() }),
  timings: stageTimings.nullable(),
});

/** One task, whole. */
export const wholeTaskDocument = taskDocument.extend({
  /** As it was enqueued; only the handler of its kind understands it. */
  payload: z.record(z.string(), z.unknown()),
  /** Runs that did not end well, oldest first; the newest ten are kept. */
  history: z.array(attemptDocument),
});
export type WholeTaskDocument = z.input<typeof wholeTaskDocument>;

const backendHealth = z.object({
  ok: z.boolean(),
  error: errorCode.nullable(),
  /** How long it took to answer; null where it did not. */
  latency_ms: z.number().nullable(),
});

/** `bytes`: what the store takes on its disk; null where it does not say. */
export const backendsHealth = z.object({
  queue: backendHealth,
  store: backendHealth.extend({ bytes: count.nullable() }),
});
export type BackendsHealthDocument = z.input<typeof backendsHealth>;

/** What holds the fleet up now, from what its workers did between their last two heartbeats. */
const limitDocument = z.object({
  limit: z.enum([
    'reading',
    'decoding',
    'inference',
    'store',
    'queue',
    'nothing_to_do',
    'no_workers',
    'paused',
    'store_away',
    'unknown',
  ]),
  /** Part of this machine's processors that the workers on it use, 0–1. */
  share: z.number(),
  /** Null where nothing tells. */
  more_workers_help: z.boolean().nullable(),
  /** In words: "decoding, 92 % of what this machine can do; more workers would not help". */
  text: z.string(),
});
export type LimitDocument = z.input<typeof limitDocument>;

export const statsDocument = z.object({
  counts: z.record(z.enum(TASK_STATES), count),
  waiting_by_priority: z.record(taskPriority, count),
  suspects: count,
  oldest_waiting_ms: z.number().nullable(),
  paused: z.boolean(),
  /** Tasks finished in the last minutes, a minute. */
  throughput: z.object({ per_minute1: z.number(), per_minute5: z.number(), per_minute15: z.number() }),
  totals: z.object({
    enqueued: count,
    completed: count,
    failed: count,
    cancelled: count,
    retried: count,
    stalled: count,
  }),
  failures_by_code: z.record(z.string(), count),
  workers: z.object({ online: count, busy: count, lost: count }),
  backends: backendsHealth,
  limited_by: limitDocument,
});
export type StatsDocument = z.input<typeof statsDocument>;

const stageTimesDocument = z.object({ busy_ms: z.number(), blocked_ms: z.number(), items: count });

export const workerDocument = z.object({
  worker_id: z.string(),
  host: z.string(),
  pid: z.number().int(),
  version: z.string(),
  protocol: z.number().int(),
  state: workerState,
  current_tasks: z.array(z.string()),
  processed: count,
  failed: count,
  rate: z.number(),
  started_at: time,
  seen_at: time,
  /** Silent without a goodbye. */
  lost: z.boolean(),
  rss_bytes: z.number(),
  cpu: z.number(),
  stages: z.record(stageName, stageTimesDocument),
  tags: z.array(z.string()),
  waiting_for: z.string().nullable(),
});
export type WorkerDocument = z.input<typeof workerDocument>;
