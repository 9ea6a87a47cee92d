import type { SQLInputValue } from 'node:sqlite';
import type { WireError } from '../../domain/app-error.ts';
import { backoffDelay, type Settlement, type TaskState } from '../../domain/task.ts';
import { heldOf, must, type QueueContext } from './context.ts';
import { withAttempt, type TaskRow } from './rows.ts';
import { NO_WORKER_SEES_IT, nobodySees, setWith } from './sight.ts';

type Columns = Record<string, SQLInputValue>;

/** What becomes of a task. `code` and the columns that are not named stay as they were. */
export interface Verdict {
  state: TaskState;
  code?: string;
  columns: Columns;
}

/** A run of a task that has ended, and who ran it. */
export interface EndedRun {
  task: TaskRow & { blind: number };
  workerId: string;
  settlement: Settlement;
  now: number;
}

export function judge(context: QueueContext, run: EndedRun): Verdict {
  const { task, workerId, settlement, now } = run;
  switch (settlement.outcome) {
    case 'done': {
      const result = JSON.stringify(settlement.result);
      const columns = { result, error: null, code: null, suspect: null, blind: 0, finished_at: now };
      return { state: 'completed', columns };
    }
    case 'dead':
      return failed(settlement.error, now, afterError(run, settlement.error));
    case 'retry':
      return retried(context, run, settlement.error);
    case 'release':
      if (settlement.reason === 'unseen') return unseen(context, task, workerId, now);
      // Its old place is before all that wait.
      return { state: 'waiting', columns: { held: isHeld(context, task.import_id) } };
  }
}

/** The run came to an end of its own, though not a good one: the task does not kill its worker, so it is no suspect. */
function afterError({ task, workerId, settlement: { timings }, now }: EndedRun, error: WireError): Columns {
  return {
    attempts: task.attempts + 1,
    suspect: null,
    error: JSON.stringify(error),
    history: withAttempt(task.history, { at: now, workerId, error, ...(timings ? { timings } : {}) }),
  };
}

function failed(error: WireError, now: number, columns: Columns): Verdict {
  return {
    state: 'failed',
    code: error.code,
    columns: { error: JSON.stringify(error), ...columns, blind: 0, finished_at: now },
  };
}

function retried(context: QueueContext, run: EndedRun, error: WireError): Verdict {
  const { task, now } = run;
  const columns = afterError(run, error);
  const attempts = task.attempts + 1;
  if (attempts >= task.max_attempts) return failed(error, now, columns);
  context.sql('UPDATE queue SET total_retried = total_retried + 1').run();
  const backoff = { baseMs: task.backoff_base, capMs: task.backoff_cap };
  const due = now + backoffDelay(attempts, backoff, context.random());
  return { state: 'delayed', code: error.code, columns: { ...columns, stalls: 0, due_at: due } };
}

function unseen(context: QueueContext, task: EndedRun['task'], workerId: string, now: number): Verdict {
  const blind = setWith(context, task.blind, workerId);
  if (nobodySees(context, blind, now)) return failed(NO_WORKER_SEES_IT, now, {});
  return { state: 'delayed', columns: { blind, due_at: now + context.settings.unseenRetryMs } };
}

function isHeld(context: QueueContext, importId: string | null): number {
  return must(context.sql(`SELECT ${heldOf('?')} AS held`).get<{ held: number }>(importId)).held;
}
