import { describe, expect, it } from 'vitest';
import { again, claimTasks, dead, done, newTask, newTasks, type OpenQueueBackend } from './backend.ts';

export function testStats(openBackend: OpenQueueBackend): void {
  describe('stats', () => {
    it('counts states, priorities, suspects, totals and codes, for every handle alike', async () => {
      const backend = await openBackend();
      const queue = await backend.open();
      await queue.enqueue([...newTasks(6), newTask('h', { priority: 'high' }), newTask('l', { priority: 'low' })]);
      const tasks = await claimTasks(queue, 'w1', 6);
      const [a, b, c, d] = tasks;
      await queue.settle('w1', [done(a!), dead(b!), dead(c!, 'FILE_EMPTY'), again(d!)]);
      await queue.cancel({ ids: ['l'] });
      await queue.reclaim('w1');
      const expected = {
        counts: { waiting: 3, active: 0, delayed: 1, completed: 1, failed: 2, cancelled: 1 },
        waitingByPriority: { high: 0, normal: 3, low: 0 },
        suspects: 2,
        paused: false,
        totals: { enqueued: 8, completed: 1, failed: 2, cancelled: 1, retried: 1, stalled: 2 },
        failuresByCode: { FILE_EMPTY: 1, IMAGE_CORRUPT: 1 },
      };
      expect(await queue.stats()).toMatchObject(expected);
      await queue.close();
      expect(await (await backend.open()).stats()).toMatchObject(expected);
    });

    it('tells the age of the oldest waiting task, whatever list it is in', async () => {
      const { open, advance } = await openBackend();
      const queue = await open();
      expect((await queue.stats()).oldestWaitingMs).toBeNull();
      await queue.enqueue([newTask('old', { priority: 'low', importId: 'A' })]);
      await advance(500);
      await queue.enqueue([newTask('new', { priority: 'high' })]);
      const old = (await queue.stats()).oldestWaitingMs;
      expect(old).toBeGreaterThanOrEqual(500);
      await queue.setPaused(true, 'A');
      expect((await queue.stats()).oldestWaitingMs).toBeGreaterThanOrEqual(500);
      await queue.cancel({ ids: ['old'] });
      expect((await queue.stats()).oldestWaitingMs).toBeLessThan(500);
    });

    it('tells what was finished a minute', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(30));
      const tasks = await claimTasks(queue, 'w1', 30);
      await queue.settle('w1', [...tasks.slice(0, 20).map(done), ...tasks.slice(20).map((task) => dead(task))]);
      expect((await queue.stats()).throughput).toEqual({ perMinute1: 30, perMinute5: 6, perMinute15: 2 });
    });
  });

  describe('history', () => {
    it('holds this minute’s sums and the depth at its end', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(9));
      const tasks = await claimTasks(queue, 'w1', 5);
      await queue.settle('w1', [done(tasks[0]!), dead(tasks[1]!), again(tasks[2]!)]);
      const at = (await queue.get('t1'))?.createdAt ?? 0;
      const points = await queue.history(at, at + 60_000, 60_000);
      const sum = (key: 'enqueued' | 'completed' | 'failed' | 'retried' | 'stalled'): number =>
        points.reduce((total, point) => total + point[key], 0);
      expect({
        enqueued: sum('enqueued'),
        completed: sum('completed'),
        failed: sum('failed'),
        retried: sum('retried'),
      }).toEqual({
        enqueued: 9,
        completed: 1,
        failed: 1,
        retried: 1,
      });
      expect(points.at(-1)).toMatchObject({ waiting: 4, active: 2, delayed: 1 });
      expect(points.every((point) => point.at % 60_000 === 0)).toBe(true);
    });

    it('gives at most 2,000 points, the newest', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue([newTask('a')]);
      const now = (await queue.get('a'))?.createdAt ?? 0;
      const points = await queue.history(0, now, 1);
      expect(points.length).toBe(2_000);
      expect(now - (points.at(-1)?.at ?? 0)).toBeLessThan(120_000);
      expect(points.reduce((sum, point) => sum + point.enqueued, 0)).toBe(1);
    });
  });
}
