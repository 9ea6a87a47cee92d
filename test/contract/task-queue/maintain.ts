import { describe, expect, it } from 'vitest';
import {
  again,
  BACKOFF,
  claimOne,
  claimTasks,
  dead,
  done,
  idsOf,
  LEASE,
  newTask,
  newTasks,
  type OpenQueueBackend,
} from './backend.ts';

export function testMaintain(openBackend: OpenQueueBackend): void {
  describe('maintain', () => {
    it('promotes due retries and takes back expired leases, also in a paused queue', async () => {
      const { open, advance } = await openBackend();
      const queue = await open();
      await queue.enqueue(newTasks(2));
      const [first] = await claimTasks(queue, 'w1', 2);
      await queue.settle('w1', [again(first!)]);
      await queue.setPaused(true);
      expect(await queue.maintain()).toMatchObject({ promoted: 0, reclaimed: 0 });
      await advance(Math.max(LEASE, BACKOFF) + 1);
      expect(await queue.maintain()).toEqual({ promoted: 1, reclaimed: 1, trimmed: 0, nextDueMs: null });
      expect((await queue.stats()).counts).toMatchObject({ waiting: 2, delayed: 0, active: 0 });
    });

    it('says when the next thing is due', async () => {
      const queue = await (await openBackend()).open();
      expect((await queue.maintain()).nextDueMs).toBeNull();
      await queue.enqueue(newTasks(2));
      const [first] = await claimTasks(queue, 'w1', 2);
      const lease = (await queue.maintain()).nextDueMs;
      expect(lease).toBeGreaterThan(LEASE / 2);
      expect(lease).toBeLessThanOrEqual(LEASE);
      await queue.settle('w1', [again(first!)]);
      expect((await queue.maintain()).nextDueMs).toBeLessThanOrEqual(BACKOFF);
    });

    it('takes back more than one step at a time', async () => {
      const { open, advance } = await openBackend();
      const queue = await open();
      await queue.enqueue(newTasks(600));
      for (let batch = 0; batch < 3; batch += 1) await claimTasks(queue, `w${batch}`, 200);
      await advance(LEASE + 1);
      expect((await queue.maintain()).reclaimed).toBe(600);
      expect((await queue.stats()).suspects).toBe(600);
    });

    it('drops finished tasks by age, each kind by its own, and leaves the totals', async () => {
      const { open, advance } = await openBackend();
      const queue = await open({ keepCompletedMs: 300, keepFailedMs: 900 });
      await queue.enqueue(newTasks(4));
      const tasks = await claimTasks(queue, 'w1', 3);
      await queue.settle('w1', [done(tasks[0]!), dead(tasks[1]!)]);
      await queue.cancel({ ids: ['t3'] });
      expect((await queue.maintain()).trimmed).toBe(0);
      await advance(400);
      expect((await queue.maintain()).trimmed).toBe(2);
      expect(idsOf((await queue.list({}, 10)).items)).toEqual(['t4', 't2']);
      await advance(600);
      expect((await queue.maintain()).trimmed).toBe(1);
      const { counts, totals, failuresByCode } = await queue.stats();
      expect(counts).toEqual({ waiting: 1, active: 0, delayed: 0, completed: 0, failed: 0, cancelled: 0 });
      expect(totals).toMatchObject({ enqueued: 4, completed: 1, failed: 1, cancelled: 1 });
      expect(failuresByCode).toEqual({});
    });

    it('keeps only the newest failed tasks over their number', async () => {
      const { open, advance } = await openBackend();
      const queue = await open({ keepFailedMax: 3 });
      await queue.enqueue(newTasks(5));
      for (let count = 0; count < 5; count += 1) {
        await queue.settle('w1', [dead(await claimOne(queue))]);
        await advance(5);
      }
      expect((await queue.maintain()).trimmed).toBe(2);
      expect(idsOf((await queue.list({ states: ['failed'] }, 10)).items)).toEqual(['t5', 't4', 't3']);
    });

    it('lets a dropped id be a new task', async () => {
      const queue = await (await openBackend()).open({ keepCompletedMs: 0 });
      await queue.enqueue([newTask('a')]);
      await queue.settle('w1', [done(await claimOne(queue))]);
      await queue.maintain();
      expect(await queue.enqueue([newTask('a')])).toMatchObject([{ id: 'a', state: 'waiting', created: true }]);
    });
  });
}
