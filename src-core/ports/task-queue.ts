import type {
  ClaimedTask,
  NewTask,
  Settlement,
  Task,
  TaskCorrection,
  TaskFilter,
  TaskPriority,
  TaskState,
} from '../domain/task.ts';
import type { KnownWorker, WorkerStatus } from '../domain/worker-status.ts';

/**
 * The queue. Its nine promises are in docs/queue.md (design.md §4); test/contract/task-queue/ checks every adapter
 * against them. All times are the backend's own, in ms since the epoch; all durations are ms.
 *
 * Every verb throws AppError: QUEUE_UNAVAILABLE (retryable) when the backend cannot be reached, INVALID_INPUT for
 * arguments out of range.
 */
export interface TaskQueue extends QueueProducer, QueueConsumer, QueueOperator {
  /** Idempotent; ends timers, connections and pending waits. */
  close(): Promise<void>;
}

export interface QueueProducer {
  /**
   * Acknowledged tasks are never lost. An id that is known already, in whatever state, is answered with that task's
   * state and `created: false`. One answer per task, in order. Any number of tasks; an adapter cuts batches itself.
   */
  enqueue(tasks: readonly NewTask[]): Promise<EnqueueAnswer[]>;
}

export interface EnqueueAnswer {
  id: string;
  state: TaskState;
  created: boolean;
  /** When the task was made, now or before. */
  createdAt: number;
}

export interface ClaimRequest {
  workerId: string;
  /** Chosen by the worker, new for each claim; a repeated one gets the same batch, less what is no longer its own. */
  claimId: string;
  /** 1–256. */
  max: number;
  leaseMs: number;
}

export interface Claim {
  tasks: ClaimedTask[];
  /**
   * Suspects wait for this worker, but it holds other tasks: it should claim nothing, finish, and claim again with
   * empty hands. The rest of the fleet goes on meanwhile.
   */
  emptyHands: boolean;
}

export interface SettleAnswer {
  taskId: string;
  /** False when the lease was no longer this claim's. Settling twice is accepted the second time too. */
  accepted: boolean;
  /** The task's state afterwards; null when there is no such task. */
  state: TaskState | null;
}

export interface Fingerprint {
  protocol: number;
  /** Id of the vector store that results go to, e.g. "sqlite:6f1c…" or "qdrant:https://…". */
  store: string;
  /** Id of the model. */
  model: string;
}

export interface MaintainReport {
  /** Delayed tasks that became waiting. */
  promoted: number;
  /** Leases that had run out. */
  reclaimed: number;
  /** Finished tasks, history and events that were dropped by age or number. */
  trimmed: number;
  /** When the next lease runs out or retry is due, in ms from now; null when nothing is. */
  nextDueMs: number | null;
}

/** What workers call. */
export interface QueueConsumer {
  /**
   * Binds the caller to what the queue feeds; the first caller decides, and so does one who comes when no task is open and
   * no worker alive. Throws FINGERPRINT_MISMATCH or PROTOCOL_MISMATCH with both sides named.
   */
  attach(fingerprint: Fingerprint): Promise<void>;
  /** Atomic. Empty when nothing is claimable, the queue is paused, or `emptyHands` is asked for. */
  claim(request: ClaimRequest): Promise<Claim>;
  /** Renews leases; answers the ids whose lease is no longer this worker's. */
  extend(workerId: string, tasks: readonly { taskId: string; version: number }[], leaseMs: number): Promise<string[]>;
  /** One answer per settlement, in order; one transaction for all. */
  settle(workerId: string, settlements: readonly Settlement[]): Promise<SettleAnswer[]>;
  /** Gives back all that a dead worker held, as suspects. Answers how many. Only a task that was alone has stalled. */
  reclaim(workerId: string): Promise<number>;
  maintain(): Promise<MaintainReport>;
  /**
   * Resolves with true as soon as something may be claimable, and with false after `timeoutMs` in which nothing was, when
   * `signal` aborts or the queue is closed; never rejects for these.
   */
  waitForWork(timeoutMs: number, signal?: AbortSignal): Promise<boolean>;
  heartbeat(status: WorkerStatus): Promise<void>;
}

