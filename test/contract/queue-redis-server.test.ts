import { readFile } from 'node:fs/promises';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openRedisQueue, type RedisQueueOptions } from '../../src-core/adapters/queue-redis/open-redis-queue.ts';
import type { TaskQueue } from '../../src-core/ports/task-queue.ts';
import { startCutProxy } from '../support/cut-proxy.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';
import { startRedis } from '../support/redis-server.ts';
import {
  claim,
  claimTasks,
  done,
  idsOf,
  newTask,
  newTasks,
  release,
  status,
  suiteSettings,
} from './task-queue/backend.ts';

type More = Partial<Pick<RedisQueueOptions, 'plain'>>;

async function open(url: string, name = 'image_indexing_queue', more: More = {}): Promise<TaskQueue> {
  const queue = await openRedisQueue({ url, settings: suiteSettings({ name, leaseMs: 30_000 }), ...more });
  onTestFinished(() => queue.close());
  return queue;
}

function clientOf(port: number): Redis {
  const client = new Redis(port, '127.0.0.1');
  onTestFinished(() => client.disconnect());
  return client;
}

describe('a Redis server', () => {
  it('may forget its scripts', async () => {
    const { url, port } = await startRedis();
    const queue = await open(url);
    await queue.enqueue(newTasks(1));
    await clientOf(port).script('FLUSH');
    await queue.enqueue(newTasks(3));
    expect(idsOf(await claimTasks(queue))).toEqual(['t1', 't2', 't3']);
  });

  it(
    'may be killed and started again: what was acknowledged is there, and a wait goes on',
    { timeout: 60_000 },
    async () => {
      const server = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
      const queue = await open(server.url);
      await queue.enqueue(newTasks(3));
      const [first, second] = await claimTasks(queue, 'w1', 2);
      await queue.settle('w1', [done(first!)]);
      await server.kill();
      const settled = queue.settle('w1', [done(second!)]);
      await server.restart();
      expect(await settled).toEqual([{ taskId: 't2', accepted: true, state: 'completed' }]);
      expect(idsOf(await claimTasks(queue, 'w1'))).toEqual(['t3']);
      const woken = queue.waitForWork(50_000);
      await server.kill();
      await server.restart();
      await vi.waitFor(() => queue.enqueue([newTask('later')]), { timeout: 20_000 });
      await woken;
      expect(idsOf(await claimTasks(queue, 'w2'))).toEqual(['later']);
    },
  );

  it('that does not answer is told of within seconds, and is found when it is back', { timeout: 60_000 }, async () => {
    const { port } = await startRedis();
    const proxy = await startCutProxy(port);
    const queue = await open(`redis://127.0.0.1:${proxy.port}`);
    for (const mode of ['refuse', 'hang'] as const) {
      proxy.mode = mode;
      const startedAt = performance.now();
      await expect(queue.stats()).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE', retryable: true });
      expect(performance.now() - startedAt).toBeLessThan(12_000);
      proxy.mode = 'pass';
      await vi.waitFor(() => queue.stats(), { timeout: 20_000 });
    }
  });

  it.each([
    ['', []],
    [', and fewer yet', ['-info']],
  ])('may give the queue a user with few rights%s', async (_, fewer) => {
    const rights = /`(~imagefleet[^`]*)`/.exec(await readFile('docs/queue.md', 'utf8'))?.[1]?.split(' ') ?? [];
    const { port } = await startRedis({ args: ['--user', 'fleet', 'on', '>secret', ...rights, ...fewer] });
    const plain = { catalogIdOf: async () => '6f1c1f0e-0000-4000-8000-000000000001', wait: true };
    const queue = await open(`redis://fleet:secret@127.0.0.1:${port}`, 'image_indexing_queue', { plain });
    await queue.attach({ protocol: 1, store: 'qdrant:one', model: 'default-160' });
    await queue.heartbeat(status('w1'));
    const woken = queue.waitForWork(20_000);
    await queue.enqueue(newTasks(2));
    await woken;
    const [first, second] = await claimTasks(queue, 'w1', 2);
    expect(await queue.extend('w1', [{ taskId: second!.id, version: second!.version }], 1_000)).toEqual([]);
    expect(await queue.settle('w1', [done(first!)])).toMatchObject([{ accepted: true }]);
    expect(await queue.reclaim('w1')).toBe(1);
    expect((await queue.maintain()).trimmed).toBe(0);
    const program = clientOf(port);
    await program.rpush('image_indexing_queue', '{"image_path":"/a.jpg","task_id":"plain"}');
    await vi.waitFor(async () => expect(await queue.get('plain')).toMatchObject({ state: 'waiting' }));
    await vi.waitFor(async () => expect(await program.exists('task_status:t1', 'worker_status:w1')).toBe(2));
    await queue.setPaused(true, 'import');
    expect(await queue.cancel({})).toBe(2);
    expect((await queue.list({}, 10)).items).toHaveLength(3);
    expect(await queue.retry({ ids: ['plain'] })).toBe(1);
    expect((await queue.events(0)).gap).toBe(true);
    expect((await queue.workers()).length).toBe(1);
    await queue.removeWorker('w1');
    expect(await queue.remove({})).toBe(2);
    expect((await queue.stats()).counts.waiting).toBe(1);
  });

  it('that has no memory left says so, as trouble that may pass', async () => {
    const { url, port } = await startRedis();
    const queue = await open(url);
    await clientOf(port).config('SET', 'maxmemory', '1');
    await expect(queue.enqueue(newTasks(1))).rejects.toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
      retryable: true,
      message: expect.stringContaining('raise maxmemory') as unknown,
    });
    await clientOf(port).config('SET', 'maxmemory', '0');
    expect(await queue.enqueue(newTasks(1))).toMatchObject([{ created: true }]);
  });
});

