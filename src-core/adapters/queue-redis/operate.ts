import { z } from 'zod';
import { AppError, parseOrThrow } from '../../domain/app-error.ts';
import {
  OPEN_STATES,
  RETRYABLE_STATES,
  taskCorrections,
  TASK_PRIORITIES,
  TASK_STATES,
  type Task,
  type TaskCorrection,
  type TaskFilter,
  type TaskState,
} from '../../domain/task.ts';
import type { Page } from '../../ports/task-queue.ts';
import { CHUNK, type QueueContext } from './context.ts';
import { dataOf, toTask, type TaskRow } from './rows.ts';
import { checkedFilter, conditionOf, scan, type Found } from './scan.ts';

export async function get(context: QueueContext, id: string): Promise<Task | null> {
  const [task] = await read(context, [id]);
  return task ?? null;
}

async function read(context: QueueContext, ids: readonly string[]): Promise<Task[]> {
  const tasks: Task[] = [];
  for (let start = 0; start < ids.length; start += CHUNK) {
    const rows = await context.run<(TaskRow | null)[]>('read', ...ids.slice(start, start + CHUNK));
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
  for (let start = 0; start < parsed.length; start += CHUNK) {
    const byId = new Map(parsed.slice(start, start + CHUNK).map((correction) => [correction.id, correction]));
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
  return change(context, filter, 'removed', ['completed', 'failed', 'cancelled']);
}

/** A change costs several times what a read costs. */
const CHANGED_AT_ONCE = 100;

/** Chunk by chunk, each with its event in a script of its own, so that Redis serves others in between. */
async function change(
  context: QueueContext,
  filter: TaskFilter,
  verb: 'retried' | 'cancelled' | 'removed',
  from: readonly TaskState[],
): Promise<number> {
  const checked = checkedFilter(filter);
  const condition = conditionOf(checked, from);
  let total = 0;
  for await (const batch of scan(context, checked, from, CHANGED_AT_ONCE)) {
    for (let start = 0; start < batch.length; start += CHANGED_AT_ONCE) {
      const chunk = batch.slice(start, start + CHANGED_AT_ONCE);
      total += await context.run<number>('change', condition, verb, ...chunk.flatMap(({ place, id }) => [place, id]));
    }
  }
  return total;
}
