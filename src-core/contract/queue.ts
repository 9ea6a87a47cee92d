import { oc } from '@orpc/contract';
import { z } from 'zod';
import { errorCode } from '../domain/app-error.ts';
import { catalogName, DEFAULT_CATALOG } from '../domain/catalog.ts';
import { pictureFacts } from '../domain/image-record.ts';
import { plainTask } from '../domain/plain-task.ts';
import { stageTimings, TASK_STATES, taskId, taskPriority, taskState } from '../domain/task.ts';
import { stageName, workerState } from '../domain/worker-status.ts';
import { count, time } from './values.ts';

/** One picture to be indexed. Unknown fields are refused: a misspelt one would be lost without a word. */
export const enqueueRequest = z.strictObject({
  image_path: plainTask.shape.image_path,
  product_id: pictureFacts.shape.productId,
  name: pictureFacts.shape.name,
  description: pictureFacts.shape.description,
  metadata: pictureFacts.shape.metadata,
  priority: taskPriority.optional(),
  catalog: catalogName.default(DEFAULT_CATALOG),
  /** The same id again is answered with the task that exists. */
  task_id: taskId.optional(),
  max_attempts: z.number().int().min(1).max(100).optional(),
});
export type EnqueueRequest = z.output<typeof enqueueRequest>;

export const enqueueAnswer = z.object({ task_id: taskId, status: taskState, created_at: time });

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

const backendHealth = z.object({ ok: z.boolean(), error: errorCode.nullable() });

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

export const queueContract = {
  enqueue: oc.route({ method: 'POST', path: '/queue/enqueue' }).input(enqueueRequest).output(enqueueAnswer),
  status: oc
    .route({ method: 'GET', path: '/queue/status/{task_id}' })
    .input(z.object({ task_id: taskId }))
    .output(taskDocument),
  stats: oc.route({ method: 'GET', path: '/queue/stats' }).output(statsDocument),
  workers: oc.route({ method: 'GET', path: '/queue/workers' }).output(z.object({ workers: z.array(workerDocument) })),
};
