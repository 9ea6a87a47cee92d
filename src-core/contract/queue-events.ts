import { z } from 'zod';
import { taskState } from '../domain/task.ts';
import { importDocument } from './imports.ts';
import { backendsHealth, statsDocument, workerDocument } from './queue-documents.ts';
import { count, time } from './values.ts';

const at = { at: time };

const fact = z.object({
  task_id: z.string(),
  import_id: z.string().nullable(),
  status: taskState,
  code: z.string().nullable(),
});

/** What became of tasks, told by the batch. */
export const taskEvent = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['enqueued', 'retried', 'cancelled', 'removed', 'prioritised']), ...at, count }),
  z.object({ type: z.enum(['settled', 'stalled']), ...at, worker_id: z.string(), tasks: z.array(fact) }),
  z.object({ type: z.enum(['paused', 'resumed']), ...at, import_id: z.string().nullable() }),
]);
export type TaskEvent = z.input<typeof taskEvent>;

/** All that a reader needs who knows nothing yet, or missed something. */
export const snapshot = z.object({
  stats: statsDocument,
  workers: z.array(workerDocument),
  imports: z.array(importDocument),
});

/** `id` is there where a reader can go on from: of tasks, and of a snapshot. */
export const liveEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('snapshot'), id: z.string(), data: snapshot }),
  z.object({ event: z.literal('task'), id: z.string(), data: taskEvent }),
  z.object({ event: z.literal('worker'), data: workerDocument }),
  /** It has ended, and is known no more. */
  z.object({ event: z.literal('worker_gone'), data: z.object({ worker_id: z.string() }) }),
  z.object({ event: z.literal('import'), data: importDocument }),
  z.object({ event: z.literal('health'), data: backendsHealth }),
]);
export type LiveEvent = z.input<typeof liveEvent>;
