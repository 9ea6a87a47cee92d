import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { connectRedis } from '../../src-core/adapters/queue-redis/connect.ts';
import { openRedisQueue } from '../../src-core/adapters/queue-redis/open-redis-queue.ts';
import type { PlainIntake } from '../../src-core/adapters/queue-redis/plain-intake.ts';
import { AppError } from '../../src-core/domain/app-error.ts';
import type { TaskQueue } from '../../src-core/ports/task-queue.ts';
import { createLogger } from '../../src-core/telemetry/log.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';
import { startRedis } from '../support/redis-server.ts';
import {
  claimOne,
  claimTasks,
  dead,
  done,
  release,
  status,
  suiteSettings,
  type QueueOverrides,
} from './task-queue/backend.ts';

const LIST = 'image_indexing_queue';
const CATALOG = '6f1c1f0e-0000-4000-8000-000000000001';
const CHAIRS = '6f1c1f0e-0000-4000-8000-000000000002';
const INTAKE_CHILD = fileURLToPath(new URL('task-queue/plain-intake-child.ts', import.meta.url));

const catalogs: PlainIntake = {
  async catalogIdOf(name) {
    if (name === undefined) return CATALOG;
    if (name === 'chairs') return CHAIRS;
    throw new AppError('NOT_FOUND', `there is no catalog “${name}”`);
  },
};

interface Rig {
  url: string;
  /** Another program. */
  program: Redis;
  queue: TaskQueue;
  /** Lines that were logged. */
  logged: string[];
  push(...lines: (string | object)[]): Promise<void>;
  document(key: string): Promise<Record<string, unknown> | null>;
}

async function openRig(plain: PlainIntake | null = catalogs, overrides: QueueOverrides = {}): Promise<Rig> {
  const { url } = await startRedis();
  const program = new Redis(url);
  onTestFinished(() => program.disconnect());
  const logged: string[] = [];
  const log = createLogger({ proc: 'test', level: 'info', format: 'json', write: (line) => void logged.push(line) });
  const queue = await openRedisQueue({ url, settings: suiteSettings(overrides), log, ...(plain && { plain }) });
  onTestFinished(() => queue.close());
  return {
    url,
    program,
    queue,
    logged,
    async push(...lines) {
      await program.rpush(LIST, ...lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))));
    },
    async document(key) {
      const text = await program.get(key);
      return text === null ? null : (JSON.parse(text) as Record<string, unknown>);
    },
  };
}

const picture = (id: string): object => ({ task_id: id, image_path: `/pictures/${id}.jpg` });

