import type { WireError } from '../../domain/app-error.ts';
import type { TaskFact } from '../../ports/task-queue.ts';
import { CHUNK, heldOf, nextNumber, type QueueContext } from './context.ts';
import { factOf, record } from './events.ts';
import { withAttempt, type TaskRow } from './rows.ts';

/** Lonely stalls after which a task is taken for what kills the workers. */
const FATAL_STALLS = 3;

const COLUMNS = 'n, id, import_id, worker_id, alone, stalls, history';

/** Takes back what a dead worker holds. Answers how many. */
export function takeBackFrom(context: QueueContext, workerId: string, now: number): number {
  const rows = context
    .sql(`SELECT ${COLUMNS} FROM tasks WHERE state = 'active' AND worker_id = ? ORDER BY n`)
    .all<TaskRow>(workerId);
  takeBack(context, rows, now, 'the worker died while it held the task');
  dropSuspectsOwner(context, workerId);
  return rows.length;
}

/** Takes back a chunk of the leases that have run out. Answers how many. */
export function takeBackExpired(context: QueueContext, now: number): number {
  const rows = context
    .sql(
      `SELECT ${COLUMNS} FROM tasks INDEXED BY leases WHERE state = 'active' AND lease_until <= ? ORDER BY lease_until, n LIMIT ?`,
    )
    .all<TaskRow>(now, CHUNK);
  takeBack(context, rows, now, 'the worker did not renew its lease');
  return rows.length;
}

function takeBack(context: QueueContext, rows: readonly TaskRow[], now: number, message: string): void {
  if (rows.length === 0) return;
  const facts = new Map<string, TaskFact[]>();
  for (const row of rows) {
    const workerId = row.worker_id ?? '';
    const factsOfWorker = facts.get(workerId) ?? [];
    facts.set(workerId, factsOfWorker);
    factsOfWorker.push(stall(context, row, now, workerId, message));
  }
  for (const [workerId, tasks] of facts) record(context, now, { type: 'stalled', workerId, tasks });
  context.sql('UPDATE queue SET total_stalled = total_stalled + ?').run(rows.length);
}

function stall(context: QueueContext, row: TaskRow, now: number, workerId: string, message: string): TaskFact {
  const lost: WireError = { code: 'WORKER_LOST', message, retryable: true };
  const history = withAttempt(row.history, { at: now, workerId, error: lost });
  const stalls = row.stalls + row.alone;
  // The back of the list: so that workers which die for other reasons hit many suspects once, not one three times.
  const suspect = nextNumber(context);
  if (row.alone === 1 && stalls >= FATAL_STALLS) {
    const error: WireError = {
      code: 'WORKER_CRASHED',
      message: `its worker died or froze ${stalls} times while it held nothing but this task`,
      retryable: false,
    };
    context
      .sql(
        `UPDATE tasks SET state = 'failed', stalls = ?, suspect = ?, alone = 0, lease_until = NULL, blind = 0,
                          code = ?, error = ?, finished_at = ?, history = ? WHERE n = ?`,
      )
      .run(stalls, suspect, error.code, JSON.stringify(error), now, history, row.n);
    return factOf(row, 'failed', error.code);
  }
  context
    .sql(
      `UPDATE tasks SET state = 'waiting', stalls = ?, suspect = ?, alone = 0, lease_until = NULL, history = ?,
                        held = ${heldOf('tasks.import_id')} WHERE n = ?`,
    )
    .run(stalls, suspect, history, row.n);
  return factOf(row, 'waiting');
}

/** One worker at a time empties its hands for the suspects; this one will not any more. */
export function dropSuspectsOwner(context: QueueContext, workerId: string): void {
  context.sql('UPDATE queue SET suspects_owner = NULL, suspects_until = NULL WHERE suspects_owner = ?').run(workerId);
}
