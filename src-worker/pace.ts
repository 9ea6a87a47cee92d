/** How many tasks a worker should hold: enough that it never waits for a claim, few enough that little is lost with it. */
export interface Pace {
  settled(): void;
  /** There is no work: what passes until the next is settled is not the time of a task. */
  idle(): void;
  readonly wanted: number;
}

export interface PaceOptions {
  least: number;
  most: number;
  /** How much work to hold, in ms. */
  aheadMs: number;
  now: () => number;
}

/** Tasks are settled in bursts, so one interval says nothing: a window ends after so long or so many. */
const WINDOW_MS = 500;
const WINDOW_TASKS = 256;

/** Twelve-megapixel pictures take ten times as long as icons: a fixed number would be wrong for one of them. */
export function createPace({ least, most, aheadMs, now }: PaceOptions): Pace {
  let taskMs: number | null = null;
  let windowFrom: number | null = null;
  let count = 0;

  return {
    settled() {
      const at = now();
      if (windowFrom === null) {
        windowFrom = at;
        count = 0;
      } else {
        count++;
        if (at - windowFrom >= WINDOW_MS || count >= WINDOW_TASKS) {
          const measured = (at - windowFrom) / count;
          taskMs = taskMs === null ? measured : (taskMs + measured) / 2;
          windowFrom = at;
          count = 0;
        }
      }
    },
    idle() {
      windowFrom = null;
    },
    get wanted() {
      return taskMs === null ? least : Math.min(most, Math.max(least, Math.ceil(aheadMs / taskMs)));
    },
  };
}
