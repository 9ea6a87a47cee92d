import { randomUUID } from 'node:crypto';
import { AppError, isBackendTrouble, toAppError } from '../src-core/domain/app-error.ts';
import type { Backoff, TaskOutcome } from '../src-core/domain/task.ts';
import type { TaskQueue } from '../src-core/ports/task-queue.ts';
import type { Settings } from '../src-core/settings/schema.ts';
import type { Logger } from '../src-core/telemetry/log.ts';
import { createBreaker } from './breaker.ts';
import type { Handler } from './handler.ts';
import { createLeases, type HeldJob } from './leases.ts';
import { outcomeOf } from './outcome.ts';
import { createPace } from './pace.ts';
import { createSettler } from './settler.ts';
import type { StageClock } from './stage-clock.ts';
import type { TaskTraces } from './task-traces.ts';

export interface RunLoopOptions {
  workerId: string;
  queue: Pick<TaskQueue, 'claim' | 'extend' | 'settle' | 'maintain' | 'waitForWork'>;
  /** By kind. */
  handlers: Readonly<Record<string, Handler>>;
  settings: Pick<Settings, 'queue' | 'batch'>;
  stages: StageClock;
  /** Where tracing is on. */
  traces?: TaskTraces;
  log: Logger;
  /** Monotonic, in ms; goes on while the process is frozen. */
  now: () => number;
  /** Waits between tries of a backend that is down. */
  backoff?: Backoff;
}

interface RunLoopSnapshot {
  state: 'idle' | 'busy' | 'draining';
  currentTasks: string[];
  processed: number;
  failed: number;
  /** Runs whose end did not count, because the task was another worker's by then. */
  dropped: number;
  waitingFor: string | null;
}

export interface RunLoop {
  /** Works until it is drained; then all that it held is settled, released or no longer its own. Call it once. */
  run(): Promise<void>;
  /** Claims no more, finishes what has begun and releases what has not; then `run` resolves. Idempotent. */
  drain(): void;
  snapshot(): RunLoopSnapshot;
}

const POLL_MS = 1_000;
/** How much work is claimed ahead. */
const HOLD_MS = 1_000;
const MOST_PER_CLAIM = 256;

