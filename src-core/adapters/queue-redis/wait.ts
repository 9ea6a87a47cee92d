import { setTimeout as pause } from 'node:timers/promises';
import { BLOCK_MS, type RedisClient } from './connect.ts';
import type { QueueContext } from './context.ts';

/** Looked again after so long at least, in ms: a token may have been lost with the process that took it. */
const LONGEST_MS = 1_000;
/** Who laid a token back lets somebody else take it first. */
const AFTER_YOU_MS = 100;
/** For so long after it a claim or a maintenance that found nothing says what a look would. */
const FRESH_MS = 50;

/** Asked of one handle by all who wait on it. */
export interface Waker {
  /** Resolves with true when one of the workers that claim here may get something; false: time's up, abort, `close`. */
  wait(timeoutMs: number, signal?: AbortSignal): Promise<boolean>;
  /** There has just been nothing for anybody here, which changes by itself in so many ms, if ever. */
  foundNothing(changesInMs: number | null): void;
  close(): void;
}

type Look = [claimable: number, changesInMs: number | null, laidBack: number];

/**
 * Blocks on the wake list, on a connection of its own that all who wait here share, and asks whether what it was woken
 * for may be claimed by the workers of this handle (`workers`; none yet: any with empty hands). One push wakes one
 * handle, so that a hundred idle workers do not run for one task. Time is watched here and not by the server: its
 * blocking calls end late and in flocks, and each end costs it as much as a look.
 */
export function createWaker(context: QueueContext, workers: ReadonlySet<string>): Waker {
  const waiters = new Set<(mayClaim: boolean) => void>();
  const stop = new AbortController();
  let blocking: RedisClient | undefined;
  let listening = false;
  let nextLook: NodeJS.Timeout | undefined;
  let nothing = { at: -Infinity, changesInMs: null as number | null };

  function wakeAll(mayClaim = true): void {
    clearTimeout(nextLook);
    for (const finish of waiters) finish(mayClaim);
  }

  /** Jitter keeps workers that wait for the same moment from asking all at once. */
  function lookIn(changesInMs: number | null): void {
    clearTimeout(nextLook);
    const ms = Math.min(LONGEST_MS * (1 + 0.25 * Math.random()), (changesInMs ?? Infinity) + 20 * Math.random());
    nextLook = setTimeout(() => void look(false), ms);
  }

  async function look(tookToken: boolean): Promise<void> {
    try {
      const [claimable, changesInMs, laidBack] = await context.run<Look>('look', tookToken ? '1' : '', ...workers);
      if (waiters.size === 0) {
        if (tookToken && laidBack === 0) layBack();
        return;
      }
      if (claimable === 1) return wakeAll();
      lookIn(changesInMs);
      if (laidBack === 1) await pause(AFTER_YOU_MS, undefined, { signal: stop.signal });
    } catch {
      // The claim that follows meets the same trouble and says so.
      wakeAll();
    }
  }

  /** As long as somebody waits; a token that comes later is for another. */
  async function listen(): Promise<void> {
    listening = true;
    try {
      while (waiters.size > 0 && !stop.signal.aborted) {
        blocking ??= context.connection.blocking();
        const token = await blocking.blpop(`${context.prefix}wake`, BLOCK_MS / 1_000);
        if (token === null) continue;
        if (waiters.size > 0) await look(true);
        else layBack();
      }
    } catch {
      wakeAll();
    } finally {
      listening = false;
    }
  }

  function layBack(): void {
    if (!stop.signal.aborted) void context.run('look', 'back').catch(() => undefined);
  }

  function watch(): void {
    const since = performance.now() - nothing.at;
    if (since > FRESH_MS || workers.size !== 1) void look(false);
    else lookIn(nothing.changesInMs === null ? null : Math.max(0, nothing.changesInMs - since));
    if (!listening) void listen();
  }

  return {
    wait(timeoutMs, signal) {
      if (stop.signal.aborted || signal?.aborted) return Promise.resolve(false);
      return new Promise((resolve) => {
        const finish = (mayClaim: boolean): void => {
          clearTimeout(timeout);
          signal?.removeEventListener('abort', giveUp);
          waiters.delete(finish);
          if (waiters.size === 0) clearTimeout(nextLook);
          resolve(mayClaim);
        };
        const giveUp = (): void => finish(false);
        const timeout = setTimeout(giveUp, timeoutMs);
        signal?.addEventListener('abort', giveUp);
        waiters.add(finish);
        watch();
      });
    },
    foundNothing(changesInMs) {
      nothing = { at: performance.now(), changesInMs };
    },
    close() {
      stop.abort();
      wakeAll(false);
      blocking?.disconnect();
    },
  };
}
