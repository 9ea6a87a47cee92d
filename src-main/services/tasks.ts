import { AppError, parseOrThrow } from '../../src-core/domain/app-error.ts';
import { pagesOf } from '../../src-core/domain/pages.ts';
import {
  RETRYABLE_STATES,
  taskFilter,
  type Task,
  type TaskCorrection,
  type TaskFilter,
  type TaskPriority,
} from '../../src-core/domain/task.ts';
import type { KnownWorker } from '../../src-core/domain/worker-status.ts';
import type { Page, QueueOperator } from '../../src-core/ports/task-queue.ts';

/** What an operator does with tasks. Filters are checked; an id that the queue does not know is NOT_FOUND. */
export interface Tasks {
  /** Newest first, at most `limit`. */
  list(filter: TaskFilter, limit: number): Promise<Task[]>;
  /** One page of them, as the queue's `list`; ids that it does not know are left out. */
  page(filter: TaskFilter, limit: number, cursor?: string): Promise<Page<Task>>;
  /** Failed, cancelled and delayed tasks that match run again, with fresh attempts. Answers how many. */
  retry(filter: TaskFilter): Promise<number>;
  /** The same with something changed, as `correct` says of each; null: that one stays as it is. Answers how many. */
  retryCorrected(filter: TaskFilter, correct: Correct): Promise<number>;
  /** How many match now. */
  count(filter: TaskFilter): Promise<number>;
  /** Waiting and delayed tasks that match get another place in the line. Answers how many were of another priority. */
  setPriority(filter: TaskFilter, priority: TaskPriority): Promise<number>;
  /** Finished tasks that match are forgotten; pictures that are indexed stay. Answers how many. */
  remove(filter: TaskFilter): Promise<number>;
  /** Waiting, delayed and active tasks that match. Answers how many. */
  cancel(filter: TaskFilter): Promise<number>;
  /**
   * Removes every task, whatever its state; a worker's late result is refused. Answers how many. `confirm` is the queue's
   * name: else INVALID_INPUT.
   */
  flush(confirm: string): Promise<number>;
  /** Workers that are there to run something. */
  liveWorkers(): Promise<KnownWorker[]>;
}

type Correct = (task: Task) => Promise<Omit<TaskCorrection, 'id'> | null>;

const PAGE = 1_000;
/** Of tasks that are read to be changed. */
const CHANGED_AT_ONCE = 250;

/** `name` is the queue's. */
export function createTasks(queue: QueueOperator, name: string): Tasks {
  async function checked(filter: TaskFilter): Promise<TaskFilter> {
    const parsed = parseOrThrow(taskFilter, filter, 'tasks');
    const unknown: string[] = [];
    for (const id of parsed.ids ?? []) if (!(await queue.get(id))) unknown.push(id);
    if (unknown.length)
      throw new AppError('NOT_FOUND', `there is no task ${unknown.join(', ')}`, { details: { unknown } });
    return parsed;
  }

  return {
    async list(filter, limit) {
      const wanted = await checked(filter);
      const tasks: Task[] = [];
      let cursor: string | undefined;
      do {
        const page = await queue.list(wanted, Math.min(PAGE, limit - tasks.length), cursor);
        tasks.push(...page.items);
        cursor = page.next ?? undefined;
      } while (cursor !== undefined && tasks.length < limit);
      return tasks;
    },
    page: async (filter, limit, cursor) => queue.list(parseOrThrow(taskFilter, filter, 'tasks'), limit, cursor),
    retry: async (filter) => queue.retry(await checked(filter)),
    async retryCorrected(filter, correct) {
      const { states = RETRYABLE_STATES, ...rest } = await checked(filter);
      const wanted = { ...rest, states: RETRYABLE_STATES.filter((state) => states.includes(state)) };
      let retried = 0;
      for await (const tasks of pagesOf((cursor) => queue.list(wanted, CHANGED_AT_ONCE, cursor))) {
        const corrections = await Promise.all(
          tasks.map(async (task) => {
            const corrected = await correct(task);
            return corrected ? [{ id: task.id, ...corrected }] : [];
          }),
        );
        retried += await queue.retryCorrected(corrections.flat());
      }
      return retried;
    },
    count: async (filter) => queue.count(await checked(filter)),
    setPriority: async (filter, priority) => queue.setPriority(await checked(filter), priority),
    remove: async (filter) => queue.remove(await checked(filter)),
    cancel: async (filter) => queue.cancel(await checked(filter)),
    async flush(confirm) {
      if (confirm !== name) {
        throw new AppError('INVALID_INPUT', `confirm: the queue is called "${name}", not "${confirm}"`);
      }
      await queue.cancel({});
      return queue.remove({});
    },
    async liveWorkers() {
      return (await queue.workers()).filter(({ lost, status }) => !lost && status.state !== 'stopped');
    },
  };
}
