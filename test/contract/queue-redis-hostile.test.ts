import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openRedisQueue, type RedisQueueOptions } from '../../src-core/adapters/queue-redis/open-redis-queue.ts';
import type { AppError } from '../../src-core/domain/app-error.ts';
import type { TaskQueue } from '../../src-core/ports/task-queue.ts';
import { randomFrom } from '../support/random.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';
import { startRedis } from '../support/redis-server.ts';
import {
  claimOne,
  claimTasks,
  dead,
  done,
  idsOf,
  newTask,
  newTasks,
  release,
  status,
  suiteSettings,
} from './task-queue/backend.ts';

const LIST = 'image_indexing_queue';
const CATALOG = '6f1c1f0e-0000-4000-8000-000000000001';
const DAY = 86_400_000;

type More = Partial<Omit<RedisQueueOptions, 'url' | 'settings'>>;

async function open(url: string, more: More = {}): Promise<TaskQueue> {
  const queue = await openRedisQueue({ url, settings: suiteSettings({ leaseMs: 30_000 }), ...more });
  onTestFinished(() => queue.close());
  return queue;
}

/** A server, a queue on it, and the server as an operator has it. */
async function openRig(more?: More): Promise<{ url: string; queue: TaskQueue; server: Redis }> {
  const { url } = await startRedis();
  const server = new Redis(url);
  onTestFinished(() => server.disconnect());
  return { url, server, queue: await open(url, more) };
}

async function scriptsRun(server: Redis): Promise<number> {
  return Number(/cmdstat_evalsha:calls=(\d+)/.exec(await server.info('commandstats'))?.[1] ?? 0);
}

describe('odd names', () => {
  it.each(['{}', 'a:b:c', '}{', '{x}:t', 'queue', `a'b"c\\`, 'x'.repeat(200), '__proto__', '0', '%s%d'])(
    'of a task: %s',
    async (id) => {
      const { queue } = await openRig();
      expect(await queue.enqueue([newTask(id), newTask('other')])).toMatchObject([{ id, created: true }, {}]);
      const tasks = await claimTasks(queue);
      expect(idsOf(tasks)).toEqual([id, 'other']);
      await queue.settle('w1', [dead(tasks[0]!)]);
      expect(await queue.get(id)).toMatchObject({ id, state: 'failed' });
      expect(await queue.retry({ ids: [id] })).toBe(1);
      expect(idsOf(await claimTasks(queue, 'w2'))).toEqual([id]);
    },
  );

  it.each([':', '0:1:x', '{z}', 'ü画', 'a\u0000b', ' ', '__proto__', 'x'.repeat(500)])(
    'of an import: %j',
    async (importId) => {
      const { queue } = await openRig();
      await queue.enqueue([newTask('in', { importId }), newTask('low', { importId, priority: 'low' }), newTask('out')]);
      await queue.setPaused(true, importId);
      expect(idsOf(await claimTasks(queue))).toEqual(['out']);
      await queue.setPaused(false, importId);
      expect(idsOf(await claimTasks(queue))).toEqual(['in', 'low']);
      expect((await queue.list({ importId }, 10)).items).toMatchObject([{ importId }, { importId }]);
      expect(await queue.cancel({ importId })).toBe(2);
      expect(await queue.remove({ importId })).toBe(2);
    },
  );

  it.each(['w:1', '{w}', 'wü画', 'a b', 'w\n', '"', '__proto__', 'w'.repeat(120)])(
    'of a worker: %j',
    async (worker) => {
      const { queue } = await openRig();
      await queue.heartbeat(status(worker));
      await queue.enqueue(newTasks(2));
      const [first] = await claimTasks(queue, worker);
      await queue.settle(worker, [dead(first!)]);
      expect((await queue.get('t1'))?.history).toMatchObject([{ workerId: worker }]);
      expect((await queue.list({ workerId: worker }, 10)).items.length).toBe(2);
      expect(await queue.reclaim(worker)).toBe(1);
      expect((await queue.workers()).map((known) => known.status.workerId)).toEqual([worker]);
    },
  );

  it('and payloads come back as they went in', async () => {
    const { queue } = await openRig();
    const text = `{"path":"/p","constructor":{"a":1},"list":[],"object":{},"deep":[[],{}],"half":"\\ud800","nul":"\\u0000",
      "large":1e300,"safe":9007199254740991,"small":-0.1,"long":"${'x'.repeat(1 << 20)}"}`;
    const payload = JSON.parse(text) as Record<string, unknown>;
    await queue.enqueue([newTask('a', { payload })]);
    expect(JSON.stringify((await claimOne(queue)).payload)).toBe(JSON.stringify(payload));
  });
});

