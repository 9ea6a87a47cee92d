/** Times in ms, from the start of the workers. */
export interface Rehearsal {
  /** Until the last picture was done, or the sample was cut short. */
  elapsedMs: number;
  /** Until the first result: processes start and models are loaded meanwhile. */
  startUpMs: number;
  /** What it took to give all of the sample their tasks. */
  admitMs: number;
  /** Pictures given their tasks. */
  admitted: number;
  /** When each picture was done, in order. */
  settled: readonly number[];
  /** What each finished picture took in the stages of the pipeline, by stratum. */
  efforts: ReadonlyMap<string, readonly number[]>;
}

export interface EstimateInput {
  rehearsal: Rehearsal;
  /** Pictures to index, by stratum. */
  counts: ReadonlyMap<string, number>;
  /** What finding all files took, as a run does it. */
  scanMs: number;
  cores: number;
}

export interface Estimate {
  ms: number;
  /** Most likely it is between these. */
  lowMs: number;
  highMs: number;
  startUpMs: number;
  /** Once the workers are running; null when there is nothing to index. */
  picturesPerSecond: number | null;
  /** Pictures that were indexed to tell. */
  sampled: number;
}

/** The same run twice differs by so much on a machine that does little else. */
const WANDERING = 0.1;
/** A steady stretch that is shorter says less of a long run. */
const LONG_ENOUGH_MS = 1_500;
/** Left out of the rate: workers start one after the other, and are cold; at the end not all of them have work. */
const WARM_UP = 0.15;
const TAIL = 0.05;

/**
 * How long the run will take. The sample's own time, plus what the other pictures cost at the rate that the sample ran
 * at once it was under way, each stratum by its share of the work. Files are found while the workers start; after that,
 * finding more takes a core from them.
 */
export function estimate({ rehearsal, counts, scanMs, cores }: EstimateInput): Estimate {
  const { startUpMs, elapsedMs, efforts } = rehearsal;
  const toIndex = sum(counts.values());
  const all = [...efforts.values()].flat();
  const { costMs, stretchMs } = steadyCost(rehearsal);
  const meanEffort = sum(all) / all.length;

  let restMs = 0;
  let variance = 0;
  for (const [stratum, count] of counts) {
    const sampled = (efforts.get(stratum) ?? []).map((effort) => (meanEffort > 0 ? effort / meanEffort : 1) * costMs);
    const rest = Math.max(0, count - sampled.length);
    const mean = sampled.length > 0 ? sum(sampled) / sampled.length : costMs;
    restMs += rest * mean;
    variance += (rest * deviation(sampled, mean)) ** 2 / Math.max(1, sampled.length);
  }
  const enqueueMs = (rehearsal.admitMs / Math.max(1, rehearsal.admitted)) * toIndex;
  const findMs = scanMs + enqueueMs;
  const besideMs = Math.max(0, findMs - startUpMs) / cores;
  const ms = Math.max(findMs, elapsedMs + restMs + besideMs);

  const unsteady = restMs > 0 ? 0.25 * Math.max(0, 1 - stretchMs / LONG_ENOUGH_MS) : 0;
  const spread = Math.min(0.9, Math.hypot(WANDERING, unsteady, (2 * Math.sqrt(variance)) / ms));
  return {
    ms,
    lowMs: ms * (1 - spread),
    highMs: ms * (1 + spread),
    startUpMs,
    picturesPerSecond: restMs > 0 ? ((toIndex - all.length) * 1_000) / restMs : 1_000 / costMs,
    sampled: all.length,
  };
}

/** For a run that only looks at files. */
export function estimateOfLooking(scanMs: number): Estimate {
  return {
    ms: scanMs,
    lowMs: scanMs * (1 - 2 * WANDERING),
    highMs: scanMs * (1 + 2 * WANDERING),
    startUpMs: 0,
    picturesPerSecond: null,
    sampled: 0,
  };
}

/** What a picture costs while the workers are busy, and how long they were seen to be. */
function steadyCost({ settled, elapsedMs }: Rehearsal): { costMs: number; stretchMs: number } {
  const from = Math.floor(settled.length * WARM_UP);
  const to = Math.ceil(settled.length * (1 - TAIL)) - 1;
  const fromMs = settled[from] ?? 0;
  const toMs = settled[to] ?? 0;
  // They are done by the batch: those of the first batch were worked on before the stretch begins.
  const pictures = settled.filter((atMs) => atMs > fromMs && atMs <= toMs).length;
  if (pictures > 0) return { costMs: (toMs - fromMs) / pictures, stretchMs: toMs - fromMs };
  // Too few results for a rate: start-up is taken to be work, which errs on the long side.
  return { costMs: elapsedMs / Math.max(1, settled.length), stretchMs: 0 };
}

/** Of one picture that says nothing of how they differ, and of none: as much as they cost. */
function deviation(costs: readonly number[], mean: number): number {
  if (costs.length < 2) return mean;
  return Math.sqrt(sum(costs.map((cost) => (cost - mean) ** 2)) / (costs.length - 1));
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
