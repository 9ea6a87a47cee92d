import { AppError } from '../src-core/domain/app-error.ts';

export interface HangWatchOptions {
  /** How many of the watched run at a time; the others wait in line, in the order in which they were handed in. */
  threads: number;
  /** How long one may run. */
  limitMs: number;
  /** How often to look. */
  everyMs: number;
  onHang: (error: AppError) => void;
}

/**
 * Gives up on native work that never ends: it cannot be interrupted and keeps its thread, so the process must be
 * replaced after what is left has finished. Time in line does not count (with many pictures in flight it is longer
 * than the work), nor does time in which this process did not run: looks are counted, not the clock.
 */
export interface HangWatch {
  /** As `work`, or rejects with DECODE_TIMEOUT. */
  watch<T>(work: Promise<T>): Promise<T>;
  close(): void;
}

export function createHangWatch({ threads, limitMs, everyMs, onHang }: HangWatchOptions): HangWatch {
  const inLine = new Set<{ looks: number; giveUp: (error: AppError) => void }>();

  function look(): void {
    let running = 0;
    for (const entry of inLine) {
      if (++running > threads) return;
      if (++entry.looks * everyMs <= limitMs) continue;
      const error = new AppError('DECODE_TIMEOUT', `the decoder has not come back after ${limitMs} ms`);
      inLine.delete(entry);
      entry.giveUp(error);
      onHang(error);
    }
  }

  const timer = setInterval(look, everyMs).unref();

  return {
    async watch(work) {
      const { promise: givenUp, reject } = Promise.withResolvers<never>();
      const entry = { looks: 0, giveUp: reject };
      inLine.add(entry);
      try {
        return await Promise.race([work, givenUp]);
      } finally {
        inLine.delete(entry);
      }
    },
    close: () => clearInterval(timer),
  };
}
