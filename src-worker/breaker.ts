import type { AppError } from '../src-core/domain/app-error.ts';
import { type Backoff, backoffDelay } from '../src-core/domain/task.ts';

/*
 *  closed ──trouble──▶ open ──wait is over──▶ probing ──success──▶ closed
 *                        ▲                       │
 *                        └───────trouble─────────┘   (the wait doubles)
 */

/** Keeps a worker from claiming while its queue or store is down. */
export interface Breaker {
  trouble(error: AppError): void;
  success(): void;
  /** The trouble that it is open for; null while closed or probing. */
  readonly open: AppError | null;
  /** The wait is over, and no success has shown yet that the trouble is: try with one task. */
  readonly probing: boolean;
  /** How long it stays open, in ms. */
  readonly remainingMs: number;
}

export function createBreaker(waits: Backoff, now: () => number): Breaker {
  let error: AppError | null = null;
  let times = 0;
  let until = 0;
  const isOpen = (): boolean => error !== null && now() < until;

  return {
    trouble(found) {
      if (isOpen()) return; // a whole batch reports the same trouble
      error = found;
      times++;
      until = now() + backoffDelay(times, waits, Math.random());
    },
    success() {
      error = null;
      times = 0;
    },
    get open() {
      return isOpen() ? error : null;
    },
    get probing() {
      return error !== null && !isOpen();
    },
    get remainingMs() {
      return isOpen() ? until - now() : 0;
    },
  };
}
