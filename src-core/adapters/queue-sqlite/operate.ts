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
import { CHUNK, heldOf, type QueueContext } from './context.ts';
import { record } from './events.ts';
import { checkedFilter, conditionOf, scan, type Condition } from './filter.ts';
import { toTask, type TaskRow } from './rows.ts';

export async function get(context: QueueContext, id: string): Promise<Task | null> {
  const row = await context.read(() => context.sql('SELECT * FROM tasks WHERE id = ?').get<TaskRow>(id));
  return row ? toTask(row) : null;
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
  const places: number[] = [];
  for await (const batch of scan(context, checkedFilter(filter), TASK_STATES, size + 1, before)) {
    places.push(...batch);
    if (places.length > size) break;
  }
  const page = places.slice(0, size);
  const rows = await context.read(() =>
    context
      .sql('SELECT * FROM tasks WHERE n IN (SELECT value FROM json_each(?)) ORDER BY n DESC')
      .all<TaskRow>(JSON.stringify(page)),
  );
  return { items: rows.map(toTask), next: places.length > size ? String(page.at(-1)) : null };
}

function placeOf(cursor: string): number {
  if (!/^\d{1,15}$/.test(cursor)) throw new AppError('INVALID_INPUT', `cursor: not one of this list: ${cursor}`);
  return Number(cursor);
}

/**
 * A suspect stays one, also when it failed as WORKER_CRASHED: it has not come to an outcome yet, so its next run is
 * alone again, with three stalls ahead of it.
 */
export function retry(context: QueueContext, filter: TaskFilter): Promise<number> {
  return change(context, filter, 'retried', RETRYABLE_STATES, () => ({ sql: RETRY, values: [] }));
}

const RETRY = `UPDATE tasks SET state = 'waiting', attempts = 0, stalls = 0, blind = 0, error = NULL, code = NULL,
                                due_at = NULL, finished_at = NULL, held = ${heldOf('tasks.import_id')}`;

export async function retryCorrected(context: QueueContext, corrections: readonly TaskCorrection[]): Promise<number> {
  const parsed = parseOrThrow(taskCorrections, corrections, 'corrections');
  let total = 0;
  for (let start = 0; start < parsed.length; start += CHUNK) {
    const chunk = parsed.slice(start, start + CHUNK);
    total += await context.write((now) => {
      const count = chunk.reduce((sum, correction) => sum + correct(context, correction), 0);
      if (count > 0) record(context, now, { type: 'retried', count });
      return count;
    });
  }
  return total;
}

function correct(context: QueueContext, { id, payload, catalogId, priority, maxAttempts }: TaskCorrection): number {
  return context
    .sql(
      `${RETRY}, payload = coalesce(?, payload), catalog_id = coalesce(?, catalog_id),
       priority = coalesce(?, priority), max_attempts = coalesce(?, max_attempts)
       WHERE id = ? AND state IN (SELECT value FROM json_each(?))`,
    )
    .run(
      payload === undefined ? null : JSON.stringify(payload),
      catalogId ?? null,
      priority === undefined ? null : TASK_PRIORITIES.indexOf(priority),
      maxAttempts ?? null,
      id,
      JSON.stringify(RETRYABLE_STATES),
    ).changes;
}

export function cancel(context: QueueContext, filter: TaskFilter): Promise<number> {
  return change(context, filter, 'cancelled', OPEN_STATES, (now) => ({
    sql: `UPDATE tasks SET state = 'cancelled', blind = 0, alone = 0, held = 0, due_at = NULL, lease_until = NULL,
                           finished_at = ?`,
    values: [now],
  }));
}

export function remove(context: QueueContext, filter: TaskFilter): Promise<number> {
  return change(context, filter, 'removed', FINISHED_STATES, () => ({
    sql: 'DELETE FROM tasks',
    values: [],
  }));
}

export async function setPriority(context: QueueContext, filter: TaskFilter, priority: TaskPriority): Promise<number> {
  const wanted = TASK_PRIORITIES.indexOf(parseOrThrow(taskPriority, priority, 'priority'));
  return change(context, filter, 'prioritised', REORDERABLE_STATES, () => ({
    sql: 'UPDATE tasks SET priority = ?',
    values: [wanted],
    unless: { sql: 'priority = ?', values: [wanted] },
  }));
}

export async function count(context: QueueContext, filter: TaskFilter): Promise<number> {
  let total = 0;
  for await (const batch of scan(context, checkedFilter(filter), TASK_STATES, CHUNK)) total += batch.length;
  return total;
}

const NEVER: Condition = { sql: 'FALSE', values: [] };

/** Chunk by chunk, each with its event in its own transaction, so that no other process waits long for the lock. */
async function change(
  context: QueueContext,
  filter: TaskFilter,
  type: 'retried' | 'cancelled' | 'removed' | 'prioritised',
  from: readonly TaskState[],
  statement: (now: number) => Condition & { unless?: Condition },
): Promise<number> {
  const condition = conditionOf(checkedFilter(filter), from);
  let total = 0;
  for await (const places of scan(context, filter, from, CHUNK)) {
    total += await context.write((now) => {
      const { sql, values, unless = NEVER } = statement(now);
      const count = context
        .sql(`${sql} WHERE n IN (SELECT value FROM json_each(?)) AND ${condition.sql} AND NOT (${unless.sql})`)
        .run(...values, JSON.stringify(places), ...condition.values, ...unless.values).changes;
      if (count > 0) record(context, now, { type, count });
      return count;
    });
  }
  return total;
}
