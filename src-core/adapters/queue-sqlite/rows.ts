import type { WireError } from '../../domain/app-error.ts';
import { TASK_PRIORITIES, type AttemptRecord, type ClaimedTask, type Task, type TaskState } from '../../domain/task.ts';
import type { Row } from '../sqlite/database.ts';

/** A row of `tasks`; schema.ts says what the columns mean. */
export interface TaskRow extends Row {
  n: number;
  id: string;
  state: TaskState;
  priority: number;
  suspect: number | null;
  alone: number;
  attempts: number;
  stalls: number;
  version: number;
  worker_id: string | null;
  created_at: number;
  due_at: number | null;
  claimed_at: number | null;
  finished_at: number | null;
  max_attempts: number;
  backoff_base: number;
  backoff_cap: number;
  kind: string;
  catalog_id: string;
  import_id: string | null;
  error: string | null;
  result: string | null;
  timings: string | null;
  history: string;
  payload: string;
}

export function toTask(row: TaskRow): Task {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    priority: TASK_PRIORITIES[row.priority] ?? 'normal',
    catalogId: row.catalog_id,
    importId: row.import_id,
    payload: JSON.parse(row.payload) as Task['payload'],
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    backoff: { baseMs: row.backoff_base, capMs: row.backoff_cap },
    stalls: row.stalls,
    suspect: row.suspect !== null,
    version: row.version,
    workerId: row.worker_id,
    createdAt: row.created_at,
    dueAt: row.due_at,
    claimedAt: row.claimed_at,
    finishedAt: row.finished_at,
    error: parsed<WireError>(row.error),
    result: parsed<Task['result']>(row.result),
    timings: parsed<Task['timings']>(row.timings),
    history: JSON.parse(row.history) as AttemptRecord[],
  };
}

/** What a claim answers, with its columns: claims are the hot path and read no more. */
export const CLAIMED_COLUMNS =
  'n, id, priority, kind, catalog_id, import_id, payload, attempts, max_attempts, version, suspect';

export function toClaimedTask(row: TaskRow): ClaimedTask {
  return {
    id: row.id,
    kind: row.kind,
    catalogId: row.catalog_id,
    importId: row.import_id,
    payload: JSON.parse(row.payload) as ClaimedTask['payload'],
    attempt: row.attempts + 1,
    maxAttempts: row.max_attempts,
    version: row.version,
    suspect: row.suspect !== null,
  };
}

const KEPT_ATTEMPTS = 10;

/** The history's JSON with one more run in it; the newest ten are kept. */
export function withAttempt(history: string, attempt: AttemptRecord): string {
  return JSON.stringify([...(JSON.parse(history) as AttemptRecord[]), attempt].slice(-KEPT_ATTEMPTS));
}

function parsed<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}
