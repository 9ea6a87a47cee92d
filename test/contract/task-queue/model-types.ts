import type { Settlement, TaskCorrection, TaskPriority, TaskState } from '../../../src-core/domain/task.ts';
import type { SettleAnswer } from '../../../src-core/ports/task-queue.ts';

export interface ModelTask {
  id: string;
  place: number;
  priority: TaskPriority;
  importId: string | null;
  maxAttempts: number;
  state: TaskState;
  attempts: number;
  stalls: number;
  /** Place in the suspects' list. */
  suspect: number | null;
  alone: boolean;
  version: number;
  settled: number;
  workerId: string | null;
  leaseUntil: number;
  dueAt: number | null;
  blind: Set<string>;
  code: string | null;
}

export interface ModelFilter {
  ids?: string[];
  importId?: string;
}

export interface QueueModel {
  readonly tasks: Map<string, ModelTask>;
  readonly totals: Record<'enqueued' | 'completed' | 'failed' | 'cancelled' | 'retried' | 'stalled', number>;
  now: number;
  paused: boolean;
  pausedImports: Set<string>;
  enqueue(task: Pick<ModelTask, 'id' | 'priority' | 'importId' | 'maxAttempts'>): boolean;
  /** `version` is the number that the queue gave this claim. */
  claim(workerId: string, claimId: string, max: number, version: number): { ids: string[]; emptyHands: boolean };
  extend(workerId: string, held: readonly { taskId: string; version: number }[]): string[];
  /** `dueAt` asks the queue when a task that is tried again is due: it rolls the dice. */
  settle(workerId: string, settlements: readonly Settlement[], dueAt: (id: string) => number): SettleAnswer[];
  reclaim(workerId: string): number;
  maintain(): { promoted: number; reclaimed: number; nextDueMs: number | null };
  heartbeat(workerId: string, live: boolean): void;
  retry(filter: ModelFilter): number;
  retryCorrected(corrections: readonly TaskCorrection[]): number;
  cancel(filter: ModelFilter): number;
  remove(filter: ModelFilter): number;
}
