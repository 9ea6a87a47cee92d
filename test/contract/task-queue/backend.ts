import { randomUUID } from 'node:crypto';
import type { ErrorCode, WireError } from '../../../src-core/domain/app-error.ts';
import type { ClaimedTask, NewTask, Settlement } from '../../../src-core/domain/task.ts';
import type { WorkerState, WorkerStatus } from '../../../src-core/domain/worker-status.ts';
import type { Claim, TaskQueue } from '../../../src-core/ports/task-queue.ts';
import { settingsSchema, type Settings } from '../../../src-core/settings/schema.ts';

/** One queue of its own for one test, opened by as many handles as the test wants: each stands for a process. */
export interface QueueBackend {
  /** Handles are closed, and what they left is removed, when the test ends. */
  open(overrides?: QueueOverrides): Promise<TaskQueue>;
  /** Lets this much of the backend's time pass. A backend with a clock of its own really waits. */
  advance(ms: number): Promise<void>;
}

export type OpenQueueBackend = () => Promise<QueueBackend>;

export type QueueOverrides = Partial<Settings['queue']>;

/** Short enough to be really waited for, long enough that a slow machine does not lose a lease by accident. */
export const LEASE = 1_000;
export const BACKOFF = 200;
export const BACKOFF_CAP = 500;
export const UNSEEN_RETRY = 100;
export const LOST_AFTER = 1_500;

export function suiteSettings(overrides: QueueOverrides = {}): Settings {
  return settingsSchema.parse({
    queue: {
      leaseMs: LEASE,
      backoffBaseMs: BACKOFF,
      backoffCapMs: BACKOFF_CAP,
      unseenRetryMs: UNSEEN_RETRY,
      ...overrides,
    },
    fleet: { lostAfterMs: LOST_AFTER },
  });
}

export function newTask(id: string, more: Partial<NewTask> = {}): NewTask {
  return { id, catalogId: 'catalog', payload: { path: `/pictures/${id}.jpg` }, ...more };
}

export function newTasks(count: number, prefix = 't', more: Partial<NewTask> = {}): NewTask[] {
  return Array.from({ length: count }, (_, index) => newTask(`${prefix}${index + 1}`, more));
}

export function claim(queue: TaskQueue, workerId = 'w1', max = 10, claimId: string = randomUUID()): Promise<Claim> {
  return queue.claim({ workerId, claimId, max, leaseMs: LEASE });
}

export async function claimTasks(queue: TaskQueue, workerId = 'w1', max = 10): Promise<ClaimedTask[]> {
  return (await claim(queue, workerId, max)).tasks;
}

export async function claimOne(queue: TaskQueue, workerId = 'w1'): Promise<ClaimedTask> {
  const [task] = await claimTasks(queue, workerId, 1);
  if (!task) throw new Error(`${workerId} found nothing to claim`);
  return task;
}

export function idsOf(tasks: readonly { id: string }[]): string[] {
  return tasks.map(({ id }) => id);
}

export function wire(code: ErrorCode): WireError {
  return { code, message: `a made-up ${code}`, retryable: code === 'STORE_UNAVAILABLE' };
}

type Handed = Pick<ClaimedTask, 'id' | 'version'>;

export function done({ id, version }: Handed): Settlement {
  return { taskId: id, version, outcome: 'done', result: { how: 'embedded' }, timings: { decode: 4 } };
}

export function again({ id, version }: Handed, code: ErrorCode = 'STORE_UNAVAILABLE'): Settlement {
  return { taskId: id, version, outcome: 'retry', error: wire(code) };
}

export function dead({ id, version }: Handed, code: ErrorCode = 'IMAGE_CORRUPT'): Settlement {
  return { taskId: id, version, outcome: 'dead', error: wire(code) };
}

export function release({ id, version }: Handed, reason: 'drain' | 'unseen' | 'backend' = 'drain'): Settlement {
  return { taskId: id, version, outcome: 'release', reason };
}

export function status(workerId: string, state: WorkerState = 'idle'): WorkerStatus {
  const none = { busyMs: 0, blockedMs: 0, items: 0 };
  return {
    workerId,
    host: 'host',
    pid: 1,
    version: '0.0.0',
    protocol: 1,
    state,
    currentTasks: [],
    processed: 0,
    failed: 0,
    rate: 0,
    startedAt: 0,
    rssBytes: 0,
    cpu: 0,
    stages: { read: none, decode: none, embed: none, upsert: none, settle: none },
    tags: [],
    waitingFor: null,
  };
}
