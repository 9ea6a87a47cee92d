import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { openRedisQueue } from '../../src-core/adapters/queue-redis/open-redis-queue.ts';
import type { TaskQueue } from '../../src-core/ports/task-queue.ts';
import { auditBuckets } from '../support/redis-audit.ts';
import { startRedis } from '../support/redis-server.ts';
import { again, claimTasks, dead, done, newTasks, release, status, suiteSettings } from './task-queue/backend.ts';

const NAME = 'image_indexing_queue';
const KEEP_MS = 5_000;

/** A queue whose clock stands still, at the beginning of a minute, but for `pass`. */
async function openRig() {
  const { url } = await startRedis();
  const server = new Redis(url);
  onTestFinished(() => server.disconnect());
  let now = Date.UTC(2026, 0, 1, 12, 0, 1);
  const settings = suiteSettings({ leaseMs: 30_000, keepCompletedMs: KEEP_MS, keepFailedMs: 4 * KEEP_MS });
  const queue: TaskQueue = await openRedisQueue({ url, settings, now: () => now });
  onTestFinished(() => queue.close());
  return {
    queue,
    server,
    pass: (ms: number) => void (now += ms),
    audit: () => auditBuckets(server, NAME),
  };
}

it('a bucket says what its tasks are, after batches over many of them', async () => {
  const { queue, server, pass, audit } = await openRig();
  for (const worker of ['w1', 'w2']) await queue.heartbeat(status(worker));
  await queue.enqueue(newTasks(300));
  await queue.enqueue([...newTasks(150, 'a', { importId: 'A' }), ...newTasks(50, 'low', { priority: 'low' })]);
  await audit();
  const tasks = await claimTasks(queue, 'w1', 200);
  await audit();
  // Over bucket bounds, and beginning in the middle of one.
  await queue.settle('w1', tasks.slice(0, 70).map(done));
  await audit();
  await queue.settle('w1', tasks.slice(70, 75).map(done));
  await audit();
  const rest = tasks.slice(75);
  const outcomes = [done, dead, again, release, (task: (typeof rest)[number]) => release(task, 'unseen')] as const;
  await queue.settle(
    'w1',
    rest.map((task, n) => outcomes[n % outcomes.length]!(task)),
  );
  await audit();
  await claimTasks(queue, 'w2', 250);
  await queue.reclaim('w2');
  await audit();
  expect(await queue.cancel({ importId: 'A' })).toBeGreaterThan(100);
  await audit();
  expect(await queue.retry({ states: ['failed'] })).toBe(25);
  await audit();
  pass(KEEP_MS + 1);
  await queue.maintain();
  await audit();
  await queue.cancel({});
  await queue.remove({});
  await audit();
  expect((await server.keys('*:b:*')).length + (await server.keys('*:of:*')).length).toBe(0);
});

it.each([
  ['cancelled', KEEP_MS, (queue: TaskQueue) => queue.cancel({})],
  ['completed', KEEP_MS, async (queue: TaskQueue) => queue.settle('w1', (await claimTasks(queue)).map(done))],
  [
    'failed',
    4 * KEEP_MS,
    async (queue: TaskQueue) =>
      queue.settle(
        'w1',
        (await claimTasks(queue)).map((one) => dead(one)),
      ),
  ],
] as const)('%s tasks are dropped when their time is over, with nothing else to do', async (_, keepMs, end) => {
  const { queue, pass } = await openRig();
  await queue.enqueue(newTasks(3));
  await end(queue);
  // Whatever is looked at only once a minute has been looked at.
  await queue.maintain();
  pass(keepMs - 1);
  expect((await queue.maintain()).trimmed).toBe(0);
  pass(1);
  expect((await queue.maintain()).trimmed).toBe(3);
  expect((await queue.list({}, 10)).items).toEqual([]);
});
