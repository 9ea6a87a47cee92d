import type { AppError } from '../src-core/domain/app-error.ts';
import type { ClaimedTask, StageTimings } from '../src-core/domain/task.ts';
import type { StageName } from '../src-core/domain/worker-status.ts';
import type { Embedder } from '../src-core/ports/embedder.ts';
import type { Pictures } from '../src-core/ports/pictures.ts';
import type { VectorStore } from '../src-core/ports/vector-store.ts';
import type { Settings } from '../src-core/settings/schema.ts';
import type { StageClock } from './stage-clock.ts';

/** A claimed task in its handler's hands. */
export interface Job {
  readonly task: ClaimedTask;
  /** What each stage took for it, in ms. */
  readonly timings: StageTimings;
  /** A stage that began at `from` (by `now`) is done with it, and with `among` tasks at once: each took its share. */
  took(stage: StageName, from: number, among?: number): void;
  /**
   * To be called once, before the first work. Throws LEASE_LOST, CANCELLED when the worker drains, or the trouble that
   * makes it pause: the handler lets these pass, and the task goes back to the queue.
   */
  begin(): void;
  /** False when the task is another worker's by now: to be looked at right before anything is written. */
  readonly held: boolean;
  /** Throws LEASE_LOST when it is not. */
  assertHeld(): void;
}

/** Runs the tasks of one kind. */
export interface Handler {
  /**
   * Called for each claimed task, for many at a time. Answers the task's result; throws an AppError, whose code decides
   * what becomes of the task (outcome.ts).
   */
  run(job: Job): Promise<Record<string, unknown>>;
  close(): void;
}

/** What a worker process has to offer to its handlers. */
export interface HandlerTools {
  settings: Settings;
  store: VectorStore;
  embedder: Embedder;
  pictures: Pictures;
  /** Id of this machine among those that share the queue. */
  machine: string;
  stages: StageClock;
  /** Monotonic, in ms. */
  now: () => number;
  /** Size of libuv's thread pool. */
  threads: number;
  /** Native code hangs: finish what is left, then be replaced. */
  onHang: (error: AppError) => void;
}

export type HandlerFactory = (tools: HandlerTools) => Handler;
