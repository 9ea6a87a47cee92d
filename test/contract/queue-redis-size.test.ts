import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { openRedisQueue } from '../../src-core/adapters/queue-redis/open-redis-queue.ts';
import type { NewTask } from '../../src-core/domain/task.ts';
import { startRedis } from '../support/redis-server.ts';
import { claimTasks, dead, suiteSettings } from './task-queue/backend.ts';

const TASKS = 20_000;

/** As an import makes them. */
function indexTasks(): NewTask[] {
  const shared = { catalogId: randomUUID(), importId: randomUUID() };
  const source = { sourceId: randomUUID(), root: '/data/catalog', rootName: '/data/catalog', inode: 123_456 };
  return Array.from({ length: TASKS }, (_, n) => {
    const path = `/data/catalog/2024/summer/IMG_${String(n).padStart(6, '0')}.jpg`;
    const payload = { path, canonicalName: path, imageId: randomUUID(), ...source };
    return { id: randomUUID(), ...shared, payload };
  });
}

it(
  'a waiting task takes at most a KB, and no script takes long however many there are',
  { timeout: 60_000 },
  async () => {
    const { url } = await startRedis();
    const redis = new Redis(url);
    onTestFinished(() => redis.disconnect());
    const settings = suiteSettings({ leaseMs: 60_000 });
    const queue = await openRedisQueue({ url, settings });
    onTestFinished(() => queue.close());
    const used = async (): Promise<number> => Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);

    const before = await used();
    await queue.enqueue(indexTasks());
    expect(((await used()) - before) / TASKS).toBeLessThan(1_024);

    const tasks = await claimTasks(queue, 'w1', 200);
    await queue.settle(
      'w1',
      tasks.map((task) => dead(task)),
    );
    expect(await queue.cancel({})).toBe(TASKS - 200);
    expect((await queue.list({ states: ['failed'] }, 1_000)).items.length).toBe(200);
    expect(await queue.retry({})).toBe(TASKS);
    expect(await queue.cancel({})).toBe(TASKS);
    expect(await queue.remove({})).toBe(TASKS);
    await queue.maintain(); // tells the plain documents of what was cancelled and retried
    // Nothing that belonged to a task is left: only the queue's own state, its events and its memory of a claim.
    const left = (await redis.keys('imagefleet:*')).map((key) =>
      key.slice('imagefleet:{image_indexing_queue}:'.length),
    );
    expect(left.filter((key) => !/^(queue|events|minutes|wake|maintained|c:.*)$/.test(key))).toEqual([]);
  },
);