describe('a line on the plain list', () => {
  it('becomes a task of the catalog that it names', async () => {
    const { queue, push, program } = await openRig();
    await push(picture('a'), { image_path: '/pictures/b.jpg', catalog: 'chairs', color: 'blue', priority: 'high' });
    await queue.maintain();
    expect(await program.exists(LIST)).toBe(0);
    const [made, named] = (await queue.list({}, 10)).items;
    expect(named).toMatchObject({
      id: 'a',
      state: 'waiting',
      catalogId: CATALOG,
      payload: { path: '/pictures/a.jpg' },
    });
    expect(made).toMatchObject({ catalogId: CHAIRS, priority: 'high', payload: { metadata: { color: 'blue' } } });
    expect((await queue.stats()).totals.enqueued).toBe(2);
    expect((await claimTasks(queue)).map(({ catalogId }) => catalogId)).toEqual([CHAIRS, CATALOG]);
  });

  it.each([
    ['no JSON', '{"image_path": "/a', 'a plain task is no JSON'],
    ['nothing', '', 'it is empty'],
    ['no path', '{"name": "x"}', 'image_path'],
    ['an unknown catalog', '{"image_path": "/a.jpg", "catalog": "tables"}', 'catalog: there is no catalog “tables”'],
  ])('that says %s becomes a failed task with its text', async (_, line, complaint) => {
    const { queue, push, document } = await openRig();
    await push(line, picture('good'));
    await queue.maintain();
    const [task] = (await queue.list({ states: ['failed'] }, 10)).items;
    expect(task).toMatchObject({
      error: { code: 'INVALID_INPUT', retryable: false, message: expect.stringContaining(complaint) as string },
      payload: { raw: line },
      attempts: 0,
    });
    const { counts, failuresByCode, totals } = await queue.stats();
    expect(counts).toMatchObject({ waiting: 1, failed: 1 });
    expect(failuresByCode).toEqual({ INVALID_INPUT: 1 });
    expect(totals).toMatchObject({ enqueued: 2, failed: 1 });
    await vi.waitFor(async () => {
      expect(await document(`task_status:${task!.id}`)).toMatchObject({
        status: 'failed',
        error: { code: 'INVALID_INPUT' },
      });
    });
    expect((await claimOne(queue)).id).toBe('good');
  });

  it('that is refused fails under its own id, unless that is a task already', async () => {
    const { queue, push } = await openRig();
    await push(picture('a'), { task_id: 'a' }, { task_id: 'b' });
    await queue.maintain();
    expect((await queue.get('a'))?.state).toBe('waiting');
    expect((await queue.get('b'))?.state).toBe('failed');
    expect((await queue.stats()).counts.failed).toBe(2);
  });

  it('of bytes that are no text is refused, and holds up nothing', async () => {
    const { queue, program, push } = await openRig();
    const bytes = Buffer.concat([Buffer.from('{"image_path": "/'), Buffer.from([0xff, 0xfe]), Buffer.from('.jpg"}')]);
    await program.rpush(LIST, bytes);
    await push(picture('a'));
    await queue.maintain();
    expect((await queue.stats()).counts).toMatchObject({ waiting: 1, failed: 1 });
  });

  it('with the id of an open task is a repeat; with that of a finished one it is run anew', async () => {
    const { queue, push, logged } = await openRig();
    await push(picture('a'), picture('a'));
    await queue.maintain();
    expect((await queue.stats()).counts.waiting).toBe(1);
    expect(logged.join('')).toContain('"repeats":1');
    await queue.settle('w1', [done(await claimOne(queue))]);
    await push(picture('a'));
    await queue.maintain();
    expect(await queue.get('a')).toMatchObject({ state: 'waiting', result: null });
    expect((await queue.stats()).counts).toMatchObject({ waiting: 1, completed: 0 });
    await queue.settle('w1', [done(await claimOne(queue))]);
    expect((await queue.stats()).totals).toMatchObject({ enqueued: 2, completed: 2 });
  });

  it('equal to another, without an id, is another task', async () => {
    const { queue, push } = await openRig();
    const line = { image_path: '/pictures/a.jpg' };
    await push(line, line, line);
    await queue.maintain();
    expect((await queue.stats()).counts.waiting).toBe(3);
  });

  it('keeps the settings’ attempts unless it has its own', async () => {
    const { queue, push } = await openRig(catalogs, { attempts: 7 });
    await push(picture('a'), { ...picture('b'), max_attempts: 2 });
    await queue.maintain();
    expect((await queue.get('a'))?.maxAttempts).toBe(7);
    expect((await queue.get('b'))?.maxAttempts).toBe(2);
  });
});

