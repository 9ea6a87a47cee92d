import { setTimeout as pause } from 'node:timers/promises';
import type { RedisClient } from './connect.ts';
import type { QueueContext } from './context.ts';

/** The longest time between two looks, in ms: a token may have been lost with the process that took it. */
const LONGEST_MS = 1_000;
/** Who laid a token back lets somebody else take it first. */
const AFTER_YOU_MS = 100;

/** Asked of one handle by all who wait on it. */
export interface Waker {
  /** Resolves when one of the workers that claim here may get something, after `timeoutMs`, on abort, on `close`. */
  wait(timeoutMs: number, signal?: AbortSignal): Promise<void>;
  close(): void;
}

type Look = [claimable: number, changesInMs: number | null, laidBack: number];

/**
 * Blocks on the wake list, on a connection of its own that all who wait here share, and asks whether what it was woken
 * for may be claimed by the workers of this handle (`workers`; none yet: any with empty hands). One push wakes one
 * handle, so that a hundred idle workers do not run for one task.
 */
export function createWaker(context: QueueContext, workers: ReadonlySet<string>): Waker {
  const waiters = new Set<() => void>();
  const stop = new AbortController();
  let blocking: RedisClient | undefined;
  let watching = false;

  function wakeAll(): void {
    for (const finish of waiters) finish();
  }

  async function watch(): Promise<void> {
    watching = true;
    let tookToken = false;
    try {
      while (waiters.size > 0 && !stop.signal.aborted) {
        const [claimable, changesInMs, laidBack] = await context.run<Look>('look', tookToken ? '1' : '', ...workers);
        tookToken = false;
        if (claimable === 1) {
          wakeAll();
          break;
        }
        if (laidBack === 1) await pause(AFTER_YOU_MS, undefined, { signal: stop.signal });
        tookToken = await block(changesInMs);
      }
    } catch {
      // The claim that follows meets the same trouble and says so.
      wakeAll();
    } finally {
      watching = false;
      if (tookToken) layBack();
    }
  }

  /** Whether a token came. Jitter keeps workers that wait for the same moment from asking all at once. */
  async function block(changesInMs: number | null): Promise<boolean> {
    const longest = LONGEST_MS * (0.75 + 0.25 * Math.random());
    const ms = Math.min(longest, (changesInMs ?? Infinity) + 20 * Math.random());
    blocking ??= context.connection.blocking();
    return (await blocking.blpop(`${context.prefix}wake`, Math.max(0.001, ms / 1_000))) !== null;
  }

  /** Whoever waited here is gone: the token is for another. */
  function layBack(): void {
    if (!stop.signal.aborted) void context.run('look', '1').catch(() => undefined);
  }

  return {
    wait(timeoutMs, signal) {
      if (stop.signal.aborted || signal?.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const finish = (): void => {
          clearTimeout(timeout);
          signal?.removeEventListener('abort', finish);
          waiters.delete(finish);
          resolve();
        };
        const timeout = setTimeout(finish, timeoutMs);
        signal?.addEventListener('abort', finish);
        waiters.add(finish);
        if (!watching) void watch();
      });
    },
    close() {
      stop.abort();
      wakeAll();
      blocking?.disconnect();
    },
  };
}