describe('what is no argument is told of, and does nothing', () => {
  const HALF = 'half \ud800';
  it.each([
    ['a filter’s text', 'filter: text: is not well-formed', (queue: TaskQueue) => queue.list({ text: HALF }, 1)],
    ['a filter’s import', 'filter: importId: is not well-formed', (queue) => queue.cancel({ importId: HALF })],
    ['a filter’s worker', 'filter: workerId: is not well-formed', (queue) => queue.retry({ workerId: HALF })],
    ['a filter’s codes', 'filter: codes: is not well-formed', (queue) => queue.remove({ codes: ['A', HALF] })],
    ['a cursor between two events', 'since: ', (queue) => queue.events(1.5)],
    ['a cursor before all events', 'since: ', (queue) => queue.events(-1)],
    ['an import without a name', 'importId: ', (queue) => queue.setPaused(true, '')],
    ['an import with half a character', 'importId: is not well-formed', (queue) => queue.setPaused(true, HALF)],
  ] as [string, string, (queue: TaskQueue) => Promise<unknown>][])('%s', async (_, message, call) => {
    const { queue } = await openRig();
    await queue.enqueue(newTasks(1));
    await expect(call(queue)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining(message) as string,
    });
    expect(await queue.stats()).toMatchObject({ paused: false, counts: { waiting: 1 } });
  });
});

describe('plain tasks', () => {
  const plain = { catalogIdOf: async () => CATALOG };

  it('that correct one before them are not lost with it', async () => {
    const { queue, server } = await openRig({ plain });
    const lines = [{ task_id: 'x' }, { task_id: 'x', image_path: '/a.jpg' }, { task_id: 'y', image_path: '/b.jpg' }];
    await server.rpush(LIST, ...lines.map((line) => JSON.stringify(line)));
    await vi.waitFor(async () => {
      await queue.maintain();
      expect(await server.llen(LIST)).toBe(0);
    });
    expect(idsOf(await claimTasks(queue))).toEqual(['x', 'y']);
  });

  it('that are large are taken in by few at a time', async () => {
    const { queue, server } = await openRig({ plain });
    const lines = Array.from({ length: 9 }, (_, n) => JSON.stringify({ image_path: `/${n}.jpg` }).padEnd(400_000));
    await server.rpush(LIST, ...lines);
    await server.config('RESETSTAT');
    await queue.maintain();
    expect(await scriptsRun(server)).toBeGreaterThan(4);
    expect((await claimTasks(queue)).map(({ payload }) => payload.path)).toEqual(lines.map((_, n) => `/${n}.jpg`));
  });
});

describe('a server whose memory is full', () => {
  it('refuses new tasks only: what there is comes to its end and is dropped', async () => {
    let now = Date.now();
    const { queue, server } = await openRig({ now: () => now });
    await queue.heartbeat(status('w1'));
    await queue.enqueue(newTasks(8));
    const [a, b, c, d] = await claimTasks(queue, 'w1', 4);
    await server.config('SET', 'maxmemory', '1');
    await expect(queue.enqueue([newTask('new')])).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE', retryable: true });
    expect(await queue.extend('w1', [{ taskId: a!.id, version: a!.version }], 30_000)).toEqual([]);
    const answers = await queue.settle('w1', [done(a!), dead(b!), release(c!), release(d!, 'unseen')]);
    expect(answers.every(({ accepted }) => accepted)).toBe(true);
    await queue.heartbeat(status('w1', 'draining'));
    expect(idsOf(await claimTasks(queue, 'w2', 2))).toEqual(['t3', 't5']);
    expect(await queue.reclaim('w2')).toBe(2);
    await queue.setPaused(true);
    await queue.setPaused(false);
    now += 2 * DAY; // into another minute, too
    expect(await queue.maintain()).toMatchObject({ promoted: expect.any(Number) as number, trimmed: 1 });
    expect(await queue.cancel({ states: ['waiting'] })).toBeGreaterThan(4);
    expect(await queue.remove({})).toBeGreaterThan(5);
  });
});

describe('a URL that is not right is told of', () => {
  it('a database that there is not', async () => {
    const { url } = await startRedis();
    await expect(open(`${url}/99`)).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    const [zero, three] = await Promise.all([open(`${url}/0`), open(`${url}/3`)]);
    await three.enqueue(newTasks(2));
    expect((await zero.stats()).counts.waiting).toBe(0);
  });

  it('a user who may not run what the scripts do', async () => {
    const { server, url } = await openRig();
    await server.call('ACL', 'SETUSER', 'weak', 'on', '>secret', '~*', '+@all', '-hset');
    const queue = await open(url.replace('//', '//weak:secret@'));
    await expect(queue.enqueue(newTasks(1))).rejects.toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
      message: expect.stringContaining('the user may not do this') as string,
    });
  });

  it('one node of a cluster', { timeout: 60_000 }, async () => {
    const { nodes } = await startRedisCluster();
    const queues = await Promise.all(nodes.map((node) => open(node.url)));
    const said = await Promise.all(queues.map((queue) => queue.stats().then(() => 'fine', String)));
    expect(said.filter((text) => text === 'fine').length).toBe(1);
    expect(said.filter((text) => text.includes('redis+cluster://')).length).toBe(2);
  });
});

