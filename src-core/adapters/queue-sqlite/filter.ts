import type { SQLInputValue } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseOrThrow } from '../../domain/app-error.ts';
import { TASK_STATES, taskFilter, type TaskFilter, type TaskState } from '../../domain/task.ts';
import { must, type QueueContext } from './context.ts';

/**
 * Places that one read looks at: what matches rarely must not block this process for long. It begins small and grows
 * where little is found, as old places lie far apart.
 */
const SMALL_WINDOW = 2_000;
const LARGE_WINDOW = 50_000;

/** A condition on `tasks`, with its values. */
export interface Condition {
  sql: string;
  values: SQLInputValue[];
}

/** The part of a filter that SQL can say; `text` is looked for in JavaScript, which knows the case of all letters. */
export function conditionOf(filter: TaskFilter, states: readonly TaskState[]): Condition {
  const parts: [string, SQLInputValue][] = [];
  const oneOf = (column: string, list: readonly string[]): void => {
    parts.push([`${column} IN (SELECT value FROM json_each(?))`, JSON.stringify(list)]);
  };
  oneOf('state', statesOf(filter, states));
  if (filter.ids) oneOf('id', filter.ids);
  if (filter.codes) oneOf('code', filter.codes);
  if (filter.importId !== undefined) parts.push(['import_id = ?', filter.importId]);
  if (filter.catalogId !== undefined) parts.push(['catalog_id = ?', filter.catalogId]);
  if (filter.workerId !== undefined) parts.push(['worker_id = ?', filter.workerId]);
  if (filter.finishedBefore !== undefined) parts.push(['finished_at <= ?', filter.finishedBefore]);
  return { sql: parts.map(([sql]) => sql).join(' AND '), values: parts.map(([, value]) => value) };
}

function statesOf(filter: TaskFilter, states: readonly TaskState[]): readonly TaskState[] {
  const wanted = filter.states;
  return wanted ? states.filter((state) => wanted.includes(state)) : states;
}

/** Left to itself, SQLite walks through the table for the sake of its order: through a million rows for ten failed. */
function indexFor(filter: TaskFilter, states: readonly TaskState[]): string {
  if (filter.ids) return '';
  if (filter.importId !== undefined) return 'INDEXED BY by_import';
  return statesOf(filter, states).length < TASK_STATES.length ? 'INDEXED BY by_state' : '';
}

export function checkedFilter(filter: TaskFilter): TaskFilter {
  return parseOrThrow(taskFilter, filter, 'filter');
}

/**
 * Places of the tasks that match, below `before`, newest first, in batches of at most `size`. Each step is a read of
 * its own, so what comes may have changed since: who writes repeats the condition.
 */
export async function* scan(
  context: QueueContext,
  filter: TaskFilter,
  states: readonly TaskState[],
  size: number,
  before = Number.MAX_SAFE_INTEGER,
): AsyncGenerator<number[]> {
  const { sql, values } = conditionOf(filter, states);
  const text = filter.text?.toLowerCase();
  const query = `SELECT n, ${text === undefined ? 'NULL' : `payload ->> 'path'`} AS path
                 FROM tasks ${indexFor(filter, states)} WHERE ${sql} AND n >= ? AND n < ? ORDER BY n DESC LIMIT ?`;
  const { low, high } = await context.read(() => bounds(context));
  // By ids there is nothing to walk through.
  let window = filter.ids ? high + 1 : SMALL_WINDOW;
  let end = Math.min(before, high + 1);
  while (end > low) {
    const start = Math.max(low, end - window);
    const rows = await context.read(() =>
      context.sql(query).all<{ n: number; path: string | null }>(...values, start, end, size),
    );
    const matching = text === undefined ? rows : rows.filter(({ path }) => path?.toLowerCase().includes(text));
    if (matching.length > 0) yield matching.map(({ n }) => n);
    const last = rows.at(-1);
    const isFull = rows.length === size && last !== undefined;
    end = isFull ? last.n : start;
    window = isFull ? SMALL_WINDOW : Math.min(LARGE_WINDOW, window * 2);
    await nextTurn();
  }
}

function bounds(context: QueueContext): { low: number; high: number } {
  const row = must(
    context.sql('SELECT min(n) AS low, max(n) AS high FROM tasks').get<{ low: number | null; high: number | null }>(),
  );
  return { low: row.low ?? 0, high: row.high ?? -1 };
}
