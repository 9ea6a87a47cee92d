import { z } from 'zod';
import { parseOrThrow } from '../../domain/app-error.ts';
import { backoff, newTask, TASK_PRIORITIES, type TaskState } from '../../domain/task.ts';
import type { EnqueueAnswer, QueueProducer } from '../../ports/task-queue.ts';
import { chunksOf } from './chunks.ts';
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

/** A new task costs a script more than one that is moved. */
const TASKS_AT_ONCE = CHUNK / 2;
/** A task with so many characters of data or fewer costs a script as much as any. */
const USUAL_DATA = 4_000;

interface WrittenTask extends ParsedTask {
  /** What rows.ts makes of it. */
  data: string;
}

function* written(tasks: readonly ParsedTask[]): Generator<WrittenTask> {
  for (const task of tasks) yield { ...task, data: dataOf(task) };
}

/** The verb `enqueue`. Checks all before it writes any. */
export function createEnqueue(context: QueueContext): QueueProducer['enqueue'] {
  const tasksSchema = schemaOf(context.settings);
  return async (tasks) => {
    const parsed = parseOrThrow(tasksSchema, tasks, 'tasks');
    const answers: EnqueueAnswer[] = [];
    let sent: Promise<EnqueueAnswer[]> | undefined;
    for (const chunk of chunksOf(written(parsed), ({ data }) => Math.max(1, data.length / USUAL_DATA), TASKS_AT_ONCE)) {
      const before = sent;
      sent = send(context, chunk);
      // The server works on one chunk while the next is written here; that one's failure is met in its turn.
      sent.catch(() => undefined);
      if (before) answers.push(...(await before));
    }
    if (sent) answers.push(...(await sent));
    return answers;
  };
}

async function send(context: QueueContext, chunk: readonly WrittenTask[]): Promise<EnqueueAnswer[]> {
  const args = groupsOf(chunk).flatMap(groupArguments);
  const [at, ...known] = await context.run<[number, ...string[]]>('enqueue', ...args);
  // Without a text for any, all are new.
  return chunk.map(({ id }, index) => answerOf(id, at, known[index] ?? ''));
}

/** Runs of tasks of which only id and data differ: the rest is said once. */
function groupsOf(tasks: readonly WrittenTask[]): WrittenTask[][] {
  const groups: WrittenTask[][] = [];
  for (const task of tasks) {
    const [first] = groups.at(-1) ?? [];
    if (first && isAlike(first, task)) groups.at(-1)?.push(task);
    else groups.push([task]);
  }
  return groups;
}

/** Whether `sharedArguments` of both are the same. */
function isAlike(one: ParsedTask, other: ParsedTask): boolean {
  return (
    one.importId === other.importId &&
    one.priority === other.priority &&
    one.maxAttempts === other.maxAttempts &&
    one.backoff.baseMs === other.backoff.baseMs &&
    one.backoff.capMs === other.backoff.capMs
  );
}

/** As enqueue.lua takes them. */
function groupArguments(group: readonly WrittenTask[]): (string | number)[] {
  return [group.length, ...sharedArguments(group[0]!), ...group.flatMap(({ id, data }) => [id, data])];
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
