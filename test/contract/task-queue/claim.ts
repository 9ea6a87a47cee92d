import { describe, expect, it } from 'vitest';
import {
  claim,
  claimOne,
  claimTasks,
  done,
  idsOf,
  LEASE,
  newTask,
  newTasks,
  type OpenQueueBackend,
} from './backend.ts';

export function testClaim(openBackend: OpenQueueBackend): void {
  describe('claim', () => {
    it('goes by priority, then first in first out', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue([
        newTask('low1', { priority: 'low' }),
        newTask('normal1'),
        newTask('high1', { priority: 'high' }),
        newTask('normal2'),
        newTask('high2', { priority: 'high' }),
      ]);
      expect(idsOf(await claimTasks(queue, 'w1', 3))).toEqual(['high1', 'high2', 'normal1']);
      expect(idsOf(await claimTasks(queue, 'w1', 3))).toEqual(['normal2', 'low1']);
      expect(await claimTasks(queue)).toEqual([]);
    });

    it('hands out what a worker needs, and marks the task', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue([newTask('a', { kind: 'index', importId: 'i', maxAttempts: 4 })]);
      const task = await claimOne(queue, 'w9');
      expect(task).toEqual({
        id: 'a',
        kind: 'index',
        catalogId: 'catalog',
        importId: 'i',
        payload: { path: '/pictures/a.jpg' },
        attempt: 1,
        maxAttempts: 4,
        version: expect.any(Number) as unknown,
        suspect: false,
      });
      expect(task.version).toBeGreaterThan(0);
      expect(await queue.get('a')).toMatchObject({ state: 'active', workerId: 'w9', version: task.version });
    });

    it('numbers every claim higher than all before, over all handles', async () => {
      const backend = await openBackend();
      const [one, two] = [await backend.open(), await backend.open()];
      await one.enqueue(newTasks(4));
      const versions = [
        (await claimOne(one)).version,
        (await claimOne(two)).version,
        (await claimOne(two)).version,
        (await claimOne(one)).version,
      ];
      expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
    });

    it('gives a task to one of many at once', async () => {
      const backend = await openBackend();
      const handles = await Promise.all([backend.open(), backend.open(), backend.open()]);
      await handles[0]?.enqueue(newTasks(90));
      const batches = await Promise.all(
        Array.from({ length: 12 }, (_, index) => claimTasks(handles[index % 3] ?? handles[0]!, `w${index}`, 8)),
      );
      const ids = batches.flatMap(idsOf);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.length).toBe(90);
    });

    it('gives the same batch again for the same claim id, also to another handle of the worker', async () => {
      const backend = await openBackend();
      const [one, two] = [await backend.open(), await backend.open()];
      await one.enqueue(newTasks(5));
      const first = await claim(one, 'w1', 3, 'claim-1');
      expect(await claim(two, 'w1', 3, 'claim-1')).toEqual(first);
      expect(await claim(one, 'w1', 9, 'claim-1')).toEqual(first);
      expect(idsOf(await claimTasks(one))).toEqual(['t4', 't5']);
    });

    it('leaves out of a repeated claim what has been settled, and never fills it up', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(4));
      const { tasks } = await claim(queue, 'w1', 2, 'claim-1');
      await queue.settle('w1', [done(tasks[0]!)]);
      expect(idsOf((await claim(queue, 'w1', 2, 'claim-1')).tasks)).toEqual(['t2']);
      await queue.settle('w1', [done(tasks[1]!)]);
      expect(await claim(queue, 'w1', 2, 'claim-1')).toEqual({ tasks: [], emptyHands: false });
    });

    it('stays empty for a claim id that got nothing', async () => {
      const queue = await (await openBackend()).open();
      expect((await claim(queue, 'w1', 2, 'claim-1')).tasks).toEqual([]);
      await queue.enqueue(newTasks(2));
      expect((await claim(queue, 'w1', 2, 'claim-1')).tasks).toEqual([]);
    });

    it('leaves out of a repeated claim what somebody else holds since', async () => {
      const { open, advance } = await openBackend();
      const queue = await open();
      await queue.enqueue([newTask('a')]);
      await claim(queue, 'w1', 1, 'claim-1');
      await advance(LEASE + 1);
      expect((await claimOne(queue, 'w2')).id).toBe('a');
      expect((await claim(queue, 'w1', 1, 'claim-1')).tasks).toEqual([]);
    });

    it('starts the leases anew when it is repeated', async () => {
      const { open, advance } = await openBackend();
      const queue = await open();
      await queue.enqueue([newTask('a')]);
      const { tasks } = await claim(queue, 'w1', 1, 'claim-1');
      await advance(LEASE * 0.7);
      await claim(queue, 'w1', 1, 'claim-1');
      await advance(LEASE * 0.7);
      expect(await queue.settle('w1', [done(tasks[0]!)])).toMatchObject([{ accepted: true }]);
    });

    it('takes in what has come due, with nobody maintaining', async () => {
      const { open, advance } = await openBackend();
      const queue = await open();
      await queue.enqueue([newTask('a')]);
      await claimOne(queue, 'w1');
      await advance(LEASE + 1);
      expect(await claimOne(queue, 'w2')).toMatchObject({ id: 'a', suspect: true });
    });

    it.each([
      ['max', { max: 0 }],
      ['max', { max: 257 }],
      ['leaseMs', { leaseMs: 0 }],
      ['claimId', { claimId: '' }],
      ['workerId', { workerId: '' }],
    ])('refuses a %s out of range', async (field, wrong) => {
      const queue = await (await openBackend()).open();
      await expect(
        queue.claim({ workerId: 'w1', claimId: 'c', max: 1, leaseMs: LEASE, ...wrong }),
      ).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining(field) as unknown });
    });
  });
}
