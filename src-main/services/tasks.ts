import { AppError, parseOrThrow } from '../../src-core/domain/app-error.ts';
import { taskFilter, type Task, type TaskFilter } from '../../src-core/domain/task.ts';
import type { KnownWorker } from '../../src-core/domain/worker-status.ts';
import type { QueueOperator } from '../../src-core/ports/task-queue.ts';

/** What an operator does with tasks. Filters are checked; an id that the queue does not know is NOT_FOUND. */
export interface Tasks {
  /** Newest first, at most `limit`. */
  list(filter: TaskFilter, limit: number): Promise<Task[]>;
  /** Failed, cancelled and delayed tasks that match run again, with fresh attempts. Answers how many. */
  retry(filter: TaskFilter): Promise<number>;
  /** Waiting, delayed and active tasks that match. Answers how many. */
  cancel(filter: TaskFilter): Promise<number>;
  /** Workers that are there to run something. */
  liveWorkers(): Promise<KnownWorker[]>;
}

const PAGE = 1_000;

export function createTasks(queue: QueueOperator): Tasks {
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
    retry: async (filter) => queue.retry(await checked(filter)),
    cancel: async (filter) => queue.cancel(await checked(filter)),
    async liveWorkers() {
      return (await queue.workers()).filter(({ lost, status }) => !lost && status.state !== 'stopped');
    },
  };
}
