import { describe, expect, it } from 'vitest';
import { again, claimOne, claimTasks, dead, done, idsOf, newTask, newTasks, type OpenQueueBackend } from './backend.ts';

export function testOperate(openBackend: OpenQueueBackend): void {
  describe('retry', () => {
    it('gives failed, cancelled and delayed tasks fresh attempts, and leaves all others', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(6));
      const tasks = await claimTasks(queue, 'w1', 5);
      await queue.settle('w1', [dead(tasks[0]!), again(tasks[1]!), done(tasks[2]!)]);
      await queue.cancel({ ids: ['t4'] });
      expect(await queue.retry({})).toBe(3);
      for (const id of ['t1', 't2', 't4']) {
        expect(await queue.get(id)).toMatchObject({
          state: 'waiting',
          attempts: 0,
          error: null,
          dueAt: null,
          finishedAt: null,
        });
      }
      expect((await queue.stats()).counts).toMatchObject({ waiting: 4, active: 1, completed: 1, failed: 0 });
      expect(idsOf(await claimTasks(queue, 'w2')).toSorted()).toEqual(['t1', 't2', 't4', 't6']);
    });

    it('goes by the filter, over many tasks, and answers how many', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(620, 'a', { importId: 'A' }));
      await queue.enqueue(newTasks(5, 'b', { importId: 'B' }));
      await queue.cancel({});
      expect(await queue.retry({ importId: 'A', text: 'A1' })).toBe(111);
      expect(await queue.retry({ importId: 'A' })).toBe(620 - 111);
      expect(await queue.retry({ ids: ['b1', 'b2', 'a1'] })).toBe(2);
      expect((await queue.stats()).counts).toMatchObject({ waiting: 622, cancelled: 3 });
    });

    it('leaves an old claim outside', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(1));
      const task = await claimOne(queue);
      await queue.cancel({});
      await queue.retry({});
      expect(await queue.settle('w1', [done(task)])).toMatchObject([{ accepted: false, state: 'waiting' }]);
    });
  });

  describe('cancel', () => {
    it('takes waiting, delayed and active tasks, and refuses the late settle', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(4));
      const tasks = await claimTasks(queue, 'w1', 3);
      await queue.settle('w1', [again(tasks[0]!), done(tasks[1]!)]);
      expect(await queue.cancel({})).toBe(3);
      expect(await queue.cancel({})).toBe(0);
      expect(await queue.settle('w1', [done(tasks[2]!)])).toEqual([
        { taskId: 't3', accepted: false, state: 'cancelled' },
      ]);
      expect((await queue.stats()).counts).toMatchObject({ cancelled: 3, completed: 1 });
      expect(await claimTasks(queue)).toEqual([]);
      expect((await queue.maintain()).nextDueMs).toBeNull();
    });

    it('touches only what the filter names', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(600, 'a', { importId: 'A' }));
      await queue.enqueue(newTasks(3, 'b', { importId: 'B' }));
      expect(await queue.cancel({ importId: 'A', states: ['delayed'] })).toBe(0);
      expect(await queue.cancel({ importId: 'A' })).toBe(600);
      expect(idsOf(await claimTasks(queue))).toEqual(['b1', 'b2', 'b3']);
    });
  });

  describe('remove', () => {
    it('drops finished tasks only', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue([...newTasks(4), newTask('x')]);
      const tasks = await claimTasks(queue, 'w1', 4);
      await queue.settle('w1', [done(tasks[0]!), dead(tasks[1]!), again(tasks[2]!)]);
      expect(await queue.remove({})).toBe(2);
      expect(idsOf((await queue.list({}, 10)).items)).toEqual(['x', 't4', 't3']);
      expect((await queue.stats()).counts).toEqual({
        waiting: 1,
        active: 1,
        delayed: 1,
        completed: 0,
        failed: 0,
        cancelled: 0,
      });
    });
  });
}
