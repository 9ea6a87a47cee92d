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
      const [at, ...known] = await context.run<[number, ...string[]]>(
        'enqueue',
        ...groupsOf(chunk).flatMap(groupArguments),
      );
      // Without a text for any, all are new.
      answers.push(...chunk.map(({ id }, index) => answerOf(id, at, known[index] ?? '')));
    }
    return answers;
  };
}

/** Runs of tasks of which only id and data differ: the rest is said once. */
function groupsOf(tasks: readonly ParsedTask[]): ParsedTask[][] {
  const groups: ParsedTask[][] = [];
  for (const task of tasks) {
    const [first] = groups.at(-1) ?? [];
    if (first && sharedArguments(first).every((value, index) => value === sharedArguments(task)[index])) {
      groups.at(-1)?.push(task);
    } else groups.push([task]);
  }
  return groups;
}

/** As enqueue.lua takes them. */
function groupArguments(group: readonly ParsedTask[]): (string | number)[] {
  return [group.length, ...sharedArguments(group[0]!), ...group.flatMap((task) => [task.id, dataOf(task)])];
}

function sharedArguments({
  importId,
  priority,
  maxAttempts,
  backoff: { baseMs, capMs },
}: ParsedTask): (string | number)[] {
  return [importId ?? '', TASK_PRIORITIES.indexOf(priority), maxAttempts, baseMs, capMs];
}

/** As plain-intake.lua takes one. */
export function argumentsOf(task: ParsedTask): (string | number)[] {
  return [task.id, dataOf(task), ...sharedArguments(task)];
}

/** `known` is empty for a new task, else state and time of the one that exists. */
function answerOf(id: string, at: number, known: string): EnqueueAnswer {
  if (known === '') return { id, state: 'waiting', created: true, createdAt: at };
  const [state, createdAt] = known.split(' ');
  return { id, state: state as TaskState, created: false, createdAt: Number(createdAt) };
}
