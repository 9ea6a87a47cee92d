import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { errorCode } from '../domain/app-error.ts';
import { catalogName, DEFAULT_CATALOG } from '../domain/catalog.ts';
import { pictureFacts } from '../domain/image-record.ts';
import { plainTask } from '../domain/plain-task.ts';
import { taskId, taskPriority, taskState } from '../domain/task.ts';
import { statsDocument, taskDocument, wholeTaskDocument, workerDocument } from './queue-documents.ts';
import { liveEvent } from './queue-events.ts';
import { chosenTasks, confirmedTasks, correction, historyPoint, historyRange, whichTasks } from './queue-operations.ts';
import { count, listOf, time, wholeNumber, type CallMeta } from './values.ts';

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
export type EnqueueAnswerDocument = z.input<typeof enqueueAnswer>;

/** Each of them is checked on its own, as `enqueueRequest`: bad ones do not stop good ones. */
export const enqueueBatch = z.array(z.unknown()).min(1).max(10_000);

/** `index` is the place of the item in the batch, or the line of the stream, from 0. */
export const batchResult = z.union([
  enqueueAnswer.extend({ index: count }),
  z.object({ index: count, error: z.object({ code: errorCode, message: z.string() }) }),
]);
export type BatchResult = z.input<typeof batchResult>;

/** `refused` counts the results with an error, `accepted` all others. */
export const batchAnswer = z.object({ accepted: count, refused: count, results: z.array(batchResult) });

export const queueContract = {
  enqueue: oc
    .$meta<CallMeta>({ plain: true })
    .route({ method: 'POST', path: '/queue/enqueue', summary: 'Enqueue one picture' })
    .input(enqueueRequest)
    .output(enqueueAnswer),
  enqueueBatch: oc
    .$meta<CallMeta>({ plain: true })
    .route({
      method: 'POST',
      path: '/queue/enqueue/batch',
      summary: 'Enqueue up to 10,000 pictures; or, as a stream of JSON lines, any number',
    })
    .input(enqueueBatch)
    .output(batchAnswer),
  status: oc
    .route({ method: 'GET', path: '/queue/status/{task_id}', summary: 'One task' })
    .input(z.object({ task_id: taskId }))
    .output(wholeTaskDocument),
  stats: oc.route({ method: 'GET', path: '/queue/stats', summary: 'The numbers of the queue' }).output(statsDocument),
  workers: oc
    .route({ method: 'GET', path: '/queue/workers', summary: 'Every worker, also the lost ones' })
    .output(z.object({ workers: z.array(workerDocument) })),
  tasks: oc
    .route({ method: 'GET', path: '/queue/tasks', summary: 'Tasks that match, the newest first, page by page' })
    .input(
      whichTasks.extend({
        task_id: listOf(taskId, 1_000).optional().describe('Of these, those that are known'),
        limit: wholeNumber(1, 1_000).default(100),
        cursor: z.string().min(1).max(100).optional(),
      }),
    )
    .output(z.object({ tasks: z.array(taskDocument), next: z.string().nullable() })),
  count: oc
    .$meta<CallMeta>({ slow: true })
    .route({ method: 'GET', path: '/queue/count', summary: 'How many tasks match' })
    .input(whichTasks)
    .output(z.object({ count, at: time.describe('When: for finished_before') })),
  retryTask: oc
    .route({
      method: 'POST',
      path: '/queue/tasks/{task_id}/retry',
      summary: 'Run one task again, or a delayed one now',
    })
    .input(z.strictObject({ task_id: taskId, correction: correction.optional() }))
    .output(z.object({ retried: count })),
  cancelTask: oc
    .route({ method: 'POST', path: '/queue/tasks/{task_id}/cancel', summary: 'Give one task up' })
    .input(z.strictObject({ task_id: taskId }))
    .output(z.object({ cancelled: count })),
  retry: oc
    .$meta<CallMeta>({ slow: true })
    .route({
      method: 'POST',
      path: '/queue/retry',
      summary: 'Run all that match again: failed, cancelled and delayed ones',
    })
    .input(chosenTasks({ correction: correction.optional() }))
    .output(z.object({ retried: count })),
  cancel: oc
    .$meta<CallMeta>({ slow: true })
    .route({ method: 'POST', path: '/queue/cancel', summary: 'Give up all that match and are not finished' })
    .input(chosenTasks({}))
    .output(z.object({ cancelled: count })),
  setPriority: oc
    .$meta<CallMeta>({ slow: true })
    .route({
      method: 'POST',
      path: '/queue/priority',
      summary: 'Give all that match and wait, or are delayed, another priority',
    })
    .input(chosenTasks({ priority: taskPriority }))
    .output(z.object({ changed: count })),
  remove: oc
    .$meta<CallMeta>({ slow: true })
    .route({
      method: 'POST',
      path: '/queue/remove',
      summary: 'Forget all that match and are finished; pictures that are indexed stay',
    })
    .input(chosenTasks({ confirm: confirmedTasks }))
    .output(z.object({ removed: count })),
  pause: oc
    .route({ method: 'POST', path: '/queue/pause', summary: 'Let no worker claim; what is active is finished' })
    .output(z.object({ paused: z.boolean() })),
  resume: oc
    .route({ method: 'POST', path: '/queue/resume', summary: 'Let workers claim again' })
    .output(z.object({ paused: z.boolean() })),
  flush: oc
    .$meta<CallMeta>({ slow: true })
    .route({ method: 'POST', path: '/queue/flush', summary: 'Remove every task, in whatever state' })
    .input(z.strictObject({ confirm: z.string().max(200).describe('The name of the queue') }))
    .output(z.object({ removed: count })),
  history: oc
    .route({ method: 'GET', path: '/queue/history', summary: 'Depth, throughput and failures over time' })
    .input(historyRange)
    .output(z.object({ points: z.array(historyPoint) })),
  events: oc
    .$meta<CallMeta>({ plain: true })
    .route({ method: 'GET', path: '/queue/events', summary: 'What happens, as server-sent events' })
    .input(z.strictObject({ last_event_id: z.string().max(20).optional() }))
    .output(eventIterator(liveEvent)),
};
