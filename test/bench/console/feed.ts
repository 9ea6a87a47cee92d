import type { BenchQueue } from './served.ts';

const TICK_MS = 100;
const WORKER = 'bench';

/**
 * Settles the oldest tasks, so many a second, and notes when. Each is an event of its own for whoever follows.
 * `rate`: how many a second it has come to.
 */
export function startFeed(queue: BenchQueue, perSecond: number) {
  const settledAt = new Map<string, number>();
  const began = Date.now();
  const stopping = new AbortController();
  let claims = 0;

  async function tick(max: number): Promise<void> {
    const { tasks } = await queue.claim({ workerId: WORKER, claimId: `claim-${claims++}`, max, leaseMs: 60_000 });
    if (tasks.length === 0) return;
    const at = Date.now();
    await queue.settle(
      WORKER,
      tasks.map(({ id, version }) => ({
        taskId: id,
        version,
        timings: { read: 3.2, decode: 21.7, embed: 6.1, upsert: 1.4 },
        outcome: 'done' as const,
        result: { bytes: 1_234_567 },
      })),
    );
    for (const { id } of tasks) settledAt.set(id, at);
  }

  const running = (async () => {
    while (!stopping.signal.aborted) {
      const due = Math.floor(((Date.now() - began) / 1_000) * perSecond) - settledAt.size;
      if (due > 0) await tick(Math.min(due, 256));
      else await new Promise((done) => setTimeout(done, TICK_MS));
    }
  })();
  return {
    settledAt,
    rate: (): number => settledAt.size / ((Date.now() - began) / 1_000),
    async stop(): Promise<void> {
      stopping.abort();
      await running;
    },
  };
}
