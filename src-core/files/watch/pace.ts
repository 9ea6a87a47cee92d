import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

/** CPU time, ms, that work takes in one go; messages and events wait for that long. */
const SLICE_MS = 20;

/** Work in small steps; a step takes a ms or so. */
export type Steps = Generator<void, void>;

export interface Pace {
  /** Part of one CPU that the work may take now, 0 to 1. */
  share(): number;
  /** Least rest after the last slice. */
  leastMs: number;
  /** Aborts when the share has risen: rests are shortened. */
  risen(): AbortSignal;
  signal: AbortSignal;
  /** What counts as the cost of a slice, ms since the last one; without: the slice alone. */
  meter?: () => number;
}

/** Runs the steps at full speed, letting others in now and then. */
export async function runNow(steps: Steps): Promise<void> {
  while (!slice(steps).done) await nextTurn();
}

/** CPU time, ms, that this thread used since the last call. */
export function createMeter(): () => number {
  let before = process.threadCpuUsage();
  return () => {
    const { user, system } = process.threadCpuUsage(before);
    before = process.threadCpuUsage();
    return (user + system) / 1_000;
  };
}

/** Runs the steps in slices, and rests after each by what it was measured to cost. Throws the signal's reason. */
export async function runPaced(steps: Steps, pace: Pace): Promise<void> {
  for (;;) {
    const { done, costMs } = slice(steps);
    await rest(pace.meter?.() ?? costMs, done ? pace.leastMs : 0, pace);
    if (done) return;
  }
}

async function rest(costMs: number, leastMs: number, { share, risen, signal }: Pace): Promise<void> {
  const began = performance.now();
  for (;;) {
    const leftMs = began + Math.max(leastMs, costMs / share()) - performance.now();
    if (leftMs <= 0) return;
    const either = AbortSignal.any([signal, risen()]);
    await sleep(leftMs, undefined, { signal: either }).catch(() => signal.throwIfAborted());
  }
}

function slice(steps: Steps): { done: boolean; costMs: number } {
  const before = process.threadCpuUsage();
  for (;;) {
    const { done = false } = steps.next();
    const { user, system } = process.threadCpuUsage(before);
    const costMs = (user + system) / 1_000;
    if (done || costMs > SLICE_MS) return { done, costMs };
  }
}
