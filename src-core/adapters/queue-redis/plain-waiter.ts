import { setTimeout as sleep } from 'node:timers/promises';
import { type AppError, toAppError } from '../../domain/app-error.ts';
import { BLOCK_MS, type RedisConnection } from './connect.ts';

export interface PlainWaiterOptions {
  connection: RedisConnection;
  list: string;
  takeIn: () => Promise<number>;
  complain: (error: AppError) => void;
}

/** Between two tries of what does not get better by itself. */
const PAUSE_MS = 500;

/**
 * Calls `takeIn` whenever something lies on the list. It waits by moving the head of the list to where it is, which
 * returns on a push and changes nothing, so that no line is ever in the hands of a process alone.
 */
export function startPlainWaiter({ connection, list, takeIn, complain }: PlainWaiterOptions): { stop(): void } {
  const client = connection.blocking();
  const stopping = new AbortController();
  const { signal } = stopping;

  async function pause(): Promise<void> {
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }

  async function wait(): Promise<void> {
    while (!signal.aborted) {
      try {
        const head = await client.blmove(list, list, 'LEFT', 'LEFT', BLOCK_MS / 1_000);
        // What is there and cannot be taken in (a store that is away) is not asked for without a rest.
        if (head !== null && (await takeIn()) === 0) await pause();
      } catch (thrown) {
        if (signal.aborted) return;
        // `takeIn` tells of a key that is no list.
        if (!(thrown as Error).message.startsWith('WRONGTYPE')) complain(toAppError(thrown, 'QUEUE_UNAVAILABLE'));
        await pause();
      }
    }
  }

  void wait();
  return {
    stop() {
      stopping.abort();
      client.disconnect();
    },
  };
}
