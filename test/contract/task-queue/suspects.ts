import { describe, expect, it } from 'vitest';
import type { TaskQueue } from '../../../src-core/ports/task-queue.ts';
import {
  again,
  claim,
  claimOne,
  claimTasks,
  dead,
  done,
  idsOf,
  LEASE,
  newTask,
  newTasks,
  release,
  status,
  type OpenQueueBackend,
} from './backend.ts';

/** A worker dies with all that waits. */
async function loseAll(queue: TaskQueue, workerId: string): Promise<void> {
  await claimTasks(queue, workerId, 256);
  await queue.reclaim(workerId);
}

/** A worker dies `times` times with what is first in line. */
async function loseFirst(queue: TaskQueue, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    await claimOne(queue, `victim${time}`);
    await queue.reclaim(`victim${time}`);
  }
}

export function testSuspects(openBackend: OpenQueueBackend): void {
  describe('suspects', () => {
    it('are claimed before all others, one at a time, whatever was asked for', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(2, 's', { priority: 'low' }));
      await loseAll(queue, 'dead');
      await queue.enqueue(newTasks(2, 'h', { priority: 'high' }));
      for (const id of ['s1', 's2']) {
        const tasks = await claimTasks(queue, 'w1', 8);
        expect(tasks).toMatchObject([{ id, suspect: true }]);
        await queue.settle('w1', tasks.map(done));
      }
      expect(await claimTasks(queue, 'w1', 8)).toMatchObject([
        { id: 'h1', suspect: false },
        { id: 'h2', suspect: false },
      ]);
    });

    it('ask one worker at a time to empty its hands, while the others go on', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(6));
      const held = [await claimOne(queue, 'w1'), await claimOne(queue, 'w2')];
      await claimOne(queue, 'dead');
      await queue.reclaim('dead');
      expect(await claim(queue, 'w1')).toEqual({ tasks: [], emptyHands: true });
      expect(idsOf(await claimTasks(queue, 'w2', 1))).toEqual(['t4']);
      expect(await claim(queue, 'w1')).toEqual({ tasks: [], emptyHands: true });
      await queue.settle('w1', [done(held[0]!)]);
      expect(idsOf(await claimTasks(queue, 'w1'))).toEqual(['t3']);
    });

    it('are alone: their worker gets nothing more until it has settled', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(1));
      await loseAll(queue, 'dead');
      await queue.enqueue(newTasks(3, 'u'));
      const suspect = await claimOne(queue, 'w1');
      expect(await claim(queue, 'w1')).toEqual({ tasks: [], emptyHands: true });
      expect(idsOf(await claimTasks(queue, 'w2', 1))).toEqual(['u1']);
      await queue.settle('w1', [done(suspect)]);
      expect(idsOf(await claimTasks(queue, 'w1', 1))).toEqual(['u2']);
    });

    it.each(['reclaimed', 'draining', 'removed', 'silent'] as const)(
      'do not wait for a worker that was asked and then is %s',
      async (away) => {
        const { open, advance } = await openBackend();
        const queue = await open();
        await queue.enqueue(newTasks(3));
        await claimOne(queue, 'w1');
        await claimOne(queue, 'dead');
        await queue.reclaim('dead');
        expect((await claim(queue, 'w1')).emptyHands).toBe(true);
        expect(await claimTasks(queue, 'w2')).toMatchObject([{ suspect: false }]);
        if (away === 'reclaimed') await queue.reclaim('w1');
        if (away === 'draining') await queue.heartbeat(status('w1', 'draining'));
        if (away === 'removed') await queue.removeWorker('w1');
        if (away === 'silent') await advance(LEASE + 1);
        expect(await claimOne(queue, 'w3')).toMatchObject({ suspect: true });
      },
    );

    it('fail after three stalls of their own, and take nobody with them', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(4));
      await loseAll(queue, 'dead');
      let deaths = 0;
      while ((await queue.stats()).counts.waiting > 0) {
        const task = await claimOne(queue);
        if (task.id === 't2') deaths += await queue.reclaim('w1');
        else await queue.settle('w1', [done(task)]);
      }
      expect(deaths).toBe(3);
      expect(await queue.get('t2')).toMatchObject({
        state: 'failed',
        stalls: 3,
        attempts: 0,
        error: { code: 'WORKER_CRASHED', retryable: false },
      });
      expect((await queue.stats()).counts).toMatchObject({ completed: 3, failed: 1, waiting: 0, active: 0 });
    });

    it('go to the back of their list when they stall again', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(3));
      await loseAll(queue, 'dead');
      await loseFirst(queue, 4);
      const order: string[] = [];
      for (let left = 3; left > 0; left -= 1) {
        const task = await claimOne(queue, 'w1');
        order.push(task.id);
        await queue.settle('w1', [done(task)]);
      }
      expect(order).toEqual(['t2', 't3', 't1']);
      expect((await queue.get('t1'))?.stalls).toBe(2);
      expect((await queue.get('t3'))?.stalls).toBe(1);
    });

    it('count no stall of a task that was not alone, however often', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(20, 't', { maxAttempts: 1 }));
      for (let kill = 0; kill < 5; kill += 1) {
        await loseAll(queue, 'dead');
        // Every suspect comes out well, asks for nothing, and is claimed among others the next time.
        for (let left = 20; left > 0; left -= 1) await queue.settle('w1', [dead(await claimOne(queue))]);
        expect(
          (await queue.list({}, 100)).items.every(
            ({ stalls, error }) => stalls === 0 && error?.code === 'IMAGE_CORRUPT',
          ),
        ).toBe(true);
        await queue.retry({});
      }
      expect((await queue.stats()).totals.stalled).toBe(100);
    });

    it('count a lease that ran out while the task was alone', async () => {
      const { open, advance } = await openBackend();
      const queue = await open();
      await queue.enqueue(newTasks(1));
      for (let time = 0; time < 4; time += 1) {
        await claimOne(queue, `w${time}`);
        await advance(LEASE + 1);
        await queue.maintain();
      }
      expect(await queue.get('t1')).toMatchObject({ state: 'failed', error: { code: 'WORKER_CRASHED' } });
    });

    it('are suspects until a run comes to an outcome', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(3));
      await loseAll(queue, 'dead');
      const released = await claimOne(queue);
      await queue.settle('w1', [release(released)]);
      expect(await queue.get(released.id)).toMatchObject({ state: 'waiting', suspect: true });
      for (const outcome of [done, again, dead]) {
        const task = await claimOne(queue);
        await queue.settle('w1', [outcome(task)]);
        expect((await queue.get(task.id))?.suspect).toBe(false);
      }
    });

    it('forgive earlier stalls after a run that asked for another attempt', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue([newTask('a')]);
      await loseFirst(queue, 3);
      expect((await queue.get('a'))?.stalls).toBe(2);
      await queue.settle('w1', [again(await claimOne(queue))]);
      expect((await queue.get('a'))?.stalls).toBe(0);
    });

    it('are claimed alone again when they failed as WORKER_CRASHED and are retried', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue([newTask('a')]);
      await loseFirst(queue, 4);
      expect(await queue.retry({ codes: ['WORKER_CRASHED'] })).toBe(1);
      await queue.enqueue([newTask('b')]);
      expect(await claimTasks(queue)).toMatchObject([{ id: 'a', suspect: true }]);
      expect(await queue.get('a')).toMatchObject({ stalls: 0 });
    });
  });
}
