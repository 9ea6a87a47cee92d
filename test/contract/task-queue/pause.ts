import { describe, expect, it } from 'vitest';
import {
  again,
  BACKOFF,
  claimOne,
  claimTasks,
  done,
  idsOf,
  LEASE,
  newTask,
  newTasks,
  release,
  type OpenQueueBackend,
} from './backend.ts';

export function testPause(openBackend: OpenQueueBackend): void {
  describe('setPaused', () => {
    it('stops claims of the whole queue, not the settling of what is active', async () => {
      const backend = await openBackend();
      const [one, two] = [await backend.open(), await backend.open()];
      await one.enqueue(newTasks(3));
      const task = await claimOne(one);
      await two.setPaused(true);
      expect(await claimTasks(one)).toEqual([]);
      expect((await one.stats()).paused).toBe(true);
      expect(await one.settle('w1', [done(task)])).toMatchObject([{ accepted: true }]);
      await two.setPaused(false);
      expect((await one.stats()).paused).toBe(false);
      expect(idsOf(await claimTasks(one))).toEqual(['t2', 't3']);
    });

    it('holds the tasks of one import, the later ones too, and lets the others pass', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(600, 'a', { importId: 'A', priority: 'high' }));
      await queue.enqueue(newTasks(2, 'b', { importId: 'B' }));
      await queue.setPaused(true, 'A');
      await queue.enqueue(newTasks(2, 'late', { importId: 'A', priority: 'high' }));
      await queue.enqueue([newTask('free')]);
      expect(idsOf(await claimTasks(queue, 'w1', 50))).toEqual(['b1', 'b2', 'free']);
      const { counts, paused, waitingByPriority } = await queue.stats();
      expect(paused).toBe(false);
      expect(counts.waiting).toBe(602);
      expect(waitingByPriority.high).toBe(602);
      await queue.setPaused(false, 'A');
      expect(idsOf(await claimTasks(queue, 'w1', 256)).slice(0, 3)).toEqual(['a1', 'a2', 'a3']);
      expect((await queue.stats()).counts.waiting).toBe(602 - 256);
    });

    it('holds what comes back: released, retried, lost', async () => {
      const { open, advance } = await openBackend();
      const queue = await open();
      await queue.enqueue(newTasks(3, 'a', { importId: 'A' }));
      const [released, retried] = await claimTasks(queue, 'w1', 3);
      await queue.setPaused(true, 'A');
      await queue.settle('w1', [release(released!), again(retried!)]);
      await advance(Math.max(BACKOFF, LEASE) + 1);
      await queue.maintain();
      expect((await queue.stats()).counts.waiting).toBe(3);
      expect(await claimTasks(queue)).toEqual([]);
      await queue.setPaused(false, 'A');
      expect(await claimTasks(queue)).toMatchObject([{ id: 'a3', suspect: true }]);
    });

    it('may be said twice', async () => {
      const queue = await (await openBackend()).open();
      const { cursor } = await queue.events(null);
      await queue.enqueue([newTask('a', { importId: 'A' })]);
      for (const paused of [true, true, false, false]) {
        await queue.setPaused(paused, 'A');
        await queue.setPaused(paused);
        expect((await claimTasks(queue)).length).toBe(paused ? 0 : 1);
        await queue.reclaim('w1');
      }
      const types = (await queue.events(cursor)).events.map((event) => event.type);
      expect(types.filter((type) => type === 'paused' || type === 'resumed')).toEqual([
        'paused',
        'paused',
        'resumed',
        'resumed',
      ]);
    });
  });
}
