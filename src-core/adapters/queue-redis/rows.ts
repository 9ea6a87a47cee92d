import type { WireError } from '../../domain/app-error.ts';
import { TASK_PRIORITIES, type AttemptRecord, type Task, type TaskState } from '../../domain/task.ts';

/** What Lua passes on as text: no number in it is ever changed. */
type TaskData = [
  kind: string,
  catalogId: string,
  importId: string | null,
  maxAttempts: number,
  payload: Task['payload'],
];
export type Unchanging = Pick<Task, 'kind' | 'catalogId' | 'importId' | 'maxAttempts' | 'payload'>;

export function dataOf({ kind, catalogId, importId, maxAttempts, payload }: Unchanging): string {
  return JSON.stringify([kind, catalogId, importId, maxAttempts, payload] satisfies TaskData);
}

export function parseData(text: string): Unchanging {
  const [kind, catalogId, importId, maxAttempts, payload] = JSON.parse(text) as TaskData;
  return { kind, catalogId, importId, maxAttempts, payload };
}

/** As read.lua answers it: texts, then the values in the order of base.lua. */
export type TaskRow = [
  id: string,
  data: string,
  error: string | null,
  texts: string | null,
  history: string | null,
  ...head: [
    place: number,
    priority: number,
    importId: string | null,
    createdAt: number,
    maxAttempts: number,
    baseMs: number,
    capMs: number,
  ],
  ...state: [
    state: TaskState,
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
  ],
];

export function toTask(row: TaskRow): Task {
  const [id, data, error, texts, history, , priority, , createdAt, , baseMs, capMs, state, attempts, stalls] = row;
  const [, , , , , , , , , , , , , , , suspect, version, , workerId, dueAt, claimedAt, finishedAt] = row;
  const [result, timings] = texts?.split('\n') ?? [];
  return {
    id,
    ...parseData(data),
    state,
    priority: TASK_PRIORITIES[priority] ?? 'normal',
    attempts,
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

/** The text that settle.lua keeps, as `toTask` takes it apart: no JSON has a bare newline. */
export function textsOf(result: Task['result'], timings: Task['timings']): string {
  return `${result ? JSON.stringify(result) : ''}\n${timings ? JSON.stringify(timings) : ''}`;
}

function parsed<T>(text: string | null | undefined): T | null {
  return text ? (JSON.parse(text) as T) : null;
}
