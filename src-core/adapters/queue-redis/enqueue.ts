import { z } from 'zod';
import { parseOrThrow } from '../../domain/app-error.ts';
import { backoff, newTask, TASK_PRIORITIES, type TaskState } from '../../domain/task.ts';
import type { EnqueueAnswer, QueueProducer } from '../../ports/task-queue.ts';
import { CHUNK, type QueueContext } from './context.ts';
import type { QueueSettings } from './settings.ts';
import { dataOf } from './rows.ts';

/** A task with nothing left out. */
export type ParsedTask = z.output<typeof newTask>;

/** Tasks with the settings' defaults for what they leave out. */
function schemaOf({ attempts, backoffBaseMs, backoffCapMs }: QueueSettings) {
  return z.array(
    newTask.extend({
      maxAttempts: newTask.shape.maxAttempts.unwrap().default(attempts),
      backoff: backoff
        .extend({
          baseMs: backoff.shape.baseMs.unwrap().default(backoffBaseMs),
          capMs: backoff.shape.capMs.unwrap().default(backoffCapMs),
        })
        .prefault({}),
    }),
  );
}

/** The verb `enqueue`. Checks all before it writes any. */
export function createEnqueue(context: QueueContext): QueueProducer['enqueue'] {
  const tasksSchema = schemaOf(context.settings);
  return async (tasks) => {
    const parsed = parseOrThrow(tasksSchema, tasks, 'tasks');
    const answers: EnqueueAnswer[] = [];
    for (let start = 0; start < parsed.length; start += CHUNK) {
      const chunk = parsed.slice(start, start + CHUNK);
      const states = await context.run<string[]>('enqueue', ...chunk.flatMap(argumentsOf));
      answers.push(...states.map((state, index) => answerOf(chunk[index]!.id, state)));
    }
    return answers;
  };
}

/** As enqueue.lua takes them. */
export function argumentsOf(task: ParsedTask): (string | number)[] {
  const { id, importId, priority, maxAttempts } = task;
  const { baseMs, capMs } = task.backoff;
  return [id, dataOf(task), importId ?? '', TASK_PRIORITIES.indexOf(priority), maxAttempts, baseMs, capMs];
}

function answerOf(id: string, state: string): EnqueueAnswer {
  const created = state.startsWith('+');
  return { id, state: (created ? state.slice(1) : state) as TaskState, created };
}