/** Claims tasks, gives each to the handler of its kind, and settles it once, by what came of it. */
export function createRunLoop(options: RunLoopOptions): RunLoop {
  const { workerId, queue, handlers, settings, stages, traces, log, now } = options;
  const { leaseMs } = settings.queue;
  const { size, upsertSize } = settings.batch;
  const breaker = createBreaker(options.backoff ?? { baseMs: 500, capMs: 10_000 }, now);
  const pace = createPace({ least: 2 * size, most: 8 * size + upsertSize, aheadMs: HOLD_MS, now });
  const leases = createLeases({ workerId, queue, stages, leaseMs, log, now, mayBegin });
  const settler = createSettler({ workerId, queue, stages, log, trouble: pauseFor });
  const draining = new AbortController();
  const counts = { processed: 0, failed: 0, dropped: 0 };
  let emptying = false;
  let maintainedAt = -Infinity;
  let changed = Promise.withResolvers<void>();

  function mayBegin(): void {
    if (draining.signal.aborted) throw new AppError('CANCELLED', 'the worker drains');
    if (breaker.open) throw breaker.open;
  }

  function announceChange(): void {
    changed.resolve();
    changed = Promise.withResolvers();
  }

  /** Resolves when a task has ended, the loop is drained, or `ms` have passed. */
  async function change(ms: number): Promise<void> {
    const timer = setTimeout(announceChange, ms);
    await changed.promise;
    clearTimeout(timer);
  }

  function trouble(error: AppError): void {
    if (!breaker.open) log.warn({ error }, 'pausing: a backend is in trouble');
    breaker.trouble(error);
  }

  async function pauseFor(error: AppError): Promise<void> {
    trouble(error);
    const until = now() + breaker.remainingMs;
    const isOver = (): boolean => now() >= until || (draining.signal.aborted && leases.size === 0);
    while (!isOver()) await change(until - now());
  }

  /** Runs one task to its end; never rejects. */
  async function work(job: HeldJob): Promise<void> {
    const outcome = await outcomeOfRun(job);
    const from = now();
    let accepted = false;
    try {
      accepted = outcome !== null && (await settler.settle(job, outcome));
    } catch (error) {
      log.error({ error, ...about(job) }, 'the queue refuses to settle; the task comes back when its lease ends');
    }
    if (accepted) stages.took('settle', now() - from);
    job.trace?.settling(from, now());
    job.trace?.end(accepted ? outcome : null);
    leases.drop(job);
    if (!accepted) counts.dropped++;
    else if (outcome?.outcome === 'done') counts.processed++;
    else if (outcome?.outcome === 'dead') counts.failed++;
    pace.settled();
    announceChange();
  }

  async function outcomeOfRun(job: HeldJob): Promise<TaskOutcome | null> {
    const { kind } = job.task;
    try {
      const handler = Object.hasOwn(handlers, kind) ? handlers[kind] : undefined;
      if (!handler) throw new AppError('INVALID_INPUT', `this version has no handler for tasks of kind "${kind}"`);
      const result = await handler.run(job);
      breaker.success();
      return { outcome: 'done', result };
    } catch (thrown) {
      const error = toAppError(thrown);
      if (isBackendTrouble(error)) trouble(error);
      if (error.code === 'INTERNAL') log.error({ error, ...about(job) }, 'a task met a defect');
      return outcomeOf(error);
    }
  }

  /** How many tasks to claim now; 0: none. */
  function room(): number {
    if (breaker.open || leases.suspects) return 0;
    if (emptying || breaker.probing) return leases.size === 0 ? 1 : 0;
    const free = pace.wanted - leases.size;
    return free >= pace.wanted / 4 ? Math.min(free, MOST_PER_CLAIM) : 0; // few large claims instead of many small ones
  }

  /** Claims and begins. Answers whether there was anything. Sent again with the same id while the queue is away. */
  async function claim(max: number): Promise<boolean> {
    const claimId = randomUUID();
    for (let tries = 1; ; tries++) {
      const sentAt = now();
      try {
        const { tasks, emptyHands } = await queue.claim({ workerId, claimId, max, leaseMs });
        emptying = emptyHands;
        const traceOf = tasks.length > 0 ? traces?.claimed(tasks, sentAt, now()) : undefined;
        const jobs = tasks.map((task) => leases.hold(task, sentAt, traceOf?.(task)));
        // The batch may be one that an earlier try got, whose lease began then.
        if (tries > 1) await leases.renew();
        for (const job of jobs) void work(job);
        return jobs.length > 0;
      } catch (thrown) {
        const error = toAppError(thrown);
        if (!error.retryable) throw error;
        if (draining.signal.aborted) return false;
        await pauseFor(error);
      }
    }
  }

  async function maintain(): Promise<void> {
    if (now() - maintainedAt < POLL_MS) return;
    maintainedAt = now();
    try {
      await queue.maintain();
    } catch (thrown) {
      const error = toAppError(thrown);
      if (!error.retryable) throw error;
      trouble(error);
    }
  }

  async function claimUntilDrained(): Promise<void> {
    let mayClaim = true;
    while (!draining.signal.aborted) {
      await maintain();
      const max = room();
      if (max === 0) {
        await change(breaker.open ? Math.min(POLL_MS, breaker.remainingMs) : POLL_MS);
        continue;
      }
      const idle = leases.size === 0;
      // An idle worker that nothing woke only maintains the queue.
      const claimed: boolean = (mayClaim || !idle) && (await claim(max));
      if (!claimed && idle) pace.idle();
      // Asked to empty its hands, it claims again at once when they are empty.
      const waits: boolean = !claimed && (idle || !emptying);
      mayClaim = !waits || (await queue.waitForWork(POLL_MS, draining.signal));
    }
  }

  return {
    async run() {
      leases.start();
      try {
        await claimUntilDrained();
      } finally {
        draining.abort();
        while (leases.size > 0) await change(POLL_MS);
        leases.stop();
      }
    },
    drain() {
      draining.abort();
      announceChange();
    },
    snapshot: () => ({
      state: draining.signal.aborted ? 'draining' : leases.size > 0 ? 'busy' : 'idle',
      currentTasks: [...leases.jobs()].filter((job) => job.begun).map((job) => job.task.id),
      ...counts,
      waitingFor: breaker.open ? `${breaker.open.code}: ${breaker.open.message}` : null,
    }),
  };
}

/** For log lines. */
function about({ task, trace }: HeldJob): { taskId: string; traceId?: string } {
  return { taskId: task.id, ...(trace && { traceId: trace.traceId }) };
}
