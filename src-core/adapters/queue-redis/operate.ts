import { z } from 'zod';
import { AppError, parseOrThrow } from '../../domain/app-error.ts';
import {
  FINISHED_STATES,
  OPEN_STATES,
  REORDERABLE_STATES,
  RETRYABLE_STATES,
  taskCorrections,
  TASK_PRIORITIES,
  taskPriority,
  TASK_STATES,
  type Task,
  type TaskCorrection,
  type TaskFilter,
  type TaskPriority,
  type TaskState,
} from '../../domain/task.ts';
import type { Page } from '../../ports/task-queue.ts';
import { CHUNK, type QueueContext } from './context.ts';
import { dataOf, toTask, type TaskRow } from './rows.ts';
import { checkedFilter, conditionOf, scan, type Found } from './scan.ts';

/** Tasks that one script reads whole or changes: either costs several times what a look at a task costs. */
const AT_ONCE = 100;

export async function get(context: QueueContext, id: string): Promise<Task | null> {
  const [task] = await read(context, [id]);
  return task ?? null;
}

async function read(context: QueueContext, ids: readonly string[]): Promise<Task[]> {
  const tasks: Task[] = [];
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const rows = await context.run<(TaskRow | null)[]>('read', ...ids.slice(start, start + AT_ONCE));
    tasks.push(...rows.filter((row) => row !== null).map(toTask));
  }
  return tasks;
}

const pageSize = z.number().int().min(1).max(1_000);

export async function list(
  context: QueueContext,
  filter: TaskFilter,
  limit: number,
  cursor?: string,
): Promise<Page<Task>> {
  const size = parseOrThrow(pageSize, limit, 'limit');
  const before = cursor === undefined ? undefined : placeOf(cursor);
  const found: Found[] = [];
  for await (const batch of scan(context, checkedFilter(filter), TASK_STATES, size + 1, before)) {
    found.push(...batch);
    if (found.length > size) break;
  }
  const page = found.slice(0, size);
  const items = await read(
    context,
    page.map(({ id }) => id),
  );
  return { items, next: found.length > size ? String(page.at(-1)?.place) : null };
}

function placeOf(cursor: string): number {
  if (!/^\d{1,15}$/.test(cursor)) throw new AppError('INVALID_INPUT', `cursor: not one of this list: ${cursor}`);
  return Number(cursor);
}

export function retry(context: QueueContext, filter: TaskFilter): Promise<number> {
  return change(context, filter, 'retried', RETRYABLE_STATES);
}

export async function retryCorrected(context: QueueContext, corrections: readonly TaskCorrection[]): Promise<number> {
  const parsed = parseOrThrow(taskCorrections, corrections, 'corrections');
  let total = 0;
  for (let start = 0; start < parsed.length; start += AT_ONCE) {
    const byId = new Map(parsed.slice(start, start + AT_ONCE).map((correction) => [correction.id, correction]));
    const tasks = await read(context, [...byId.keys()]);
    const args = tasks.flatMap((task) => {
      const { payload = task.payload, catalogId = task.catalogId, ...rest } = byId.get(task.id)!;
      const { priority = task.priority, maxAttempts = task.maxAttempts } = rest;
      const data = dataOf({ ...task, payload, catalogId, maxAttempts });
      return [task.id, data, TASK_PRIORITIES.indexOf(priority), maxAttempts];
    });
    total += await context.run<number>('correct', ...args);
  }
  return total;
}

export function cancel(context: QueueContext, filter: TaskFilter): Promise<number> {
  return change(context, filter, 'cancelled', OPEN_STATES);
}

export function remove(context: QueueContext, filter: TaskFilter): Promise<number> {
  return change(context, filter, 'removed', FINISHED_STATES);
}

export async function setPriority(context: QueueContext, filter: TaskFilter, priority: TaskPriority): Promise<number> {
  const wanted = TASK_PRIORITIES.indexOf(parseOrThrow(taskPriority, priority, 'priority'));
  return change(context, filter, 'prioritised', REORDERABLE_STATES, wanted);
}

export async function count(context: QueueContext, filter: TaskFilter): Promise<number> {
  let total = 0;
  for await (const batch of scan(context, checkedFilter(filter), TASK_STATES, CHUNK)) total += batch.length;
  return total;
}

/** Chunk by chunk, each with its event in a script of its own, so that Redis serves others in between. */
async function change(
  context: QueueContext,
  filter: TaskFilter,
  verb: 'retried' | 'cancelled' | 'removed' | 'prioritised',
  from: readonly TaskState[],
  priority: number | '' = '',
): Promise<number> {
  const checked = checkedFilter(filter);
  const condition = conditionOf(checked, from);
  let total = 0;
  for await (const batch of scan(context, checked, from, AT_ONCE)) {
    for (let start = 0; start < batch.length; start += AT_ONCE) {
      const chunk = batch.slice(start, start + AT_ONCE);
      const tasks = chunk.flatMap(({ place, id }) => [place, id]);
      total += await context.run<number>('change', condition, verb, priority, ...tasks);
    }
  }
  return total;
}
