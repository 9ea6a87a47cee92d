import type { AppError, ErrorCode } from '../domain/app-error.ts';

/** A trouble that was not met for so long is over; the next one is another. */
const QUIET_MS = 60_000;

/**
 * Answers whether a trouble is new. While a backend is away every request meets it, and a line for each would bury all
 * else in the log.
 */
export function createTroubleWatch(now: () => number = () => performance.now()): (error: AppError) => boolean {
  const lastMet = new Map<ErrorCode, number>();
  return ({ code }) => {
    const before = lastMet.get(code);
    lastMet.set(code, now());
    return before === undefined || now() - before > QUIET_MS;
  };
}
