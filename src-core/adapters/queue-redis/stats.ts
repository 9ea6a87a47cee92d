import type { QueueStats } from '../../ports/task-queue.ts';
import type { QueueContext } from './context.ts';
import { throughput } from './minutes.ts';

/** As stats.lua answers it. */
type StatsAnswer = [
  now: number,
  state: (string | number)[],
  failures: string[],
  oldestCreatedAt: number | null,
  minutes: string[],
];

export async function stats(context: QueueContext): Promise<QueueStats> {
  const [now, state, failures, oldest, minutes] = await context.run<StatsAnswer>('stats');
  const numbers = new Map(pairsOf(state));
  const of = (name: string): number => numbers.get(name) ?? 0;
  return {
    counts: {
      waiting: of('waiting'),
      active: of('active'),
      delayed: of('delayed'),
      completed: of('completed'),
      failed: of('failed'),
      cancelled: of('cancelled'),
    },
    waitingByPriority: { high: of('high'), normal: of('normal'), low: of('low') },
    suspects: of('suspects'),
    oldestWaitingMs: oldest === null ? null : Math.max(0, now - oldest),
    paused: of('paused') === 1,
    throughput: throughput(minutes, now),
    totals: {
      enqueued: of('allEnqueued'),
      completed: of('allCompleted'),
      failed: of('allFailed'),
      cancelled: of('allCancelled'),
      retried: of('allRetried'),
      stalled: of('allStalled'),
    },
    failuresByCode: Object.fromEntries(pairsOf(failures).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function pairsOf(flat: readonly (string | number)[]): [string, number][] {
  const pairs: [string, number][] = [];
  for (let index = 0; index < flat.length; index += 2) pairs.push([String(flat[index]), Number(flat[index + 1])]);
  return pairs;
}
