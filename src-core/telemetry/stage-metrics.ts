import { Counter, Histogram, type Registry } from 'prom-client';
import {
  STAGE_BOUNDS_MS,
  STAGES,
  type StageName,
  type StageTimes,
  type WorkerStatus,
} from '../domain/worker-status.ts';

interface Total {
  busyMs: number;
  blockedMs: number;
  sumMs: number;
  counts: number[];
}

export interface StageMetrics {
  /** Of these only what they do from now on is counted: another process, or this one before, has counted the rest. */
  adopt(statuses: readonly WorkerStatus[]): void;
  update(statuses: readonly WorkerStatus[]): void;
}

/** Workers whose last sums are kept, so that one that was silent for a while is not counted anew. */
const MOST_KNOWN = 10_000;

/** In the text format a histogram's bucket counts all that is not above its bound. */
const BOUNDS = [...STAGE_BOUNDS_MS.map((ms) => String(ms / 1_000)), '+Inf'];

/**
 * What the stages took, over all workers. Heartbeats carry sums since a worker's start, and workers come and go: their
 * growth is added up, because a total that shrinks is a reset in Prometheus' eyes and makes a false peak.
 */
export function createStageMetrics(registry: Registry, prefix: string): StageMetrics {
  const registers = [registry];
  const labelNames = ['stage'] as const;
  const name = `${prefix}_duration_seconds`;
  const help = 'Time that a stage took for a picture; several may be in a stage at once';
  const histogram = new Histogram({ name, help, labelNames, registers });
  const busy = new Counter({
    name: `${prefix}_busy_seconds_total`,
    help: 'Time in which a stage had something in work, over all workers',
    labelNames,
    registers,
  });
  const blocked = new Counter({
    name: `${prefix}_blocked_seconds_total`,
    help: 'Time in which a stage was waited for and had nothing in work, over all workers',
    labelNames,
    registers,
  });
  const totals = Object.fromEntries(STAGES.map((stage) => [stage, noTotal()])) as Record<StageName, Total>;
  const seen = new Map<string, WorkerStatus>();

  /** The longest unheard is the first that is forgotten. */
  function remember(status: WorkerStatus): void {
    seen.delete(status.workerId);
    seen.set(status.workerId, status);
    const [oldest] = seen.keys();
    if (seen.size > MOST_KNOWN) seen.delete(oldest!);
  }

  // The buckets are counted by the workers; the library would want to see every observation. A histogram, unlike the
  // other kinds, is written by this method of it.
  Object.assign(histogram, {
    async getForPromString() {
      const values = STAGES.flatMap((stage) => samplesOf(name, stage, totals[stage]));
      return { name, help, type: 'histogram', aggregator: 'sum', values };
    },
  });

  return {
    adopt(statuses) {
      for (const status of statuses) remember(status);
    },
    update(statuses) {
      for (const status of statuses) {
        const last = seen.get(status.workerId);
        const before = last?.startedAt === status.startedAt ? last : undefined; // a name may be taken over
        for (const stage of STAGES) addGrowth(totals[stage], before?.stages[stage], status.stages[stage]);
        remember(status);
      }
      busy.reset();
      blocked.reset();
      for (const stage of STAGES) {
        busy.inc({ stage }, totals[stage].busyMs / 1_000);
        blocked.inc({ stage }, totals[stage].blockedMs / 1_000);
      }
    },
  };
}

function noTotal(): Total {
  return { busyMs: 0, blockedMs: 0, sumMs: 0, counts: BOUNDS.map(() => 0) };
}

const growth = (later: number, earlier = 0): number => Math.max(0, later - earlier);

function addGrowth(total: Total, before: StageTimes | undefined, after: StageTimes): void {
  total.busyMs += growth(after.busyMs, before?.busyMs);
  total.blockedMs += growth(after.blockedMs, before?.blockedMs);
  if (!after.durations) return;
  total.sumMs += growth(after.durations.sumMs, before?.durations?.sumMs);
  for (const [index, count] of after.durations.counts.entries()) {
    total.counts[index]! += growth(count, before?.durations?.counts[index]);
  }
}

function samplesOf(name: string, stage: StageName, { sumMs, counts }: Total) {
  let below = 0;
  const buckets = BOUNDS.map((le, index) => {
    below += counts[index]!;
    return { metricName: `${name}_bucket`, labels: { stage, le }, value: below };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels: { stage }, value: sumMs / 1_000 },
    { metricName: `${name}_count`, labels: { stage }, value: below },
  ];
}
