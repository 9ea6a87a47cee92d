import { z } from 'zod';
import { wireError } from './app-error.ts';

/*
 *                 enqueue
 *                    │
 *                    ▼    claim                done
 *   ┌───────────▶ waiting ───────▶ active ─────────────▶ completed
 *   │ due / retry    │  ▲            │ │ │
 *   │                │  └────────────┘ │ └─────────────▶ failed      (dead, attempts used up, three lonely stalls)
 *   │                │  release, stall │                    │
 * delayed ◀──────────┼─────────────────┘ retry              │ retry on request
 *   │                ▼                                      │
 *   └──────────▶ cancelled ◀── (from waiting, delayed, active)   failed, cancelled ──▶ waiting
 */
export const TASK_STATES = ['waiting', 'active', 'delayed', 'completed', 'failed', 'cancelled'] as const;
export const taskState = z.enum(TASK_STATES);
export type TaskState = z.infer<typeof taskState>;

/** Which state may follow which. Adapters move tasks in bulk by their own statements; their suites check this table. */
export const TASK_TRANSITIONS: Record<TaskState, readonly TaskState[]> = {
  waiting: ['active', 'cancelled', 'failed'], // failed: no live worker sees it
  active: ['completed', 'delayed', 'failed', 'waiting', 'cancelled'],
  delayed: ['waiting', 'cancelled', 'failed'],
  completed: [],
  failed: ['waiting'],
  cancelled: ['waiting'],
};

export const OPEN_STATES = ['waiting', 'active', 'delayed'] as const satisfies readonly TaskState[];

export const FINISHED_STATES = ['completed', 'failed', 'cancelled'] as const satisfies readonly TaskState[];

/** Those that run again on request. */
export const RETRYABLE_STATES = ['failed', 'cancelled', 'delayed'] as const satisfies readonly TaskState[];

/** Those that wait for their turn: the order of the others is of no use. */
export const REORDERABLE_STATES = ['waiting', 'delayed'] as const satisfies readonly TaskState[];

export function isOpen(state: TaskState): boolean {
  return (OPEN_STATES as readonly TaskState[]).includes(state);
}

export const TASK_PRIORITIES = ['high', 'normal', 'low'] as const;
export const taskPriority = z.enum(TASK_PRIORITIES);
export type TaskPriority = z.infer<typeof taskPriority>;

export const taskId = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');

export const backoff = z.object({
  /** Wait before the second attempt, in ms; doubles with each further one. */
  baseMs: z.number().int().min(0).default(2_000),
  capMs: z.number().int().min(0).default(10_000),
});
export type Backoff = z.infer<typeof backoff>;

/** Half a character becomes another text in some backends, and so another import. */
const wellFormed = z
  .string()
  .min(1)
  .refine((text) => text.isWellFormed(), 'is not well-formed Unicode');

/** Looked at only from outside: a record of zod's would check and copy each field, at half the cost of a whole task. */
const payload = z.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be an object',
);

/** What a producer hands in. The payload is plain JSON that only the handler of `kind` understands. */
export const newTask = z.object({
  id: taskId,
  kind: z.string().min(1).max(40).default('index'),
  catalogId: z.string().min(1),
  importId: wellFormed.nullable().default(null),
  payload,
  priority: taskPriority.default('normal'),
  maxAttempts: z.number().int().min(1).max(100).default(3),
  backoff: backoff.prefault({}),
});
export type NewTask = z.input<typeof newTask>;

/** What a task that runs again has from now on; what is left out stays. */
const taskCorrection = newTask.pick({ id: true }).extend({
  payload: newTask.shape.payload.optional(),
  catalogId: newTask.shape.catalogId.optional(),
  priority: taskPriority.optional(),
  maxAttempts: newTask.shape.maxAttempts.unwrap().optional(),
});
export type TaskCorrection = z.infer<typeof taskCorrection>;
/** Of two for one task the first holds: the second comes to a task that waits already. */
export const taskCorrections = z
  .array(taskCorrection)
  .transform((all) => [...new Map(all.toReversed().map((one) => [one.id, one])).values()].toReversed());

