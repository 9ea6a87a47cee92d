import { isIP } from 'node:net';
import { AppError } from '../../src-core/domain/app-error.ts';

/** What one caller has used of a limit. */
export interface Allowance {
  limit: number;
  remaining: number;
  /** Seconds until it is whole again. */
  resetsIn: number;
  /** Whether this very use was within it. */
  ok: boolean;
}

/** So many of something a minute, for each caller on its own. */
export interface RateLimit {
  /** Uses one. */
  take(caller: string): Allowance;
  /** Uses none. */
  look(caller: string): Allowance;
}

const WINDOW_MS = 60_000;
/** Callers that are remembered. Who comes from more addresses than these is not held by a limit for each address anyway. */
const MOST_CALLERS = 10_000;

/**
 * A window for each caller that begins with its first use: one counter to touch for a request, and memory that does not
 * grow with the number of callers. `perMinute` is at least 1.
 */
export function createRateLimit(perMinute: number, now: () => number = Date.now): RateLimit {
  const windows = new Map<string, { used: number; endsAt: number }>();

  function use(caller: string, uses: 0 | 1): Allowance {
    const at = now();
    let window = windows.get(caller);
    if (!window || window.endsAt <= at) {
      window = { used: 0, endsAt: at + WINDOW_MS };
      if (uses > 0) remember(caller, window);
    }
    const ok = window.used < perMinute;
    window.used += uses;
    const remaining = Math.max(0, perMinute - window.used);
    return { limit: perMinute, remaining, resetsIn: Math.ceil((window.endsAt - at) / 1_000), ok };
  }

  function remember(caller: string, window: { used: number; endsAt: number }): void {
    windows.delete(caller); // so that the order stays that of the windows' ends
    windows.set(caller, window);
    const [oldest] = windows.keys();
    if (windows.size > MOST_CALLERS && oldest !== undefined) windows.delete(oldest);
  }

  return { take: (caller) => use(caller, 1), look: (caller) => use(caller, 0) };
}

/** Whom a limit counts: an address, or the network of an IPv6 address, since one machine has all of a /64. */
export function callerOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - groups.length - after.length }, () => '0');
  return [...groups, ...zeros, ...after].slice(0, 4).join(':');
}

/** Wrong tokens that one caller may send a minute. */
const MOST_FAILURES = 20;

export interface Guesses {
  /** Answers what `compare` does, and counts null as a failure. Throws TOO_MANY_REQUESTS. */
  check<T>(address: string, compare: () => T | null): T | null;
}

/**
 * Holds up who tries tokens. A caller that got in before is not locked out: behind one proxy, a dashboard with an old
 * token would else shut out everybody.
 */
export function createGuesses(now: () => number = Date.now): Guesses {
  const failures = createRateLimit(MOST_FAILURES, now);
  const known = new Set<string>();
  return {
    check(address, compare) {
      const caller = callerOf(address);
      const before = failures.look(caller);
      if (before.remaining === 0 && !known.has(caller)) throw tooMany('too many wrong tokens', before);
      const result = compare();
      if (result !== null) {
        if (known.size < MOST_CALLERS) known.add(caller);
        return result;
      }
      if (!failures.take(caller).ok) throw tooMany('too many wrong tokens', before);
      return null;
    },
  };
}

export function tooMany(what: string, { limit, resetsIn }: Allowance): AppError {
  const text = `${what} came from this address: ${limit} a minute are let through; again in ${resetsIn} s`;
  return new AppError('TOO_MANY_REQUESTS', text, { details: { retryAfter: resetsIn } });
}