describe('a cut connection, where the client sends again what had no answer', () => {
  it.each([
    ['the reply', { afterReplyBytes: 0 }],
    ['the middle of a reply', { afterReplyBytes: 20 }],
    ['the middle of a request', { afterRequestBytes: 100 }],
  ])('harms neither claim nor settle nor enqueue: %s', async (_, fault) => {
    const { port } = await startRedis();
    const proxy = await startCutProxy(port);
    const queue = await open(`redis://127.0.0.1:${proxy.port}`);
    const through = async <T>(verb: () => Promise<T>): Promise<T> => {
      const cut = proxy.cutOnce(fault);
      const answer = await verb();
      await cut;
      return answer;
    };
    expect((await through(() => queue.enqueue(newTasks(40)))).length).toBe(40);
    const { tasks } = await through(() => claim(queue, 'w1', 16));
    expect(idsOf(tasks)).toEqual(newTasks(16).map(({ id }) => id));
    const answers = await through(() => queue.settle('w1', tasks.map(done)));
    expect(answers.every(({ accepted, state }) => accepted && state === 'completed')).toBe(true);
    const { counts, totals } = await queue.stats();
    expect(counts).toMatchObject({ waiting: 24, active: 0, completed: 16 });
    expect(totals).toMatchObject({ enqueued: 40, completed: 16 });
  });
});

describe('a wake-up', () => {
  it('is for one of many that wait, and the others follow while there is work', async () => {
    const { url } = await startRedis();
    const queues = await Promise.all(Array.from({ length: 4 }, () => open(url)));
    let woken = 0;
    const waits = queues.map(async (queue) => {
      await queue.waitForWork(20_000);
      woken += 1;
      return queue;
    });
    const [producer] = queues;
    await producer!.enqueue([newTask('a')]);
    const first = await Promise.race(waits);
    expect(idsOf(await claimTasks(first, 'w1'))).toEqual(['a']);
    await producer!.enqueue([newTask('b')]);
    // Whoever looks of its own accord meanwhile finds it too.
    await vi.waitFor(() => expect(woken).toBeGreaterThanOrEqual(2));
    await producer!.enqueue(newTasks(2, 'c'));
    await Promise.all(waits);
  });

  it('leaves no list that grows', async () => {
    const { url, port } = await startRedis();
    const queue = await open(url);
    for (const task of newTasks(50)) await queue.enqueue([task]);
    expect(await clientOf(port).llen('imagefleet:{image_indexing_queue}:wake')).toBe(1);
  });
});

describe('on a cluster of three', () => {
  it('a user with few rights is enough', { timeout: 60_000 }, async () => {
    const text = await readFile('docs/queue.md', 'utf8');
    const rights = /`(~imagefleet[^`]*)`/.exec(text)?.[1]?.split(' ') ?? [];
    const [, more = ''] = /On a cluster the user needs\s+`([^`]*)`/.exec(text) ?? [];
    const { url, nodes } = await startRedisCluster();
    for (const { port } of nodes) {
      await clientOf(port).call('ACL', 'SETUSER', 'fleet', 'on', '>secret', ...rights, ...more.split(' '));
    }
    const queue = await open(url.replace('://', '://fleet:secret@'));
    await queue.heartbeat(status('w1'));
    await queue.enqueue(newTasks(3));
    const tasks = await claimTasks(queue);
    expect(await queue.settle('w1', tasks.map(done))).toMatchObject([{ accepted: true }, {}, {}]);
  });

  it('a queue lies on one node, and many on all', { timeout: 60_000 }, async () => {
    const { url, nodes } = await startRedisCluster();
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
      const queue = await open(url, name);
      await queue.heartbeat(status('w1'));
      await queue.heartbeat(status('w2'));
      const woken = queue.waitForWork(20_000);
      await queue.enqueue(newTasks(300, 't', { importId: 'A' }));
      await woken;
      const tasks = await claimTasks(queue, 'w1', 3);
      await queue.settle('w1', [done(tasks[0]!), release(tasks[1]!, 'unseen')]);
      await queue.reclaim('w1');
      await queue.setPaused(true, 'A');
      expect(await queue.cancel({ importId: 'A' })).toBe(299);
      expect(await queue.retry({ codes: ['FILE_EMPTY'] })).toBe(0);
      expect(await queue.remove({})).toBe(300);
      await queue.maintain();
      expect((await queue.workers()).length).toBe(2);
    }
    const sizes = await Promise.all(nodes.map(({ port }) => clientOf(port).dbsize()));
    expect(sizes.every((size) => size > 0)).toBe(true);
  });
});
