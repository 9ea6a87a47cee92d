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

export const backendHealth = z.object({ ok: z.boolean(), error: errorCode.nullable() });

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
  backends: z.object({ queue: backendHealth, store: backendHealth }),
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
