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

  describe('retryCorrected', () => {
    it('runs tasks again with what was changed, and leaves all else of them', async () => {
      const queue = await (await openBackend()).open();
      const payload = { path: '/elsewhere/ü.jpg', empty: [], big: 9_007_199_254_740_991 };
      await queue.enqueue(newTasks(5, 't', { importId: 'A', maxAttempts: 2 }));
      const tasks = await claimTasks(queue, 'w1', 3);
      await queue.settle('w1', [dead(tasks[0]!), again(tasks[1]!), done(tasks[2]!)]);
      await queue.cancel({ ids: ['t4'] });
      const corrections = [
        { id: 't1', payload, catalogId: 'other', priority: 'high' as const, maxAttempts: 9 },
        { id: 't2', priority: 'low' as const },
        ...['t3', 't5', 'unknown'].map((id) => ({ id, priority: 'high' as const })),
        { id: 't4' },
      ];
      const { cursor } = await queue.events(null);
      expect(await queue.retryCorrected(corrections)).toBe(3);
      expect(await queue.get('t1')).toMatchObject({
        state: 'waiting',
        attempts: 0,
        error: null,
        importId: 'A',
        payload,
        catalogId: 'other',
        priority: 'high',
        maxAttempts: 9,
      });
      const path = '/pictures/t2.jpg';
      expect(await queue.get('t2')).toMatchObject({ priority: 'low', maxAttempts: 2, payload: { path }, dueAt: null });
      expect(await queue.get('t3')).toMatchObject({ state: 'completed', priority: 'normal' });
      expect(await queue.get('t5')).toMatchObject({ state: 'waiting', priority: 'normal' });
      expect(await queue.stats()).toMatchObject({
        counts: { waiting: 4, completed: 1, failed: 0, delayed: 0, cancelled: 0 },
        waitingByPriority: { high: 1, normal: 2, low: 1 },
        failuresByCode: {},
      });
      expect((await queue.events(cursor)).events).toMatchObject([{ type: 'retried', count: 3 }]);
      expect(await claimTasks(queue, 'w2')).toMatchObject([
        { id: 't1', payload, catalogId: 'other', maxAttempts: 9 },
        { id: 't4' },
        { id: 't5' },
        { id: 't2' },
      ]);
    });

    it('takes the first of several for one task, wherever they stand', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(600));
      await queue.cancel({});
      const others = newTasks(599).map(({ id }) => ({ id }));
      const corrections = [
        { id: 't600', priority: 'high' as const, maxAttempts: 7 },
        { id: 't600', priority: 'low' as const },
        ...others,
        { id: 't600', maxAttempts: 9 },
      ];
      expect(await queue.retryCorrected(corrections)).toBe(600);
      expect(await queue.get('t600')).toMatchObject({ priority: 'high', maxAttempts: 7 });
    });

    it('takes any number, and refuses what is no correction', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(620));
      await queue.cancel({});
      const all = newTasks(620).map(({ id }) => ({ id, maxAttempts: 7 }));
      await expect(queue.retryCorrected([...all, { id: 't1', maxAttempts: 0 }])).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      });
      expect((await queue.stats()).counts).toMatchObject({ waiting: 0, cancelled: 620 });
      expect(await queue.retryCorrected(all)).toBe(620);
      expect(await queue.retryCorrected(all)).toBe(0);
      expect((await queue.get('t620'))?.maxAttempts).toBe(7);
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

    it('spares what finished later than it was told', async () => {
      const backend = await openBackend();
      const queue = await backend.open();
      await queue.enqueue(newTasks(3));
      const [first] = await claimTasks(queue, 'w1', 1);
      await queue.settle('w1', [done(first!)]);
      await backend.advance(50);
      const { finishedAt } = (await queue.get('t1'))!;
      await queue.cancel({ ids: ['t2'] });
      const before = { finishedBefore: finishedAt! };
      expect(idsOf((await queue.list(before, 10)).items)).toEqual(['t1']);
      expect([await queue.count(before), await queue.count({})]).toEqual([1, 3]);
      expect(await queue.remove(before)).toBe(1);
      expect(idsOf((await queue.list({}, 10)).items)).toEqual(['t3', 't2']);
    });
  });

  describe('setPriority', () => {
    it('moves what waits to its place among those of the new priority, and nothing else', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue([...newTasks(6), newTask('h', { priority: 'high' })]);
      const claimed = await claimTasks(queue, 'w1', 4); // h, t1, t2, t3
      await queue.settle('w1', [done(claimed[0]!), again(claimed[1]!)]);
      const { cursor } = await queue.events(null);
      expect(await queue.setPriority({}, 'low')).toBe(4); // t1, t4, t5, t6
      expect(await queue.setPriority({}, 'low')).toBe(0);
      expect(await queue.setPriority({ ids: ['t6', 't2', 'h', 'unknown'] }, 'high')).toBe(1);
      expect((await queue.events(cursor)).events).toMatchObject([
        { type: 'prioritised', count: 4 },
        { type: 'prioritised', count: 1 },
      ]);
      expect((await queue.get('t1'))!).toMatchObject({ state: 'delayed', priority: 'low', attempts: 1 });
      expect((await queue.get('t2'))!).toMatchObject({ state: 'active', priority: 'normal' });
      expect((await queue.stats()).waitingByPriority).toEqual({ high: 1, normal: 0, low: 2 });
      await queue.enqueue([newTask('n')]);
      expect(idsOf(await claimTasks(queue, 'w2'))).toEqual(['t6', 'n', 't4', 't5']);
      expect((await queue.stats()).waitingByPriority).toEqual({ high: 0, normal: 0, low: 0 });
    });

    it('goes by the filter, over many tasks, those of a paused import too', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(620, 'a', { importId: 'A' }));
      await queue.enqueue(newTasks(5, 'b', { importId: 'B' }));
      await queue.setPaused(true, 'A');
      expect(await queue.setPriority({ importId: 'A', text: 'A1' }, 'high')).toBe(111);
      expect(await queue.count({ importId: 'A', states: ['waiting'] })).toBe(620);
      expect((await queue.stats()).waitingByPriority).toEqual({ high: 111, normal: 514, low: 0 });
      expect(idsOf(await claimTasks(queue, 'w1', 3))).toEqual(['b1', 'b2', 'b3']);
      await queue.setPaused(false, 'A');
      expect(idsOf(await claimTasks(queue, 'w1', 3))).toEqual(['a1', 'a10', 'a11']);
      await expect(queue.setPriority({}, 'urgent' as 'high')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    });

    it('leaves suspects before all, and what a retry brings back in its new place', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(3));
      await claimTasks(queue, 'w1', 2);
      await queue.reclaim('w1');
      expect(await queue.setPriority({}, 'low')).toBe(3);
      expect(await queue.stats()).toMatchObject({ suspects: 2, waitingByPriority: { high: 0, normal: 0, low: 3 } });
      const [suspect] = await claimTasks(queue, 'w2');
      expect(suspect).toMatchObject({ id: 't1', suspect: true });
      await queue.settle('w2', [dead(suspect!)]);
      await queue.retry({ ids: ['t1'] });
      expect((await queue.get('t1'))?.priority).toBe('low');
      expect((await queue.stats()).waitingByPriority).toEqual({ high: 0, normal: 0, low: 3 });
    });
  });
}
