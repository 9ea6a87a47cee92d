import {
  STAGE_BOUNDS_MS,
  STAGES,
  type StageDurations,
  type StageName,
  type StageTimes,
} from '../src-core/domain/worker-status.ts';

/**
 * Measures the stages of a pipeline whose items overlap. A stage is *busy* while at least one item is worked on, and
 * *blocked* while items wait to enter it and none is worked on; so neither sum outruns the clock, and the last stage
 * that is nearly always busy is what limits the worker (those before it wait for it, those after it for work).
 */
export interface StageClock {
  /** `change`: +1 when an item begins to wait for the stage, −1 when it no longer does. */
  waiting(stage: StageName, change: number): void;
  /** `change`: +1 when work on an item or a batch begins, −1 when it ends. */
  working(stage: StageName, change: number): void;
  finished(stage: StageName, items: number): void;
  /** What it took for one task, in ms: with others beside it, so that the sum may outrun the clock. */
  took(stage: StageName, ms: number): void;
  snapshot(): Record<StageName, StageTimes>;
}

interface Meter extends StageTimes {
  durations: StageDurations;
  waiting: number;
  working: number;
  at: number;
}

/** `now` is monotonic, in ms. */
export function createStageClock(now: () => number): StageClock {
  const start = now();
  const meters = Object.fromEntries(
    STAGES.map((stage): [StageName, Meter] => [
      stage,
      { busyMs: 0, blockedMs: 0, items: 0, durations: noDurations(), waiting: 0, working: 0, at: start },
    ]),
  ) as Record<StageName, Meter>;

  function upToNow(stage: StageName): Meter {
    const meter = meters[stage];
    const at = now();
    if (meter.working > 0) meter.busyMs += at - meter.at;
    else if (meter.waiting > 0) meter.blockedMs += at - meter.at;
    meter.at = at;
    return meter;
  }

  return {
    waiting: (stage, change) => void (upToNow(stage).waiting += change),
    working: (stage, change) => void (upToNow(stage).working += change),
    finished: (stage, items) => void (meters[stage].items += items),
    took(stage, ms) {
      const { durations } = meters[stage];
      const bucket = STAGE_BOUNDS_MS.findIndex((bound) => ms <= bound);
      durations.counts[bucket === -1 ? STAGE_BOUNDS_MS.length : bucket]!++;
      durations.sumMs += ms;
    },
    snapshot() {
      const times = STAGES.map((stage): [StageName, StageTimes] => {
        const { busyMs, blockedMs, items, durations } = upToNow(stage);
        return [stage, { busyMs, blockedMs, items, durations: structuredClone(durations) }];
      });
      return Object.fromEntries(times) as Record<StageName, StageTimes>;
    },
  };
}

function noDurations(): Meter['durations'] {
  return { counts: Array.from({ length: STAGE_BOUNDS_MS.length + 1 }, () => 0), sumMs: 0 };
}
