import { CHUNK, heldOf, type QueueContext } from './context.ts';

/** Delayed tasks whose time has come wait again, at their old place: a chunk of them. Answers how many. */
export function promoteDue(context: QueueContext, now: number): number {
  return context
    .sql(
      `UPDATE tasks SET state = 'waiting', due_at = NULL, held = ${heldOf('tasks.import_id')}
       WHERE n IN (SELECT n FROM tasks INDEXED BY due WHERE state = 'delayed' AND due_at <= ? ORDER BY due_at LIMIT ?)`,
    )
    .run(now, CHUNK).changes;
}

/** When the next retry is due or lease runs out, in ms since the epoch; null when nothing will. */
export function nextDueAt(context: QueueContext): number | null {
  const row = context
    .sql(
      `SELECT (SELECT due_at FROM tasks INDEXED BY due WHERE state = 'delayed' ORDER BY due_at LIMIT 1) AS retry,
              (SELECT lease_until FROM tasks INDEXED BY leases WHERE state = 'active'
               ORDER BY lease_until LIMIT 1) AS lease`,
    )
    .get<{ retry: number | null; lease: number | null }>();
  const due = [row?.retry, row?.lease].filter((at) => typeof at === 'number');
  return due.length > 0 ? Math.min(...due) : null;
}
