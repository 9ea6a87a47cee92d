/** Time over which a rate is measured, in ms. */
const WINDOW_MS = 20_000;
/** Below it, two counts say little. */
const LEAST_MS = 1_000;

interface Sample {
  at: number;
  done: number;
}

/** Files a second of each import, from its counts as events tell them. */
export function createRates() {
  const samples = new Map<string, Sample[]>();
  const listeners = new Set<() => void>();

  return {
    /** `done`: files that are finished, ever; `at` in ms since the epoch. */
    note(importId: string, done: number, at: number): void {
      const known = samples.get(importId) ?? [];
      // The last one before the window is where it begins.
      const from = known.findLastIndex((sample) => sample.at <= at - WINDOW_MS);
      samples.set(importId, [...known.slice(Math.max(from, 0)), { at, done }]);
      for (const listener of listeners) listener();
    },

    /** Null: not known yet. */
    of(importId: string, now: number): number | null {
      const known = samples.get(importId) ?? [];
      const end = Math.max(now, known.at(-1)?.at ?? 0);
      const first = known.findLast((sample) => sample.at <= end - WINDOW_MS) ?? known[0];
      const last = known.at(-1);
      if (!first || !last || end - first.at < LEAST_MS) return null;
      const rate = ((last.done - first.done) / (end - first.at)) * 1_000;
      // A retry takes counts back.
      return Math.max(0, rate);
    },

    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