export interface QueueStats {
  counts: Record<TaskState, number>;
  waitingByPriority: Record<TaskPriority, number>;
  suspects: number;
  /** Age of the oldest waiting task; null when none waits. */
  oldestWaitingMs: number | null;
  paused: boolean;
  /** Tasks finished in the last minutes, a minute. */
  throughput: { perMinute1: number; perMinute5: number; perMinute15: number };
  /** Since the queue was made, whatever was trimmed. */
  totals: { enqueued: number; completed: number; failed: number; cancelled: number; retried: number; stalled: number };
  /** Tasks in state failed, by error code. */
  failuresByCode: Record<string, number>;
}

export interface HistoryPoint {
  /** Start of the minute (or of the step). */
  at: number;
  /** Sums over the step. */
  enqueued: number;
  completed: number;
  failed: number;
  retried: number;
  stalled: number;
  /** Depth at the end of the step. */
  waiting: number;
  active: number;
  delayed: number;
}

export interface TaskFact {
  id: string;
  importId: string | null;
  state: TaskState;
  code?: string;
}

/** Facts, batched: one per settled batch, not one per task. */
export type QueueEvent = { seq: number; at: number } & (
  | { type: 'enqueued'; count: number }
  | { type: 'settled'; workerId: string; tasks: TaskFact[] }
  | { type: 'stalled'; workerId: string; tasks: TaskFact[] }
  | { type: 'retried' | 'cancelled' | 'removed' | 'prioritised'; count: number }
  | { type: 'paused' | 'resumed'; importId: string | null }
);

export interface EventPage {
  events: QueueEvent[];
  /** Pass it to the next call. */
  cursor: number;
  /** The log no longer holds what came right after the given cursor: read the state anew, then go on from `cursor`. */
  gap: boolean;
}

export interface Page<T> {
  items: T[];
  /** Opaque; null at the end. */
  next: string | null;
}

/** What operators and services call. */
export interface QueueOperator {
  stats(): Promise<QueueStats>;
  /** Steps of at least a minute; at most 2,000 points, the newest. */
  history(fromMs: number, toMs: number, stepMs: number): Promise<HistoryPoint[]>;
  get(id: string): Promise<Task | null>;
  /** Newest first. `limit` 1–1,000. */
  list(filter: TaskFilter, limit: number, cursor?: string): Promise<Page<Task>>;
  /** How many match now. */
  count(filter: TaskFilter): Promise<number>;
  /** Failed, cancelled and delayed tasks that match become waiting with fresh attempts. Answers how many. */
  retry(filter: TaskFilter): Promise<number>;
  /**
   * The same for single tasks that run with something changed; those that are unknown or in another state are left as they
   * are, and of several for one task the first holds. Answers how many.
   */
  retryCorrected(corrections: readonly TaskCorrection[]): Promise<number>;
  /** Waiting, delayed and active tasks that match; an active one’s late settle is refused. Answers how many. */
  cancel(filter: TaskFilter): Promise<number>;
  /** Drops finished tasks (completed, failed, cancelled) that match. Answers how many. */
  remove(filter: TaskFilter): Promise<number>;
  /**
   * Waiting and delayed tasks that match get another place in the line: in the order of their creation among those of that
   * priority. Suspects stay before all. Answers how many were of another one.
   */
  setPriority(filter: TaskFilter, priority: TaskPriority): Promise<number>;
  /** Without an import: the whole queue. Nothing more is claimed; what is active goes on; maintenance goes on. */
  setPaused(paused: boolean, importId?: string): Promise<void>;
  /** `since` null: from now on (an empty page with the cursor). */
  events(since: number | null, limit?: number): Promise<EventPage>;
  workers(): Promise<KnownWorker[]>;
  /** Forgets a worker that said goodbye, or a lost one. */
  removeWorker(workerId: string): Promise<void>;
}
