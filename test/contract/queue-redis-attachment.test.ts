import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openRedisQueue, type RedisQueueOptions } from '../../src-core/adapters/queue-redis/open-redis-queue.ts';
import type { TaskQueue } from '../../src-core/ports/task-queue.ts';
import { startRedis } from '../support/redis-server.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startProcess } from '../unit/worker/test-host.ts';
import { claimTasks, idsOf, LOST_AFTER, newTasks, status, suiteSettings } from './task-queue/backend.ts';

const OURS = { protocol: 1, store: 'qdrant:ours', model: 'default-160' };
const THEIRS = { ...OURS, store: 'qdrant:theirs' };
const REFUSED = { code: 'FINGERPRINT_MISMATCH', message: expect.stringMatching(/ours.*theirs/) as string };
const LIST = 'image_indexing_queue';

type More = Partial<Pick<RedisQueueOptions, 'now' | 'plain'>>;

async function openRig() {
  const redis = await startRedis();
  const server = new Redis(redis.url);
  onTestFinished(() => server.disconnect());
  const open = async (more: More = {}): Promise<TaskQueue> => {
    const queue = await openRedisQueue({ url: redis.url, settings: suiteSettings({ leaseMs: 30_000 }), ...more });
    onTestFinished(() => queue.close());
    return queue;
  };
  return { redis, server, open };
}

describe('a server that lost all its data', () => {
  it('is bound again by who feeds it already', async () => {
    const { redis, open } = await openRig();
    const [ours, theirs] = [await open(), await open()];
    await ours.attach(OURS);
    await ours.heartbeat(status('w1'));
    await redis.kill();
    await redis.restart();
    await vi.waitFor(() => ours.maintain(), { timeout: 20_000 });
    await ours.heartbeat(status('w1'));
    await expect(theirs.attach(THEIRS)).rejects.toMatchObject({ code: 'FINGERPRINT_MISMATCH' });
    await ours.enqueue(newTasks(1));
    expect(idsOf(await claimTasks(ours))).toEqual(['t1']);
  });

  it('and is another store’s by now gives its tasks to nobody who feeds the old one', async () => {
    const { server, open } = await openRig();
    const [ours, theirs] = [await open(), await open()];
    await ours.attach(OURS);
    await server.flushall();
    await theirs.attach(THEIRS);
    await theirs.enqueue(newTasks(2));
    await expect(ours.maintain()).rejects.toMatchObject(REFUSED);
    await expect(claimTasks(ours)).rejects.toMatchObject(REFUSED);
    expect(idsOf(await claimTasks(theirs, 'w2', 1))).toEqual(['t1']);
    // Nor does an empty queue go back and forth between two that run.
    await theirs.cancel({});
    await expect(ours.maintain()).rejects.toMatchObject(REFUSED);
    await theirs.maintain();
    // Who comes anew may have it, as ever; then who ran before may go on.
    await ours.attach(OURS);
    await ours.enqueue(newTasks(1, 'new'));
    await ours.maintain();
    expect(idsOf(await claimTasks(ours))).toEqual(['new1']);
    await expect(theirs.maintain()).rejects.toMatchObject({ code: 'FINGERPRINT_MISMATCH' });
  });

  it('and is another store’s by now keeps its plain tasks from the old one', async () => {
    const { server, open } = await openRig();
    const ours = await open({ plain: { catalogIdOf: async () => 'ours', wait: true } });
    await ours.attach(OURS);
    await ours.maintain();
    await server.flushall();
    const theirs = await open({ plain: { catalogIdOf: async () => 'theirs' } });
    await theirs.attach(THEIRS);
    await expect(ours.maintain()).rejects.toMatchObject(REFUSED);
    await server.rpush(LIST, '{"image_path":"/a.jpg"}');
    // It waits on the list, and looks at what is pushed within its pause.
    await expect(ours.maintain()).rejects.toMatchObject(REFUSED);
    await theirs.maintain();
    expect((await theirs.list({}, 10)).items).toMatchObject([{ catalogId: 'theirs' }]);
  });

  it('tells a reader of events that there is a gap, however many came since', async () => {
    const { server, open } = await openRig();
    let now = Date.now();
    const queue = await open({ now: () => now });
    await queue.enqueue(newTasks(3));
    const { cursor } = await queue.events(null);
    await server.flushall();
    now += 1;
    for (const task of newTasks(40)) await queue.enqueue([task]);
    const page = await queue.events(cursor);
    expect(page).toMatchObject({ events: [], gap: true });
    await queue.enqueue(newTasks(1, 'later'));
    expect(await queue.events(page.cursor)).toMatchObject({ events: [{ type: 'enqueued', count: 1 }], gap: false });
  });
});

it('a worker that was frozen until it counted as dead does not go on for another store', async () => {
  const { open } = await openRig();
  let now = Date.now();
  const [frozen, theirs] = [await open({ now: () => now }), await open({ now: () => now })];
  await frozen.attach(OURS);
  await frozen.heartbeat(status('w1'));
  await expect(theirs.attach(THEIRS)).rejects.toMatchObject({ code: 'FINGERPRINT_MISMATCH' });
  now += LOST_AFTER + 1;
  await theirs.attach(THEIRS);
  await theirs.enqueue(newTasks(1));
  await expect(frozen.maintain()).rejects.toMatchObject(REFUSED);
  await expect(claimTasks(frozen)).rejects.toMatchObject(REFUSED);
});

it('a worker process ends with the reason when its queue is another store’s by now', async () => {
  const { redis, server, open } = await openRig();
  const worker = startProcess({ entry: 'worker', dataDir: await tempDir(), settings: { redis: { url: redis.url } } });
  await worker.message('heartbeat');
  const theirs = await open();
  await expect(theirs.attach(THEIRS)).rejects.toMatchObject({ code: 'FINGERPRINT_MISMATCH' });
  // It may bind the emptied queue first.
  await vi.waitFor(
    async () => {
      await server.flushall();
      await theirs.attach(THEIRS);
    },
    { timeout: 20_000 },
  );
  expect((await worker.message('fatal')).error).toMatchObject({
    code: 'FINGERPRINT_MISMATCH',
    message: expect.stringMatching(/sqlite:.*theirs/) as string,
  });
  expect(await worker.exited).toEqual({ code: 1, signal: null });
});