describe('a queue that is suddenly empty', () => {
  it('goes on, and takes no late settle', async () => {
    const { queue, server } = await openRig();
    await queue.enqueue(newTasks(3));
    const held = await claimTasks(queue, 'w1', 2);
    const { cursor } = await queue.events(null);
    await server.flushall();
    expect(await queue.settle('w1', held.map(done))).toMatchObject([{ accepted: false }, { accepted: false }]);
    expect(await queue.reclaim('w1')).toBe(0);
    await queue.maintain();
    expect((await queue.events(cursor)).gap).toBe(true);
    await queue.enqueue(newTasks(1));
    const again = await claimOne(queue);
    expect(again.version).toBeGreaterThan(held[0]!.version);
    expect(await queue.settle('w1', [done(held[0]!), done(again)])).toMatchObject([
      { accepted: false },
      { accepted: true },
    ]);
  });
});

describe('much at once', () => {
  it('a worker that died with thousands of tasks', async () => {
    const { queue } = await openRig();
    await queue.enqueue(newTasks(9_000));
    for (let claims = 0; claims < 36; claims++) await claimTasks(queue, 'w1', 250);
    expect(await queue.reclaim('w1')).toBe(9_000);
    const { counts, suspects } = await queue.stats();
    expect([counts.waiting, counts.active, suspects]).toEqual([9_000, 0, 9_000]);
  });

  it('a page of events ends before it is large, and none is left out', async () => {
    const { queue } = await openRig();
    await queue.enqueue(newTasks(10_000));
    let { cursor } = await queue.events(null);
    for (let batch = 0; batch < 40; batch++) {
      await queue.settle(
        'w1',
        (await claimTasks(queue, 'w1', 250)).map((task) => done(task)),
      );
    }
    const sizes: number[] = [];
    const ids = new Set<string>();
    for (;;) {
      const page = await queue.events(cursor, 500);
      if (page.events.length === 0) break;
      sizes.push(page.events.length);
      expect([page.gap, page.events[0]!.seq]).toEqual([false, cursor + 1]);
      for (const event of page.events) if (event.type === 'settled') idsOf(event.tasks).forEach((id) => ids.add(id));
      cursor = page.cursor;
    }
    expect(ids.size).toBe(10_000);
    expect(Math.max(...sizes)).toBeLessThan(40);
  });

  it('what is read or changed whole goes in steps of a hundred', async () => {
    const { queue, server } = await openRig();
    await queue.enqueue(newTasks(1_000));
    await queue.cancel({});
    const scripts = async (verb: () => Promise<unknown>): Promise<number> => {
      await server.config('RESETSTAT');
      await verb();
      return scriptsRun(server);
    };
    expect(await scripts(() => queue.list({}, 1_000))).toBeGreaterThanOrEqual(10 + 7);
    const corrections = newTasks(300).map(({ id }) => ({ id, maxAttempts: 5 }));
    expect(await scripts(() => queue.retryCorrected(corrections))).toBe(3 + 3);
    expect(await scripts(() => queue.cancel({}))).toBeGreaterThanOrEqual(2 * 3);
    expect(await scripts(() => queue.retry({}))).toBeGreaterThanOrEqual(2 * 10);
  });

  it('old events are dropped in steps, since each may name many tasks', async () => {
    const { url, server } = await openRig();
    const queue = await openRedisQueue({ url, settings: suiteSettings({ keepEvents: 100 }) });
    onTestFinished(() => queue.close());
    for (let batch = 0; batch < 350; batch++) await queue.setPaused(batch % 2 === 0);
    await server.config('RESETSTAT');
    expect((await queue.maintain()).trimmed).toBe(250);
    expect(await scriptsRun(server)).toBe(3);
  });

  it('what is large, or costs more than a task that is done, goes in smaller steps', async () => {
    const { queue, server } = await openRig();
    const payload = { path: '/a.jpg', text: 'x'.repeat(100_000) };
    await queue.enqueue(newTasks(1));
    await server.config('RESETSTAT');
    expect(await queue.enqueue(newTasks(100, 'large', { payload }))).toHaveLength(100);
    expect(await scriptsRun(server)).toBeGreaterThanOrEqual(10);
    await queue.cancel({});
    await queue.enqueue(newTasks(250, 'small'));
    const tasks = await claimTasks(queue, 'w1', 250);
    await server.config('RESETSTAT');
    expect(
      (
        await queue.settle(
          'w1',
          tasks.map((task) => dead(task)),
        )
      ).filter(({ accepted }) => accepted).length,
    ).toBe(250);
    expect(await scriptsRun(server)).toBeGreaterThanOrEqual(3);
  });

  it('a search that finds nothing asks for many tasks at a time', async () => {
    const { queue, server } = await openRig();
    await queue.enqueue(newTasks(5_000));
    await server.config('RESETSTAT');
    expect((await queue.list({ text: 'no such path' }, 1)).items).toEqual([]);
    expect(await scriptsRun(server)).toBeLessThan(50);
  });
});

