import { implement } from '@orpc/server';
import { queueContract } from '../../../src-core/contract/queue.ts';
import type { Correction } from '../../../src-core/contract/queue-operations.ts';
import { AppError } from '../../../src-core/domain/app-error.ts';
import { FINISHED_STATES, type TaskFilter } from '../../../src-core/domain/task.ts';
import { checkBackends } from '../backends.ts';
import { mustConfirmTasks } from '../confirm.ts';
import {
  historyDocument,
  isoTime,
  statsDocument,
  taskDocument,
  wholeTaskDocument,
  workerDocument,
} from '../documents.ts';
import type { ApiParts } from '../procedures.ts';
import { enqueueItems } from './batch.ts';
import { createCorrect } from './correct.ts';
import { taskFilterOf } from './filter-of.ts';
import type { Intake } from './intake.ts';
import { isEvent, type LiveEvents } from './live-events.ts';

const HOUR = 3_600_000;

export interface QueueParts extends Pick<ApiParts, 'console' | 'roots'> {
  intake: Intake;
  live: LiveEvents;
}

export function queueProcedures({ console, roots, intake, live }: QueueParts) {
  const api = implement(queueContract);

  async function retry(filter: TaskFilter, correction: Correction | undefined): Promise<{ retried: number }> {
    const tasks = await console.tasks();
    if (!correction) return { retried: await tasks.retry(filter) };
    return { retried: await tasks.retryCorrected(filter, await createCorrect(correction, { console, roots })) };
  }

  async function cancel(filter: TaskFilter): Promise<{ cancelled: number }> {
    return { cancelled: await (await console.tasks()).cancel(filter) };
  }

  async function setPaused(paused: boolean): Promise<{ paused: boolean }> {
    await (await console.queue()).setPaused(paused);
    return { paused };
  }

  return api.router({
    enqueue: api.enqueue.handler(async ({ input }) => intake.enqueue(input)),
    enqueueBatch: api.enqueueBatch.handler(async ({ input }) =>
      enqueueItems(
        intake,
        input.map((value) => ({ value })),
      ),
    ),
    status: api.status.handler(async ({ input: { task_id } }) => {
      const task = await (await console.queue()).get(task_id);
      if (!task) throw new AppError('NOT_FOUND', `there is no task ${task_id}`);
      return wholeTaskDocument(task);
    }),
    stats: api.stats.handler(async () => {
      const queue = await console.queue();
      const [stats, workers, health] = await Promise.all([queue.stats(), queue.workers(), checkBackends(console)]);
      const limit = (await console.fleetStatus()).limitOf(stats, workers);
      return statsDocument(stats, workers, health, limit);
    }),
    workers: api.workers.handler(async () => {
      const workers = await (await console.queue()).workers();
      return { workers: workers.map(workerDocument) };
    }),
    tasks: api.tasks.handler(async ({ input: { limit, cursor, ...which } }) => {
      const { items, next } = await (await console.tasks()).page(await taskFilterOf(which, console), limit, cursor);
      return { tasks: items.map(taskDocument), next };
    }),
    count: api.count.handler(async ({ input }) => {
      const at = isoTime(Date.now());
      return { count: await (await console.tasks()).count(await taskFilterOf(input, console)), at };
    }),
    retryTask: api.retryTask.handler(async ({ input: { task_id, correction } }) =>
      retry({ ids: [task_id] }, correction),
    ),
    cancelTask: api.cancelTask.handler(async ({ input: { task_id } }) => cancel({ ids: [task_id] })),
    retry: api.retry.handler(async ({ input }) => retry(await taskFilterOf(input, console), input.correction)),
    cancel: api.cancel.handler(async ({ input }) => cancel(await taskFilterOf(input, console))),
    setPriority: api.setPriority.handler(async ({ input }) => ({
      changed: await (await console.tasks()).setPriority(await taskFilterOf(input, console), input.priority),
    })),
    remove: api.remove.handler(async ({ input }) => {
      const tasks = await console.tasks();
      const { states = FINISHED_STATES, ...rest } = await taskFilterOf(input, console);
      const filter = { ...rest, states: FINISHED_STATES.filter((state) => states.includes(state)) };
      mustConfirmTasks(await tasks.count(filter), input.confirm);
      return { removed: await tasks.remove(filter) };
    }),
    pause: api.pause.handler(async () => setPaused(true)),
    resume: api.resume.handler(async () => setPaused(false)),
    flush: api.flush.handler(async ({ input: { confirm } }) => ({
      removed: await (await console.tasks()).flush(confirm),
    })),
    history: api.history.handler(async ({ input: { from, to, step_seconds } }) => {
      const until = to === undefined ? Date.now() : Date.parse(to);
      const since = from === undefined ? until - HOUR : Date.parse(from);
      if (since > until) throw new AppError('INVALID_INPUT', `from: ${isoTime(since)} is after ${isoTime(until)}`);
      const points = await (await console.queue()).history(since, until, step_seconds * 1_000);
      return { points: points.map(historyDocument) };
    }),
    events: api.events.handler(async function* ({ input, signal }) {
      for await (const event of live.subscribe(input.last_event_id ?? null, signal)) if (isEvent(event)) yield event;
    }),
  });
}
