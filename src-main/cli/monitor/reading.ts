import { availableParallelism, hostname } from 'node:os';
import type { KnownWorker } from '../../../src-core/domain/worker-status.ts';
import type { QueueStats } from '../../../src-core/ports/task-queue.ts';
import type { Operator } from '../../client/operator.ts';
import type { ListedTask } from '../../documents.ts';
import { createFleetStatus } from '../../services/fleet-status.ts';
import { createRateWindow } from '../rate-window.ts';

/** The fleet at one moment. */
export interface Reading {
  /** Ms since the epoch, by this machine's clock. */
  at: number;
  stats: QueueStats;
  workers: KnownWorker[];
  /** Tasks finished a second lately; null before the second reading. */
  rate: number | null;
  /** What limits the fleet, in words. */
  limit: string;
  /** Those that failed last, the newest first. */
  failures: ListedTask[];
}

const RATE_MS = 15_000;
const SHOWN = 5;
/** A queue lists tasks by when they were made: who failed last is looked for among so many. */
const RECENT = 200;

/** Answers the next reading; keeps what rates and limits are told from. Throws what the operator throws. */
export function createReader(operator: Operator, now: () => number = Date.now): () => Promise<Reading> {
  const fleet = createFleetStatus({ queue: operator, host: hostname(), cores: availableParallelism() });
  const window = createRateWindow(RATE_MS);
  let known: { failed: string; failures: ListedTask[] } | null = null;

  /** Asked for again only where their number has changed. */
  async function lastFailures({ counts, totals }: QueueStats): Promise<ListedTask[]> {
    const failed = `${counts.failed} ${totals.failed} ${totals.retried}`;
    if (known?.failed === failed) return known.failures;
    const tasks = counts.failed === 0 ? [] : await operator.tasks({ states: ['failed'] }, RECENT);
    const failures = tasks.toSorted((a, b) => (b.finishedAt ?? 0) - (a.finishedAt ?? 0)).slice(0, SHOWN);
    known = { failed, failures };
    return failures;
  }

  return async () => {
    const { stats, workers, bottleneck } = await fleet.read();
    const failures = await lastFailures(stats);
    const at = now();
    window.add(at, stats.totals.completed + stats.totals.failed);
    return { at, stats, workers, rate: window.rate(), limit: bottleneck.text, failures };
  };
}