describe('the plain list', () => {
  it('is left alone by who has no catalogs', async () => {
    const { queue, push, program } = await openRig(null);
    await push(picture('a'));
    await queue.maintain();
    expect(await program.llen(LIST)).toBe(1);
  });

  it('stays as it is while the store is away, said once', async () => {
    let away = true;
    const { queue, push, program, logged } = await openRig({
      async catalogIdOf() {
        if (away) throw new AppError('STORE_UNAVAILABLE', 'the store is away');
        return CATALOG;
      },
    });
    await push(picture('a'));
    for (let n = 0; n < 3; n++) await queue.maintain();
    expect(await program.llen(LIST)).toBe(1);
    expect(logged.filter((line) => line.includes('the store is away'))).toHaveLength(1);
    away = false;
    await queue.maintain();
    expect((await queue.stats()).counts.waiting).toBe(1);
  });

  it('that is no list is told, and the queue works on', async () => {
    const { queue, program, logged } = await openRig();
    await program.set(LIST, 'text');
    await queue.enqueue([{ id: 'a', catalogId: CATALOG, payload: {} }]);
    for (let n = 0; n < 3; n++) await queue.maintain();
    expect((await claimOne(queue)).id).toBe('a');
    expect(logged.filter((line) => line.includes('is no list'))).toHaveLength(1);
  });

  it('of 20,000 lines is taken in by many at once, each line once', { timeout: 60_000 }, async () => {
    const { url, queue, push } = await openRig();
    const others = await Promise.all(
      [1, 2, 3].map(() => openRedisQueue({ url, settings: suiteSettings(), plain: catalogs })),
    );
    onTestFinished(() => Promise.all(others.map((other) => other.close())).then(() => undefined));
    for (let n = 0; n < 20; n++) {
      await push(
        ...Array.from({ length: 1_000 }, (_, m) => (m % 100 === 0 ? 'nonsense' : { image_path: `/p/${n}-${m}.jpg` })),
      );
    }
    await vi.waitFor(
      async () => {
        await Promise.all([queue, ...others].map((each) => each.maintain()));
        const { waiting, failed } = (await queue.stats()).counts;
        expect([waiting, failed]).toEqual([19_800, 200]);
      },
      { timeout: 40_000, interval: 10 },
    );
    expect((await queue.stats()).totals.enqueued).toBe(20_000);
  });

  it('loses and doubles nothing while those who take it in are killed', { timeout: 60_000 }, async () => {
    const { url, queue, program, push } = await openRig(null);
    const lines = 2_000;
    for (let n = 0; n < lines; n += 500) {
      await push(...Array.from({ length: 500 }, (_, m) => ({ image_path: `/p/${n + m}.jpg` })));
    }
    for (let left = lines; left > 0; left = await killTaker(url, program, left))
      expect(left).toBeLessThanOrEqual(lines);
    expect((await queue.stats()).counts.waiting).toBe(lines);
    const paths = new Set<unknown>();
    for (let cursor: string | undefined, more = true; more;) {
      const page = await queue.list({}, 1_000, cursor);
      for (const { payload } of page.items) paths.add(payload.path);
      cursor = page.next ?? undefined;
      more = page.next !== null;
    }
    expect(paths.size).toBe(lines);
  });

  it('wakes a host that waits for it, and a worker with it', async () => {
    const { url, queue, push, program } = await openRig({ ...catalogs, wait: true });
    const worker = await openRedisQueue({ url, settings: suiteSettings() });
    onTestFinished(() => worker.close());
    await queue.maintain();
    await vi.waitFor(async () => expect(await program.info('clients')).toContain('blocked_clients:1'));
    const woken = worker.waitForWork(10_000);
    const startedAt = performance.now();
    await push(picture('a'));
    await woken;
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect((await claimOne(worker)).id).toBe('a');
    expect((await queue.stats()).counts.active).toBe(1);
  });

  it('works in a cluster', async () => {
    const { url } = await startRedisCluster();
    const queue = await openRedisQueue({ url, settings: suiteSettings(), plain: catalogs });
    onTestFinished(() => queue.close());
    const program = await connectRedis(url);
    onTestFinished(() => program.close());
    await program.client.rpush(LIST, ...['a', 'b', 'c'].map((id) => JSON.stringify(picture(id))), 'nonsense');
    await queue.maintain();
    await queue.settle('w1', (await claimTasks(queue)).map(done));
    expect((await queue.stats()).counts).toMatchObject({ completed: 3, failed: 1 });
    for (const id of ['a', 'b', 'c']) {
      await vi.waitFor(async () => {
        expect(JSON.parse((await program.client.get(`task_status:${id}`))!)).toMatchObject({ status: 'completed' });
      });
    }
  });
});

