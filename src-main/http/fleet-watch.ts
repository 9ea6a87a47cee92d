import { createFailureMetrics } from '../../src-core/telemetry/failure-metrics.ts';
import { createFleetMetrics } from '../../src-core/telemetry/metrics.ts';
import type { Console } from '../console.ts';

/** Follows the fleet, so that what is counted from events and heartbeats does not depend on who scrapes how often. */
export interface FleetWatch {
  start(): void;
  stop(): void;
  /** The fleet's page for Prometheus. Throws QUEUE_UNAVAILABLE. */
  page(): Promise<string>;
}

const LOOK_MS = 5_000;
const PAGE = 1_000;

/** Counts from when the queue is first reached. Every server counts all: they tell the same, each since its own start. */
export function watchFleet(console: Pick<Console, 'queue'>): FleetWatch {
  const metrics = createFleetMetrics();
  const failures = createFailureMetrics(metrics.registry);
  let cursor: number | null = null;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  /** One look after the other, or an event would be counted twice. */
  let looking: Promise<void> = Promise.resolve();

  async function lookNow(): Promise<void> {
    const queue = await console.queue();
    if (cursor === null) {
      const { cursor: now } = await queue.events(null);
      metrics.adopt(await queue.workers());
      cursor = now;
    }
    for (let more = true; more;) {
      const page = await queue.events(cursor, PAGE);
      failures.happened(page.events);
      cursor = page.cursor;
      more = page.events.length > 0;
    }
    metrics.heard(await queue.workers());
  }

  function look(): Promise<void> {
    const done = looking.then(lookNow);
    looking = done.catch(() => {}); // the queue is away: the next look finds what happened meanwhile
    return done;
  }

  async function run(): Promise<void> {
    await look().catch(() => {});
    if (!stopped) timer = setTimeout(() => void run(), LOOK_MS);
  }

  return {
    start: () => void run(),
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
    async page() {
      await look();
      const queue = await console.queue();
      metrics.update(await queue.stats(), await queue.workers());
      return metrics.registry.metrics();
    },
  };
}
