import type { TaskFilter } from '../../src-core/domain/task.ts';
import type { KnownWorker } from '../../src-core/domain/worker-status.ts';
import type { QueueStats } from '../../src-core/ports/task-queue.ts';
import type { ListedTask } from '../documents.ts';

/**
 * What a person asks of a queue and its workers, and changes: at the backends themselves, or at a server that has them.
 * Errors are the same in both places.
 */
export interface Operator {
  /** For people: a data dir, or the address of a server. */
  readonly place: string;
  stats(): Promise<QueueStats>;
  workers(): Promise<KnownWorker[]>;
  /** Newest first, at most `limit`. */
  tasks(filter: TaskFilter, limit: number): Promise<ListedTask[]>;
  /** Answers how many will run again. */
  retry(filter: TaskFilter): Promise<number>;
  /** Answers how many are given up. */
  cancel(filter: TaskFilter): Promise<number>;
  /** An import with all its tasks. Answers how many tasks are given up. */
  cancelImport(importId: string): Promise<number>;
  /** Ids of those that are not finished. */
  unfinishedImports(): Promise<string[]>;
  /** The whole queue where no import is named. */
  setPaused(paused: boolean, importId?: string): Promise<void>;
  /** Removes every task and answers how many; INVALID_INPUT unless `confirm` is the queue's name. */
  flush(confirm: string): Promise<number>;
}
