import type { WireError } from '../../domain/app-error.ts';
import { TASK_PRIORITIES, type AttemptRecord, type NewTask, type Task, type TaskState } from '../../domain/task.ts';

/** What Lua passes on as text: no number in it is ever changed. */
type TaskData = [kind: string, catalogId: string, payload: Task['payload']];

export function dataOf({ kind = 'index', catalogId, payload }: Pick<NewTask, 'kind' | 'catalogId' | 'payload'>): string {
  return JSON.stringify([kind, catalogId, payload] satisfies TaskData);
}

export function parseData(text: string): Pick<Task, 'kind' | 'catalogId' | 'payload'> {
  const [kind, catalogId, payload] = JSON.parse(text) as TaskData;
  return { kind, catalogId, payload };
}

/** As read.lua answers it: texts, then the packed state in the order of base.lua. */
export type TaskRow = [
  id: string,
  data: string,
  error: string | null,
  result: string | null,
  timings: string | null,
  history: string | null,
  state: TaskState,
  place: number,
  priority: number,
  importId: string | null,
  createdAt: number,
  maxAttempts: number,
  backoffBase: number,
  backoffCap: number,
  attempts: number,
  stalls: number,
  suspect: number,
  version: number,
  settled: number,
  workerId: string | null,
  dueAt: number,
  claimedAt: number,
  finishedAt: number,
  ...rest: unknown[],
];

export function toTask(row: TaskRow): Task {
  const [id, data, error, result, timings, history, state, , priority, importId, createdAt] = row;
  const [maxAttempts, baseMs, capMs, attempts, stalls, suspect, version, , workerId] = row.slice(11) as Numbers;
  const [dueAt, claimedAt, finishedAt] = row.slice(20, 23) as number[];
  return {
    id,
    ...parseData(data),
    state,
    priority: TASK_PRIORITIES[priority] ?? 'normal',
    importId,
    attempts,
    maxAttempts,
    backoff: { baseMs, capMs },
    stalls,
    suspect: suspect > 0,
    version,
    workerId,
    createdAt,
    dueAt: dueAt || null,
    claimedAt: claimedAt || null,
    finishedAt: finishedAt || null,
    error: parsed<WireError>(error),
    result: parsed<Task['result']>(result),
    timings: parsed<Task['timings']>(timings),
    history: (history?.split('\n') ?? []).map((line) => JSON.parse(line) as AttemptRecord),
  };
}

type Numbers = [number, number, number, number, number, number, number, number, string | null];

function parsed<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}
