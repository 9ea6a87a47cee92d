/** How fast a count rises lately: over the last `windowMs`, so that a start-up or a pause long ago does not count. */
export interface RateWindow {
  /** `at` in ms, rising. */
  add(at: number, count: number): void;
  /** A second; null before there is anything to compare. */
  rate(): number | null;
}

export function createRateWindow(windowMs: number): RateWindow {
  const samples: { at: number; count: number }[] = [];
  return {
    add(at, count) {
      samples.push({ at, count });
      // One sample older than the window is kept as its beginning.
      while (samples.length > 2 && (samples[1]?.at ?? at) <= at - windowMs) samples.shift();
    },
    rate() {
      const first = samples[0];
      const last = samples.at(-1);
      if (!first || !last || last.at <= first.at) return null;
      return ((last.count - first.count) * 1000) / (last.at - first.at);
    },
  };
}
