/** 100 run loops on one queue in this process: `idle-child.ts URL LOOPS SECONDS`; sends an IdleRun. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openRedisQueue } from '../../../src-core/adapters/queue-redis/open-redis-queue.ts';
import type { TaskQueue } from '../../../src-core/ports/task-queue.ts';
import { settingsSchema } from '../../../src-core/settings/schema.ts';
import { benchLoop } from './ours.ts';
import { watchCosts } from './redis-costs.ts';
import { BENCH_CATALOG, benchTask } from './system.ts';

export interface IdleRun {
  /** Of one core. */
  redis: number;
  /** Of one core, for each loop. */
  perLoop: number;
  /** Loops that looked for work because of one enqueue, on average. */
  wokenByOne: number;
  wakeP50: number;
}

const WAKES = 60;
/** After an enqueue, in ms: what claims then was woken by it, or looked in its turn. */
const WINDOW_MS = 20;

const [url = '', loops = '', seconds = ''] = process.argv.slice(2);
const settings = settingsSchema.parse({ queue: { name: 'idle' } });
/** As a worker opens it: it takes in plain tasks, and looks whether the queue still feeds its store. */
const plain = { catalogIdOf: async () => BENCH_CATALOG };
let claims = 0;
let begun = Promise.withResolvers<number>();

const workers = await Promise.all(
  Array.from({ length: Number(loops) }, async (_, n) => {
    const queue = await openRedisQueue({ url, settings, plain });
    await queue.attach({ protocol: 1, store: 'bench', model: 'none' });
    const counting: TaskQueue = {
      ...queue,
      claim(request) {
        claims += 1;
        return queue.claim(request);
      },
    };
    const heard = { begun: () => begun.resolve(performance.now()), settled: () => undefined };
    return { queue, loop: benchLoop(counting, `worker-${n}`, settings, heard) };
  }),
);
const running = workers.map(({ loop }) => loop.run());
const costs = watchCosts(url);
await sleep(3_000);

const ms = Number(seconds) * 1_000;
const [redisBefore, ownBefore, claimsBefore] = [await costs.cpuUs(), process.cpuUsage(), claims];
await sleep(ms);
const own = process.cpuUsage(ownBefore);
const redis = ((await costs.cpuUs()) - redisBefore) / 1_000 / ms;
const inTurn = ((claims - claimsBefore) / ms) * WINDOW_MS;

const producer = await openRedisQueue({ url, settings });
const latencies: number[] = [];
let woken = 0;
for (let n = 0; n < WAKES; n++) {
  await sleep(50 + 20 * Math.random());
  begun = Promise.withResolvers();
  const before = claims;
  const startedAt = performance.now();
  await producer.enqueue([{ ...benchTask(n, 'idle'), catalogId: BENCH_CATALOG }]);
  latencies.push((await begun.promise) - startedAt);
  await sleep(Math.max(0, WINDOW_MS - (performance.now() - startedAt)));
  // The one that got it claims once more, and waits again.
  woken += claims - before - inTurn - 1;
}
for (const { loop } of workers) loop.drain();
await Promise.all(running);
await Promise.all([producer, ...workers.map(({ queue }) => queue)].map((queue) => queue.close()));
costs.close();
process.send?.({
  redis,
  perLoop: (own.user + own.system) / 1_000 / ms / Number(loops),
  wokenByOne: woken / WAKES,
  wakeP50: latencies.toSorted((a, b) => a - b)[WAKES / 2]!,
} satisfies IdleRun);
process.disconnect?.();
