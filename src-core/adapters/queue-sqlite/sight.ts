import type { WireError } from '../../domain/app-error.ts';
import type { TaskFact } from '../../ports/task-queue.ts';
import { CHUNK, must, type QueueContext } from './context.ts';
import { factOf, record } from './events.ts';
import type { TaskRow } from './rows.ts';

/** Whom the queue names as the worker in events of its own doing. */
const THE_QUEUE = 'queue';

export const NO_WORKER_SEES_IT: WireError = {
  code: 'NO_WORKER_SEES_IT',
  message: 'no live worker can reach the folder of this file',
  retryable: false,
};

/** Sets of workers, by id, that do not hold this worker: it may claim the tasks that are noted with these. */
export function visibleSets(context: QueueContext, workerId: string): number[] {
  return context
    .sql(
      `SELECT id FROM blind_sets
       WHERE NOT EXISTS (SELECT 1 FROM json_each(blind_sets.workers) WHERE value = ?) ORDER BY id`,
    )
    .all<{ id: number }>(workerId)
    .map(({ id }) => id);
}

/** The set with one worker more. */
export function setWith(context: QueueContext, setId: number, workerId: string): number {
  const workers = JSON.stringify([...new Set([...workersOf(context, setId), workerId])].toSorted());
  context.sql('INSERT INTO blind_sets (workers) VALUES (?) ON CONFLICT DO NOTHING').run(workers);
  return must(context.sql('SELECT id FROM blind_sets WHERE workers = ?').get<{ id: number }>(workers)).id;
}

function workersOf(context: QueueContext, setId: number): string[] {
  const row = context.sql('SELECT workers FROM blind_sets WHERE id = ?').get<{ workers: string }>(setId);
  return JSON.parse(must(row).workers) as string[];
}

/** Whether every live worker is in the set. Without any live worker none has said so: then nobody sees is not known. */
export function nobodySees(context: QueueContext, setId: number, now: number): boolean {
  const live = context
    .sql(`SELECT worker_id FROM workers WHERE seen_at > ? AND state NOT IN ('draining', 'stopped')`)
    .all<{ worker_id: string }>(now - context.settings.lostAfterMs);
  if (live.length === 0) return false;
  const blind = new Set(workersOf(context, setId));
  return live.every((worker) => blind.has(worker.worker_id));
}

/** Sets of whose tasks `failUnseen` would fail some. A read. */
export function hopelessSets(context: QueueContext, now: number): number[] {
  return context
    .sql('SELECT id FROM blind_sets WHERE id <> 0')
    .all<{ id: number }>()
    .map(({ id }) => id)
    .filter((id) => nobodySees(context, id, now));
}

/** Fails a chunk of the tasks that no live worker sees: a worker may have died after the last of them was noted. */
export function failUnseen(context: QueueContext, now: number): number {
  const facts: TaskFact[] = [];
  for (const setId of hopelessSets(context, now)) {
    const rows = context
      .sql(
        `UPDATE tasks SET state = 'failed', code = ?, error = ?, finished_at = ?, due_at = NULL, held = 0, blind = 0
         WHERE n IN (SELECT n FROM tasks WHERE blind <> 0 AND blind = ? AND state IN ('waiting', 'delayed') LIMIT ?)
         RETURNING id, import_id`,
      )
      .all<TaskRow>(NO_WORKER_SEES_IT.code, JSON.stringify(NO_WORKER_SEES_IT), now, setId, CHUNK);
    facts.push(...rows.map((row) => factOf(row, 'failed', NO_WORKER_SEES_IT.code)));
  }
  if (facts.length > 0) record(context, now, { type: 'settled', workerId: THE_QUEUE, tasks: facts });
  return facts.length;
}
