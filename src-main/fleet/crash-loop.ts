import { backoffDelay } from '../../src-core/domain/task.ts';
import type { QueueOperator } from '../../src-core/ports/task-queue.ts';
import type { Logger } from '../../src-core/telemetry/log.ts';

export interface CrashLoopOptions {
  queue: Pick<QueueOperator, 'events'>;
  /** Whether a worker is, or was, one of this fleet. */
  isOurs: (workerId: string) => boolean;
  /** Wait before the first restart; doubles. */
  restartBackoffMs: number;
  crashLoopAfter: number;
  /** In [0, 1). */
  random: () => number;
  log: Logger;
}

export interface Death {
  /** Deaths in a row, this one included, between which no worker of this fleet finished a task; 0 after progress. */
  inARow: number;
  /** How long to wait before the replacement is started. */
  waitMs: number;
  /** It is the one that makes a crash loop of them. */
  alarm: boolean;
}

export const LONGEST_BACKOFF_MS = 30_000;
/** A backend that is back is not to be kept waiting. */
const OUTAGE_BACKOFF_MS = 5_000;

const PAGE = 1_000;

/**
 * Tells deaths that lead nowhere from those of a fleet that makes progress. Progress is read from the queue's log of
 * facts: heartbeats were tried first, and a worker that is killed between two of them looked as if it had done nothing,
 * so that a fleet under random kills was called a crash loop. Tasks that were failed *for* killing their worker are no
 * progress: a broken installation would so fail a whole catalog without an alarm.
 */
export function createCrashLoop(options: CrashLoopOptions) {
  const { queue, isOurs, restartBackoffMs, crashLoopAfter, random, log } = options;
  let cursor: number | null = null;
  let inARow = 0;
  let outages = 0;
  let counting: Promise<unknown> = Promise.resolve();

  async function hasProgress(): Promise<boolean> {
    for (let progress = false; ;) {
      const page = await queue.events(cursor, PAGE);
      cursor = page.cursor;
      progress ||=
        page.gap || // more was settled than the log holds
        page.events.some(
          (event) =>
            event.type === 'settled' &&
            isOurs(event.workerId) &&
            event.tasks.some(({ state }) => state === 'completed' || state === 'failed'),
        );
      if (page.events.length === 0) return progress;
    }
  }

  async function count(isOutage: boolean): Promise<Death> {
    outages = isOutage ? outages + 1 : 0;
    if (isOutage) {
      const backoff = { baseMs: restartBackoffMs, capMs: OUTAGE_BACKOFF_MS };
      return { inARow, waitMs: backoffDelay(outages, backoff, random()), alarm: false };
    }
    const progress = await hasProgress().catch((error: unknown) => {
      log.warn({ error }, 'the queue does not tell whether the fleet makes progress');
      return false;
    });
    inARow = progress ? 0 : inARow + 1;
    return {
      inARow,
      waitMs: backoffDelay(inARow, { baseMs: restartBackoffMs, capMs: LONGEST_BACKOFF_MS }, random()),
      alarm: inARow === crashLoopAfter,
    };
  }

  return {
    /** From here on progress counts. Throws QUEUE_UNAVAILABLE. */
    async begin(): Promise<void> {
      cursor = (await queue.events(null)).cursor;
    },
    /**
     * Counts one worker that died or asked to be replaced; one that could not start while a backend is away is no crash,
     * and is tried again for as long as that takes. One after another, however many die at a time.
     */
    died(isOutage = false): Promise<Death> {
      const counted = counting.then(() => count(isOutage));
      counting = counted;
      return counted;
    },
  };
}