describe('task_status:<id>', () => {
  it('follows what no worker says: a cancelled, a retried, and a stalled task', async () => {
    const { queue, document } = await openRig();
    await queue.enqueue(['a', 'b', 'c', 'd'].map((id) => ({ id, catalogId: CATALOG, payload: {} })));
    const [a, b] = await claimTasks(queue, 'w1', 3);
    await queue.settle('w1', [dead(a!), dead(b!)]);
    await vi.waitFor(async () => expect(await document('task_status:c')).toMatchObject({ status: 'active' }));
    expect(await queue.retry({ ids: ['a'] })).toBe(1);
    expect(await queue.reclaim('w1')).toBe(1);
    await queue.maintain();
    await vi.waitFor(async () =>
      expect(await document('task_status:a')).toMatchObject({ status: 'waiting', error: null }),
    );
    await vi.waitFor(async () => expect(await document('task_status:c')).toMatchObject({ status: 'waiting' }));
    expect(await queue.cancel({ ids: ['c', 'd'] })).toBe(2);
    await queue.maintain();
    await vi.waitFor(async () => expect(await document('task_status:c')).toMatchObject({ status: 'cancelled' }));
    expect(await document('task_status:b')).toMatchObject({ status: 'failed', error: { code: 'IMAGE_CORRUPT' } });
    // Nobody ever claimed it.
    expect(await document('task_status:d')).toBeNull();
  });

  it('tells of a task from its first claim until a day after its end', async () => {
    const { queue, push, document, program } = await openRig();
    await push(picture('a'), picture('b'));
    await queue.maintain();
    expect(await document('task_status:a')).toBeNull();
    const [a, b] = await claimTasks(queue);
    await vi.waitFor(async () => {
      expect(await document('task_status:a')).toEqual({
        task_id: 'a',
        status: 'active',
        attempts: 0,
        worker_id: 'w1',
        updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
        updated_at_ms: expect.any(Number) as number,
        error: null,
      });
    });
    // An open task's does not run out while the task can live.
    expect(await program.pttl('task_status:a')).toBeGreaterThan(86_400_000);
    await queue.settle('w1', [done(a!), dead(b!)]);
    await vi.waitFor(async () => {
      expect(await document('task_status:a')).toMatchObject({ status: 'completed', error: null });
      expect(await document('task_status:b')).toMatchObject({
        status: 'failed',
        attempts: 1,
        worker_id: 'w1',
        error: { code: 'IMAGE_CORRUPT', message: 'a made-up IMAGE_CORRUPT' },
      });
    });
    for (const id of ['a', 'b']) {
      const ttl = await program.pttl(`task_status:${id}`);
      expect(ttl).toBeGreaterThan(86_000_000);
      expect(ttl).toBeLessThanOrEqual(86_400_000);
    }
  });

  it('tells of a task that was given back', async () => {
    const { queue, push, document } = await openRig();
    await push(picture('a'));
    await queue.maintain();
    await queue.settle('w1', [release(await claimOne(queue))]);
    await vi.waitFor(async () => expect(await document('task_status:a')).toMatchObject({ status: 'waiting' }));
  });

  it('is written before the queue is closed', async () => {
    const { url, queue, push, document } = await openRig();
    await push(picture('a'));
    await queue.maintain();
    const worker = await openRedisQueue({ url, settings: suiteSettings() });
    await worker.settle('w1', [done(await claimOne(worker))]);
    await worker.close();
    expect(await document('task_status:a')).toMatchObject({ status: 'completed' });
  });
});

describe('worker_status:<id>', () => {
  it('tells of a worker, for a minute after its last heartbeat', async () => {
    const { queue, document, program } = await openRig();
    await queue.heartbeat({ ...status('w1', 'busy'), currentTasks: ['a'], processed: 3, failed: 1 });
    await vi.waitFor(async () => {
      expect(await document('worker_status:w1')).toMatchObject({
        worker_id: 'w1',
        status: 'busy',
        processed: 3,
        failed: 1,
        current_tasks: ['a'],
        started_at: '1970-01-01T00:00:00.000Z',
        last_heartbeat: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
      });
    });
    const ttl = await program.pttl('worker_status:w1');
    expect(ttl).toBeGreaterThan(50_000);
    expect(ttl).toBeLessThanOrEqual(60_000);
  });
});

it('the time of a heartbeat is the server’s', async () => {
  const { url, document } = await openRig();
  const at = Date.UTC(2031, 0, 1);
  const queue = await openRedisQueue({ url, settings: suiteSettings(), now: () => at });
  onTestFinished(() => queue.close());
  await queue.heartbeat(status('w1'));
  await vi.waitFor(async () =>
    expect(await document('worker_status:w1')).toMatchObject({ last_heartbeat: '2031-01-01T00:00:00.000Z' }),
  );
});

it('plain keys that cannot be written fail no verb', async () => {
  const { queue, push, program, logged } = await openRig();
  await push(picture('a'));
  await queue.maintain();
  // Only the queue's own keys may be written from now on.
  await program.call('ACL', 'SETUSER', 'default', 'resetkeys', '~imagefleet:*', `~${LIST}`);
  await queue.settle('w1', [done(await claimOne(queue))]);
  await queue.heartbeat(status('w1'));
  expect((await queue.get('a'))?.state).toBe('completed');
  await vi.waitFor(() => expect(logged.join('')).toContain('plain status keys could not be written'));
});

/** Starts a process that takes lines in and kills it as soon as fewer are left; where it dies is left to chance. */
async function killTaker(url: string, program: Redis, before: number): Promise<number> {
  const child = fork(INTAKE_CHILD, [url], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  const fewer = async (): Promise<void> => expect(await program.llen(LIST)).toBeLessThan(before);
  await vi.waitFor(fewer, { timeout: 10_000, interval: 1 });
  child.kill('SIGKILL');
  await ended;
  return program.llen(LIST);
}
