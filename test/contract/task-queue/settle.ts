import { describe, expect, it } from 'vitest';
import {
  again,
  BACKOFF,
  BACKOFF_CAP,
  claimOne,
  claimTasks,
  dead,
  done,
  idsOf,
  LEASE,
  newTask,
  newTasks,
  release,
  wire,
  type OpenQueueBackend,
} from './backend.ts';

export function testSettle(openBackend: OpenQueueBackend): void {
  describe('settle', () => {
    it('done completes the task and keeps result and timings', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(1));
      const task = await claimOne(queue);
      expect(await queue.settle('w1', [done(task)])).toEqual([{ taskId: 't1', accepted: true, state: 'completed' }]);
      expect(await queue.get('t1')).toMatchObject({
        state: 'completed',
        attempts: 0,
        result: { how: 'embedded' },
        timings: { decode: 4 },
        error: null,
        finishedAt: expect.any(Number) as unknown,
      });
    });

    it('dead fails the task at once, with its error', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(1));
      const task = await claimOne(queue);
      expect(await queue.settle('w1', [dead(task)])).toMatchObject([{ accepted: true, state: 'failed' }]);
      expect(await queue.get('t1')).toMatchObject({
        state: 'failed',
        attempts: 1,
        error: wire('IMAGE_CORRUPT'),
        history: [{ workerId: 'w1', error: wire('IMAGE_CORRUPT') }],
      });
    });

    it('retry delays by the backoff, with jitter, and then the task has its old place', async () => {
      const { open, advance } = await openBackend();
      const queue = await open();
      await queue.enqueue(newTasks(3));
      for (const [attempt, full] of [BACKOFF, BACKOFF * 2].entries()) {
        const task = await claimOne(queue);
        expect(task).toMatchObject({ id: 't1', attempt: attempt + 1 });
        expect(await queue.settle('w1', [again(task)])).toMatchObject([{ accepted: true, state: 'delayed' }]);
        const delayed = await queue.get('t1');
        const delay = (delayed?.dueAt ?? 0) - (delayed?.history.at(-1)?.at ?? 0);
        expect(delay).toBeGreaterThanOrEqual(full / 2);
        expect(delay).toBeLessThanOrEqual(full);
        await advance(full + 1);
      }
      expect(await queue.get('t1')).toMatchObject({ attempts: 2, error: wire('STORE_UNAVAILABLE') });
    });

    it('retry never waits longer than the cap', async () => {
      const { open, advance } = await openBackend();
      const queue = await open();
      await queue.enqueue([newTask('a', { maxAttempts: 20 })]);
      for (let attempt = 0; attempt < 5; attempt += 1) {
        await queue.settle('w1', [again(await claimOne(queue))]);
        await advance(BACKOFF_CAP + 1);
      }
      expect(await claimOne(queue)).toMatchObject({ attempt: 6 });
    });

    it('retry fails the task when its attempts are used up', async () => {
      const { open, advance } = await openBackend();
      const queue = await open();
      await queue.enqueue([newTask('a', { maxAttempts: 2 })]);
      await queue.settle('w1', [again(await claimOne(queue))]);
      await advance(BACKOFF + 1);
      const last = await queue.settle('w1', [again(await claimOne(queue))]);
      expect(last).toMatchObject([{ accepted: true, state: 'failed' }]);
      expect(await queue.get('a')).toMatchObject({ attempts: 2, error: wire('STORE_UNAVAILABLE'), dueAt: null });
    });

    it('keeps the newest ten attempts', async () => {
      const { open, advance } = await openBackend();
      const queue = await open();
      await queue.enqueue([newTask('a', { maxAttempts: 100, backoff: { baseMs: 0, capMs: 0 } })]);
      for (let attempt = 0; attempt < 12; attempt += 1) {
        await queue.settle(`w${attempt}`, [again(await claimOne(queue, `w${attempt}`))]);
        await advance(1);
      }
      const workers = (await queue.get('a'))?.history.map(({ workerId }) => workerId);
      expect(workers).toEqual(['w2', 'w3', 'w4', 'w5', 'w6', 'w7', 'w8', 'w9', 'w10', 'w11']);
    });

    it.each(['drain', 'backend'] as const)(
      'release (%s) gives back to the front, without an attempt',
      async (reason) => {
        const queue = await (await openBackend()).open();
        await queue.enqueue(newTasks(4));
        const tasks = await claimTasks(queue, 'w1', 2);
        await queue.settle(
          'w1',
          tasks.map((task) => release(task, reason)),
        );
        const next = await claimTasks(queue, 'w2', 3);
        expect(idsOf(next)).toEqual(['t1', 't2', 't3']);
        expect(next).toMatchObject([{ attempt: 1, suspect: false }, { attempt: 1 }, { attempt: 1 }]);
      },
    );

    it('is a success the second time, for every outcome, and changes nothing more', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(4));
      const tasks = await claimTasks(queue, 'w1', 4);
      const settlements = [done(tasks[0]!), again(tasks[1]!), dead(tasks[2]!), release(tasks[3]!)];
      const first = await queue.settle('w1', settlements);
      const before = await queue.list({}, 10);
      expect(await queue.settle('w1', settlements)).toEqual(first);
      expect(first.every((answer) => answer.accepted)).toBe(true);
      expect(await queue.list({}, 10)).toEqual(before);
      expect((await queue.stats()).totals).toMatchObject({ completed: 1, failed: 1, retried: 1 });
    });

    it('is refused after the lease ran out, taken back already or not', async () => {
      const { open, advance } = await openBackend();
      const queue = await open();
      await queue.enqueue(newTasks(2));
      const tasks = await claimTasks(queue, 'w1', 2);
      await advance(LEASE + 1);
      expect(await queue.settle('w1', [done(tasks[0]!)])).toMatchObject([{ accepted: false }]);
      await queue.maintain();
      expect(await queue.settle('w1', [done(tasks[1]!)])).toEqual([
        { taskId: 't2', accepted: false, state: 'waiting' },
      ]);
    });

    it('is refused to another worker, to another claim, and for what nobody knows', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(1));
      const task = await claimOne(queue);
      expect(await queue.settle('w2', [done(task)])).toMatchObject([{ accepted: false, state: 'active' }]);
      expect(await queue.settle('w1', [done({ ...task, version: task.version + 1 })])).toMatchObject([
        { accepted: false },
      ]);
      expect(await queue.settle('w1', [done({ id: 'nobody', version: 1 })])).toEqual([
        { taskId: 'nobody', accepted: false, state: null },
      ]);
      expect(await queue.settle('w1', [done(task)])).toMatchObject([{ accepted: true }]);
    });

    it('is refused to a thawed worker whose task another one holds, and not to that one', async () => {
      const backend = await openBackend();
      const [frozen, other] = [await backend.open(), await backend.open()];
      await frozen.enqueue(newTasks(1));
      const old = await claimOne(frozen, 'w1');
      await backend.advance(LEASE + 1);
      const fresh = await claimOne(other, 'w2');
      expect(fresh.version).toBeGreaterThan(old.version);
      expect(await frozen.settle('w1', [done(old)])).toMatchObject([{ accepted: false, state: 'active' }]);
      expect(await other.settle('w2', [done(fresh)])).toMatchObject([{ accepted: true, state: 'completed' }]);
      expect(await frozen.settle('w1', [dead(old)])).toMatchObject([{ accepted: false, state: 'completed' }]);
    });

    it('answers each of a batch for itself', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(3));
      const [a, b, c] = await claimTasks(queue, 'w1', 3);
      await queue.cancel({ ids: ['t2'] });
      expect(await queue.settle('w1', [done(a!), done(b!), again(c!)])).toEqual([
        { taskId: 't1', accepted: true, state: 'completed' },
        { taskId: 't2', accepted: false, state: 'cancelled' },
        { taskId: 't3', accepted: true, state: 'delayed' },
      ]);
    });
  });
}
