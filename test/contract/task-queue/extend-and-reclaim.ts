import { describe, expect, it } from 'vitest';
import { claimOne, claimTasks, done, idsOf, LEASE, newTasks, type OpenQueueBackend } from './backend.ts';

const asked = ({ id, version }: { id: string; version: number }): { taskId: string; version: number } => ({
  taskId: id,
  version,
});

export function testExtendAndReclaim(openBackend: OpenQueueBackend): void {
  describe('extend', () => {
    it('keeps a task for as long as it is renewed in time', async () => {
      const { open, advance } = await openBackend();
      const queue = await open();
      await queue.enqueue(newTasks(2));
      const tasks = await claimTasks(queue);
      for (let time = 0; time < 3; time += 1) {
        await advance(LEASE * 0.6);
        expect(await queue.extend('w1', tasks.map(asked), LEASE)).toEqual([]);
        expect((await queue.maintain()).reclaimed).toBe(0);
      }
      expect(await queue.settle('w1', tasks.map(done))).toMatchObject([{ accepted: true }, { accepted: true }]);
    });

    it('answers the ids that are no longer this worker’s, and renews the others', async () => {
      const { open, advance } = await openBackend();
      const queue = await open();
      await queue.enqueue(newTasks(4));
      const [settled, cancelled, kept, wrong] = await claimTasks(queue, 'w1', 4);
      await queue.settle('w1', [done(settled!)]);
      await queue.cancel({ ids: ['t2'] });
      const tasks = [
        settled!,
        cancelled!,
        kept!,
        { ...wrong!, version: wrong!.version + 1 },
        { id: 'nobody', version: 1 },
      ];
      expect(await queue.extend('w1', tasks.map(asked), LEASE * 3)).toEqual(['t1', 't2', 't4', 'nobody']);
      expect(await queue.extend('w2', [asked(kept!)], LEASE * 3)).toEqual(['t3']);
      await advance(LEASE * 1.5);
      expect(await queue.settle('w1', [done(kept!), done(wrong!)])).toMatchObject([
        { accepted: true },
        { accepted: false },
      ]);
    });

    it('does not bring back a lease that has run out', async () => {
      const { open, advance } = await openBackend();
      const queue = await open();
      await queue.enqueue(newTasks(1));
      const task = await claimOne(queue);
      await advance(LEASE + 1);
      expect(await queue.extend('w1', [asked(task)], LEASE)).toEqual(['t1']);
    });
  });

  describe('reclaim', () => {
    it('gives back at once all that a dead worker held, as suspects in their order, and no attempt burnt', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(4));
      await claimTasks(queue, 'dead', 3);
      const alive = await claimOne(queue, 'w1');
      expect(await queue.reclaim('dead')).toBe(3);
      expect(await queue.reclaim('dead')).toBe(0);
      const { items } = await queue.list({ states: ['waiting'] }, 10);
      expect(idsOf(items).toSorted()).toEqual(['t1', 't2', 't3']);
      for (const task of items) {
        expect(task).toMatchObject({ suspect: true, stalls: 0, attempts: 0 });
        expect(task.history).toMatchObject([{ workerId: 'dead', error: { code: 'WORKER_LOST' } }]);
      }
      expect(await queue.settle('w1', [done(alive)])).toMatchObject([{ accepted: true }]);
      for (const id of ['t1', 't2', 't3']) {
        const task = await claimOne(queue, 'w1');
        expect(task).toMatchObject({ id, attempt: 1 });
        await queue.settle('w1', [done(task)]);
      }
    });

    it('refuses what the dead worker still sends', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(1));
      const task = await claimOne(queue, 'w1');
      await queue.reclaim('w1');
      expect(await queue.settle('w1', [done(task)])).toEqual([{ taskId: 't1', accepted: false, state: 'waiting' }]);
    });
  });
}
