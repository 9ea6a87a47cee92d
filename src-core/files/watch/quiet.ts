export interface Quiet {
  /** Something happened. */
  stir(): void;
  /** What happened no longer matters. */
  forget(): void;
}

/** Calls `then` once nothing has stirred for `quietMs`, at the latest `mostMs` after the first stir. */
export function whenQuiet(quietMs: number, mostMs: number, then: () => void): Quiet {
  let timer: NodeJS.Timeout | undefined;
  let first = 0;

  function forget(): void {
    clearTimeout(timer);
    timer = undefined;
  }

  return {
    stir() {
      const now = performance.now();
      if (timer) clearTimeout(timer);
      else first = now;
      const waitMs = Math.max(0, Math.min(quietMs, first + mostMs - now));
      timer = setTimeout(() => {
        timer = undefined;
        then();
      }, waitMs);
    },
    forget,
  };
}
