/** How many tasks a worker should hold: enough that it never waits for a claim, few enough that little is lost with it. */
export interface Pace {
  /** A task was settled; `more` are still held. */
  settled(more: number): void;
  readonly wanted: number;
}

export interface PaceOptions {
  least: number;
  most: number;
  /** How much work to hold, in ms. */
  aheadMs: number;
  now: () => number;
}

/** Tasks are settled in bursts, so one interval says nothing. */
const WINDOW_MS = 500;

/** Twelve-megapixel pictures take ten times as long as icons: a fixed number would be wrong for one of them. */
export function createPace({ least, most, aheadMs, now }: PaceOptions): Pace {
  let taskMs: number | null = null;
  let windowFrom: number | null = null;
  let count = 0;

  return {
    settled(more) {
      const at = now();
      if (windowFrom === null) {
        windowFrom = at;
        count = 0;
      } else {
        count++;
        if (at - windowFrom >= WINDOW_MS) {
          const measured = (at - windowFrom) / count;
          taskMs = taskMs === null ? measured : (taskMs + measured) / 2;
          windowFrom = at;
          count = 0;
        }
      }
      if (more === 0) windowFrom = null; // what follows is waiting for work, not working
    },
    get wanted() {
      return taskMs === null ? least : Math.min(most, Math.max(least, Math.ceil(aheadMs / taskMs)));
    },
  };
}