/** Milliseconds each stage took for one task, by stage name. */
export const stageTimings = z.record(z.string(), z.number());
export type StageTimings = z.infer<typeof stageTimings>;

/** One run that did not end well; the newest ten are kept with the task. */
export const attemptRecord = z.object({
  at: z.number(),
  workerId: z.string(),
  error: wireError,
  timings: stageTimings.optional(),
});
export type AttemptRecord = z.infer<typeof attemptRecord>;

/** A task as the queue knows it. Times are ms since the epoch by the backend's clock. */
export const task = z.object({
  id: taskId,
  kind: z.string(),
  state: taskState,
  priority: taskPriority,
  catalogId: z.string(),
  importId: z.string().nullable(),
  payload: z.record(z.string(), z.unknown()),
  /** Attempts burnt so far. A release or a stall burns none. */
  attempts: z.number().int(),
  maxAttempts: z.number().int(),
  backoff,
  /** Leases that ran out (or workers that died) while this task was alone. Three make it failed / WORKER_CRASHED. */
  stalls: z.number().int(),
  /** Its last lease ended by a stall: it is claimed alone until it settles. */
  suspect: z.boolean(),
  /** Number of its newest claim; 0 before the first. Numbers rise over the whole queue, so they fence old writers. */
  version: z.number().int(),
  workerId: z.string().nullable(),
  createdAt: z.number(),
  /** When a delayed task is due. */
  dueAt: z.number().nullable(),
  claimedAt: z.number().nullable(),
  finishedAt: z.number().nullable(),
  error: wireError.nullable(),
  result: z.record(z.string(), z.unknown()).nullable(),
  timings: stageTimings.nullable(),
  history: z.array(attemptRecord),
});
export type Task = z.infer<typeof task>;

/** What a worker gets to do its work: no more than it needs. */
export interface ClaimedTask {
  id: string;
  kind: string;
  catalogId: string;
  importId: string | null;
  payload: Record<string, unknown>;
  /** 1 for the first run. */
  attempt: number;
  maxAttempts: number;
  /** The claim's number: needed to settle, and the `version` of the point that is written. */
  version: number;
  suspect: boolean;
}

/** How a run ended, as data; the run loop decides it in one place. */
export type TaskOutcome =
  | { outcome: 'done'; result: Record<string, unknown> }
  | { outcome: 'retry'; error: z.infer<typeof wireError> }
  | { outcome: 'dead'; error: z.infer<typeof wireError> }
  /** Given back, no attempt burnt. `unseen`: this worker cannot reach the source; it is noted on the task. */
  | { outcome: 'release'; reason: 'drain' | 'unseen' | 'backend' };

export type Settlement = TaskOutcome & { taskId: string; version: number; timings?: StageTimings };

/** Which tasks; fields are joined by AND, values of one field by OR. An empty filter means all. */
export const taskFilter = z.strictObject({
  ids: z.array(taskId).max(10_000).optional(),
  states: z.array(taskState).optional(),
  codes: z.array(z.string()).optional(),
  importId: z.string().optional(),
  catalogId: z.string().optional(),
  workerId: z.string().optional(),
  /** Part of the payload's path, case-insensitive. */
  text: z.string().max(1_000).optional(),
  /** Finished at this moment or before, in ms since the epoch by the backend's clock. */
  finishedBefore: z.number().int().min(0).optional(),
});
export type TaskFilter = z.infer<typeof taskFilter>;

/**
 * Wait before attempt `attempts + 1`, in ms: exponential, capped, with equal jitter (half fixed, half random), so that
 * a store that comes back is not met by everybody at once. `random` is in [0, 1).
 * Source of the jitter's form: AWS Architecture Blog, "Exponential Backoff And Jitter" (2015).
 */
export function backoffDelay(attempts: number, { baseMs, capMs }: Backoff, random: number): number {
  const full = Math.min(capMs, baseMs * 2 ** Math.max(0, attempts - 1));
  return Math.round(full / 2 + (full / 2) * random);
}
