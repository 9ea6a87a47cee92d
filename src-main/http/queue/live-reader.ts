import type { Told } from './live-events.ts';

/** One who reads what is told, at a pace of its own. */
export interface Reader {
  push(event: Told): void;
  /** It missed something, and needs to know all anew. What waits for it is dropped. */
  fallBehind(): void;
  /** The next event, as soon as there is one. */
  next(): Promise<Told | 'behind' | 'end'>;
  ended(): boolean;
}

/** Events that wait for one reader at most. */
const MOST_WAITING = 256;

/** Holds what is told until it is read, and never more than so much. Ends with `signal`. */
export function createReader(signal: AbortSignal): Reader {
  let waiting: Told[] = [];
  let isBehind = false;
  let wake = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => wake.resolve(), { once: true });

  function fallBehind(): void {
    waiting = [];
    isBehind = true;
    wake.resolve();
  }

  return {
    fallBehind,
    push(event) {
      if (isBehind) return;
      if (waiting.length >= MOST_WAITING) return fallBehind();
      waiting.push(event);
      wake.resolve();
    },
    async next() {
      const isReady = (): boolean => signal.aborted || isBehind || waiting.length > 0;
      while (!isReady()) {
        await wake.promise;
        if (!signal.aborted) wake = Promise.withResolvers();
      }
      if (signal.aborted) return 'end';
      if (!isBehind) return waiting.shift()!;
      isBehind = false;
      return 'behind';
    },
    ended: () => signal.aborted,
  };
}