describe('connections', () => {
  it('that are all cut, again and again, lose no task and no wake-up', { timeout: 60_000 }, async () => {
    const { queue, server, url } = await openRig();
    const random = randomFrom(7);
    const completed = new Set<string>();
    const errors = new Set<string>();
    const stopping = new AbortController();
    async function workOnce(own: TaskQueue, worker: string): Promise<void> {
      const answers = await own.settle(worker, (await claimTasks(own, worker, 3)).map(done));
      for (const { taskId, accepted } of answers) if (accepted) completed.add(taskId);
    }
    async function work(worker: string): Promise<void> {
      const own = await open(url);
      while (!stopping.signal.aborted) {
        const leave = new AbortController();
        if (random.below(3) === 0) setTimeout(() => leave.abort(), random.below(40));
        await own.waitForWork(5_000, leave.signal);
        await workOnce(own, worker).catch((error: AppError) => errors.add(error.code));
      }
    }
    const loops = ['w1', 'w2', 'w3', 'w4'].map(work);
    for (let round = 0; round < 10; round++) {
      const tasks = newTasks(10, `r${round}-`);
      await vi.waitFor(() => queue.enqueue(tasks), { timeout: 20_000 });
      await server.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await vi.waitFor(
        async () => {
          await queue.maintain();
          expect(idsOf(tasks).every((id) => completed.has(id))).toBe(true);
        },
        { timeout: 20_000 },
      );
    }
    stopping.abort();
    await queue.setPaused(true);
    await queue.setPaused(false);
    await Promise.all(loops);
    expect([...errors].filter((code) => code !== 'QUEUE_UNAVAILABLE')).toEqual([]);
    expect((await queue.stats()).counts).toMatchObject({ waiting: 0, active: 0, completed: 100, failed: 0 });
  });

  it('keep no process alive after close, whatever was still to be written', { timeout: 60_000 }, async () => {
    const { url } = await startRedis();
    const module = new URL('../../src-core/adapters/queue-redis/open-redis-queue.ts', import.meta.url).href;
    const script = `
      import { openRedisQueue } from ${JSON.stringify(module)};
      const settings = ${JSON.stringify(suiteSettings())};
      const queue = await openRedisQueue({ url: ${JSON.stringify(url)}, settings });
      await queue.enqueue([{ id: 'a', catalogId: 'c', payload: { path: '/a.jpg' } }]);
      await queue.claim({ workerId: 'w', claimId: 'c', max: 1, leaseMs: 1000 });
      await queue.close();`;
    // Is killed, and this test fails, where it does not end by itself.
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { timeout: 30_000 });
    const reader = new Redis(url);
    onTestFinished(() => reader.disconnect());
    expect(JSON.parse((await reader.get('task_status:a')) ?? 'null')).toMatchObject({
      status: 'active',
      worker_id: 'w',
    });
  });
});

describe('the history', () => {
  it('goes over midnight, and bears a clock that is set back', async () => {
    const midnight = Date.UTC(2026, 0, 2);
    let now = midnight - 30_000;
    const { queue } = await openRig({ now: () => now });
    await queue.enqueue(newTasks(3));
    now = midnight + 30_000;
    await queue.settle('w1', (await claimTasks(queue, 'w1', 2)).map(done));
    now = midnight - 90_000; // set back by two minutes
    await queue.enqueue(newTasks(1, 'back'));
    now = midnight + 90_000;
    const points = await queue.history(midnight - 60_000, now, 60_000);
    expect(points).toMatchObject([
      { at: midnight - 60_000, enqueued: 3, completed: 0, waiting: 3 },
      { at: midnight, enqueued: 1, completed: 2, waiting: 2 },
      { at: midnight + 60_000, enqueued: 0, completed: 0, waiting: 2 },
    ]);
  });
});
