import { type AppError, toAppError } from '../src-core/domain/app-error.ts';
import type { TaskOutcome } from '../src-core/domain/task.ts';
import type { QueueConsumer } from '../src-core/ports/task-queue.ts';
import type { Logger } from '../src-core/telemetry/log.ts';
import { createBatcher } from './batcher.ts';
import type { HeldJob } from './leases.ts';
import type { StageClock } from './stage-clock.ts';

interface Ending {
  job: HeldJob;
  outcome: TaskOutcome;
}

export interface SettlerOptions {
  workerId: string;
  queue: Pick<QueueConsumer, 'settle'>;
  stages: StageClock;
  log: Logger;
  /** The queue is away: resolves when it should be tried again. */
  trouble: (error: AppError) => Promise<void>;
}

const MOST_PER_CALL = 256;

/** Tells the queue how tasks ended: all that end in one turn of the event loop (a batch) in one call. */
export function createSettler({ workerId, queue, stages, log, trouble }: SettlerOptions) {
  async function send(endings: Ending[]): Promise<Set<Ending>> {
    const settlements = endings.map(({ job, outcome }) => ({
      taskId: job.task.id,
      version: job.task.version,
      timings: job.timings,
      ...outcome,
    }));
    const answers = await queue.settle(workerId, settlements);
    const refused = answers.filter(({ accepted }) => !accepted);
    if (refused.length > 0) log.info({ taskIds: refused.map(({ taskId }) => taskId) }, 'settled too late');
    return new Set(endings.filter((_, index) => answers[index]?.accepted));
  }

  /** Tries as long as the leases hold: settling twice does no harm, and a finished task should not be run again. */
  async function sendWhileHeld(endings: Ending[]): Promise<Set<Ending>> {
    for (;;) {
      const mine = endings.filter(({ job }) => job.held);
      if (mine.length === 0) return new Set();
      try {
        return await send(mine);
      } catch (thrown) {
        const error = toAppError(thrown);
        if (!error.retryable) throw error;
        await trouble(error);
      }
    }
  }

  const batches = createBatcher<Ending, boolean>({
    size: MOST_PER_CALL,
    waitMs: 0,
    async run(endings) {
      stages.working('settle', +1);
      try {
        const accepted = await sendWhileHeld(endings);
        stages.finished('settle', accepted.size);
        return endings.map((ending) => accepted.has(ending));
      } finally {
        stages.working('settle', -1);
      }
    },
  });

  return {
    /** Answers whether the queue accepted it; false too when the lease ran out before it could be sent. */
    settle: (job: HeldJob, outcome: TaskOutcome): Promise<boolean> => batches.add({ job, outcome }),
  };
}
