import { choose } from './choose.ts';
import { queueRow, type QueueContext } from './context.ts';
import { nextDueAt } from './due.ts';

/** Time between two looks at whether another process has written: a look costs a few µs. */
const POLL_MS = 40;

/** Asked of one handle by all who wait on it. */
export interface Waker {
  /** Resolves with true when one of the workers that claim here may get something; false: time's up, abort, `close`. */
  wait(timeoutMs: number, signal?: AbortSignal): Promise<boolean>;
  /** Something was written through this handle. */
  touch(): void;
  close(): void;
}

export interface WakerOptions {
  context: QueueContext;
  /** Changes when another connection has written. */
  dataVersion: () => number;
  /** The workers that claim through this handle; none yet: any worker with empty hands. */
  workers: ReadonlySet<string>;
}

/**
 * SQLite tells nobody that something was written, so a waiting handle polls `PRAGMA data_version`, and reads the queue
 * only when that has moved, something was written here, or a lease or retry came due. It wakes for nothing that its own
 * workers may not claim: else idle workers, whose empty claims write too, would wake each other for ever.
 */
export function createWaker({ context, dataVersion, workers }: WakerOptions): Waker {
  const waiters = new Set<(mayClaim: boolean) => void>();
  let timer: NodeJS.Timeout | undefined;
  let soon: NodeJS.Immediate | undefined;
  let looking = false;
  let touched = true;
  let closed = false;
  let seenVersion = 0;
  let dueAt: number | null = null;

  function stop(): void {
    clearInterval(timer);
    clearImmediate(soon);
    timer = undefined;
    soon = undefined;
  }

  /** Most looks end here, so this part is cheap. */
  function look(): void {
    if (looking || waiters.size === 0) return;
    try {
      const version = dataVersion();
      const isDue = dueAt !== null && dueAt <= context.now();
      if (!touched && version === seenVersion && !isDue) return;
      touched = false;
      seenVersion = version;
    } catch {
      wakeAll();
      return;
    }
    void lookCloser();
  }

  async function lookCloser(): Promise<void> {
    looking = true;
    try {
      const found = await context.read((now) => lookUp(context, workers, now));
      dueAt = found.dueAt;
      if (found.claimable) wakeAll();
    } catch {
      // The claim that follows meets the same trouble and says so.
      wakeAll();
    } finally {
      looking = false;
    }
  }

  function wakeAll(mayClaim = true): void {
    for (const finish of waiters) finish(mayClaim);
  }

  function lookSoon(): void {
    touched = true;
    if (waiters.size > 0) {
      soon ??= setImmediate(() => {
        soon = undefined;
        look();
      });
    }
  }

  return {
    wait(timeoutMs, signal) {
      if (closed || signal?.aborted) return Promise.resolve(false);
      return new Promise((resolve) => {
        const finish = (mayClaim: boolean): void => {
          clearTimeout(timeout);
          signal?.removeEventListener('abort', giveUp);
          waiters.delete(finish);
          if (waiters.size === 0) stop();
          resolve(mayClaim);
        };
        const giveUp = (): void => finish(false);
        const timeout = setTimeout(giveUp, timeoutMs);
        signal?.addEventListener('abort', giveUp);
        waiters.add(finish);
        timer ??= setInterval(look, POLL_MS);
        lookSoon();
      });
    },
    touch: lookSoon,
    close() {
      closed = true;
      wakeAll(false);
      stop();
    },
  };
}

function lookUp(
  context: QueueContext,
  workers: ReadonlySet<string>,
  now: number,
): { claimable: boolean; dueAt: number | null } {
  const { paused, suspects, suspects_until: until } = queueRow(context);
  // A pause is lifted by a write, which is seen.
  if (paused) return { claimable: false, dueAt: null };
  const next = nextDueAt(context);
  if (next !== null && next <= now) return { claimable: true, dueAt: null };
  const claimers = workers.size > 0 ? [...workers] : [''];
  if (claimers.some((worker) => choose(context, worker, 1, now).places.length > 0)) {
    return { claimable: true, dueAt: null };
  }
  // Suspects that are another's become anybody's when that one's time is over.
  const soonest = [next, suspects > 0 ? until : null].filter((at) => at !== null && at > now);
  return { claimable: false, dueAt: soonest.length > 0 ? Math.min(...(soonest as number[])) : null };
}
