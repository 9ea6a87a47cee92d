/** Measures one system: `queue-child.ts SYSTEM URL TASKS WAITING`; sends a QueueRun. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openBullmq } from './bullmq.ts';
import { openLossy } from './lossy.ts';
import { openOurs } from './ours.ts';
import { watchCosts } from './redis-costs.ts';
import { benchTask, type BenchTask, type OpenSystem, type QueueSystem } from './system.ts';

export interface Measured {
  what: string;
  perSecond: number;
  /** Of the Redis server, per task. */
  cpuUs: number;
}

export interface QueueRun {
  rates: Measured[];
  /** From the call of enqueue until the task is begun by an idle worker, in ms. */
  wakeP50: number;
  wakeP99: number;
  /** Bytes of Redis' memory. */
  perWaitingTask: number;
}

const SYSTEMS: Record<string, OpenSystem> = {
  imagefleet: openOurs,
  'bullmq, concurrency 1': openBullmq(1),
  'bullmq, concurrency 16': openBullmq(16),
  lossy: openLossy,
};
const BATCH = 500;
const CONSUMERS = [1, 4, 16];
const WAKES = 300;

const [name = '', url = '', tasks = '', waiting = ''] = process.argv.slice(2);
const open = SYSTEMS[name]!;
const costs = watchCosts(url);
let systems = 0;

/** Each phase has an empty server and a queue of its own. */
async function phase<T>(run: (system: QueueSystem, prefix: string) => Promise<T>): Promise<T> {
  await costs.clear();
  const prefix = `bench${(systems += 1)}`;
  const system = await open(url, prefix);
  try {
    return await run(system, prefix);
  } finally {
    await system.close();
  }
}

async function measure(what: string, count: number, run: () => Promise<void>): Promise<Measured> {
  const cpuBefore = await costs.cpuUs();
  const startedAt = performance.now();
  await run();
  const seconds = (performance.now() - startedAt) / 1_000;
  return { what, perSecond: count / seconds, cpuUs: ((await costs.cpuUs()) - cpuBefore) / count };
}

function batches(count: number, prefix: string): BenchTask[][] {
  const all = Array.from({ length: count }, (_, n) => benchTask(n, prefix));
  return Array.from({ length: Math.ceil(count / BATCH) }, (_, n) => all.slice(n * BATCH, (n + 1) * BATCH));
}

async function fill(system: QueueSystem, ready: readonly BenchTask[][]): Promise<void> {
  for (const batch of ready) await system.enqueue(batch);
}

const enqueueOne = (count: number): Promise<Measured> =>
  phase((system, prefix) => {
    const all = batches(count, prefix).flat();
    return measure('enqueue one by one', count, async () => {
      for (const task of all) await system.enqueue([task]);
    });
  });

const enqueueMany = (count: number): Promise<Measured> =>
  phase((system, prefix) => {
    const ready = batches(count, prefix);
    return measure(`enqueue ${BATCH} at a time`, count, () => fill(system, ready));
  });

const consume = (count: number, consumers: number): Promise<Measured> =>
  phase(async (system, prefix) => {
    await fill(system, batches(count, prefix));
    const all = Promise.withResolvers<void>();
    let settled = 0;
    const working = await system.consume(consumers, {
      begun: () => undefined,
      settled(more) {
        settled += more;
        if (settled === count) all.resolve();
      },
    });
    const measured = await measure(`claim and settle, ${consumers} consumers`, count, () => {
      working.start();
      return all.promise;
    });
    await working.stop();
    return measured;
  });

/** Ascending. */
const wakeUps = (count: number): Promise<number[]> =>
  phase(async (system, prefix) => {
    let begun = Promise.withResolvers<number>();
    const working = await system.consume(1, {
      begun: () => begun.resolve(performance.now()),
      settled: () => undefined,
    });
    working.start();
    const latencies: number[] = [];
    for (let n = 0; n < count; n++) {
      // Long enough to be idle again, and never in step with a poll.
      await sleep(15 + 10 * Math.random());
      const task = benchTask(n, prefix);
      begun = Promise.withResolvers<number>();
      const startedAt = performance.now();
      await system.enqueue([task]);
      latencies.push((await begun.promise) - startedAt);
    }
    await working.stop();
    return latencies.toSorted((a, b) => a - b);
  });

const bytesPerTask = (count: number): Promise<number> =>
  phase(async (system, prefix) => {
    const before = await costs.memory();
    for (let start = 0; start < count; start += BATCH) {
      await system.enqueue(
        Array.from({ length: Math.min(BATCH, count - start) }, (_, n) => benchTask(start + n, prefix)),
      );
    }
    return ((await costs.memory()) - before) / count;
  });

const count = Number(tasks);
const rates = [await enqueueOne(Math.min(count, 5_000)), await enqueueMany(count)];
for (const consumers of CONSUMERS) rates.push(await consume(count, consumers));
const latencies = await wakeUps(WAKES);
const perWaitingTask = await bytesPerTask(Number(waiting));
await costs.clear();
costs.close();
process.send?.({
  rates,
  wakeP50: latencies[Math.floor(WAKES * 0.5)]!,
  wakeP99: latencies[Math.floor(WAKES * 0.99)]!,
  perWaitingTask,
} satisfies QueueRun);
process.disconnect?.();
