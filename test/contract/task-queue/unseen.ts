import { describe, expect, it } from 'vitest';
import {
  again,
  BACKOFF,
  claimOne,
  claimTasks,
  done,
  idsOf,
  LOST_AFTER,
  newTask,
  newTasks,
  release,
  status,
  UNSEEN_RETRY,
  type OpenQueueBackend,
} from './backend.ts';

export function testUnseen(openBackend: OpenQueueBackend): void {
  describe('a task that a worker cannot see', () => {
    it('comes back after a moment, without an attempt, for the others only', async () => {
      const { open, advance } = await openBackend();
      const queue = await open();
      await queue.heartbeat(status('w1'));
      await queue.heartbeat(status('w2'));
      await queue.enqueue(newTasks(2));
      const [answer] = await queue.settle('w1', [release(await claimOne(queue), 'unseen')]);
      expect(answer).toMatchObject({ accepted: true, state: 'delayed' });
      await advance(UNSEEN_RETRY + 1);
      expect(idsOf(await claimTasks(queue, 'w1'))).toEqual(['t2']);
      expect(await claimTasks(queue, 'w2')).toMatchObject([{ id: 't1', attempt: 1 }]);
    });

    it('does not stand in the way of what comes after it', async () => {
      const { open, advance } = await openBackend();
      const queue = await open();
      await queue.heartbeat(status('w1'));
      await queue.heartbeat(status('w2'));
      await queue.enqueue(newTasks(40));
      const tasks = await claimTasks(queue, 'w1', 40);
      await queue.settle(
        'w1',
        tasks.map((task) => release(task, 'unseen')),
      );
      await queue.enqueue(newTasks(2, 'n'));
      await advance(UNSEEN_RETRY + 1);
      expect(idsOf(await claimTasks(queue, 'w1', 8))).toEqual(['n1', 'n2']);
      expect(idsOf(await claimTasks(queue, 'w2', 3))).toEqual(['t1', 't2', 't3']);
    });

    it('fails when every live worker has said so', async () => {
      const { open, advance } = await openBackend();
      const queue = await open();
      await queue.heartbeat(status('w1'));
      await queue.heartbeat(status('w2'));
      await queue.heartbeat(status('w3', 'stopped'));
      await queue.enqueue([newTask('a')]);
      await queue.settle('w1', [release(await claimOne(queue, 'w1'), 'unseen')]);
      await advance(UNSEEN_RETRY + 1);
      const [answer] = await queue.settle('w2', [release(await claimOne(queue, 'w2'), 'unseen')]);
      expect(answer).toMatchObject({ accepted: true, state: 'failed' });
      expect(await queue.get('a')).toMatchObject({ error: { code: 'NO_WORKER_SEES_IT' }, attempts: 0 });
    });

    it('fails when the last worker that might have seen it is gone', async () => {
      const { open, advance } = await openBackend();
      const queue = await open();
      await queue.heartbeat(status('w1'));
      await queue.heartbeat(status('w2'));
      await queue.enqueue(newTasks(2));
      const tasks = await claimTasks(queue, 'w1');
      await queue.settle(
        'w1',
        tasks.map((task) => release(task, 'unseen')),
      );
      await queue.maintain();
      expect((await queue.get('t1'))?.state).toBe('delayed');
      await advance(LOST_AFTER + 1);
      await queue.heartbeat(status('w1'));
      await queue.maintain();
      expect((await queue.stats()).failuresByCode).toEqual({ NO_WORKER_SEES_IT: 2 });
    });

    it('waits while there is no live worker, and for a worker that joins', async () => {
      const { open, advance } = await openBackend();
      const queue = await open();
      await queue.enqueue([newTask('a')]);
      await queue.settle('w1', [release(await claimOne(queue, 'w1'), 'unseen')]);
      await advance(UNSEEN_RETRY + 1);
      await queue.maintain();
      expect((await queue.get('a'))?.state).toBe('waiting');
      await queue.heartbeat(status('w2'));
      await queue.heartbeat(status('w1'));
      await queue.maintain();
      await queue.settle('w2', [done(await claimOne(queue, 'w2'))]);
      expect((await queue.get('a'))?.state).toBe('completed');
    });

    it('is passed over by that worker after a retry, and is anybody’s when an operator retries it', async () => {
      const { open, advance } = await openBackend();
      const queue = await open();
      await queue.heartbeat(status('w1'));
      await queue.heartbeat(status('w2'));
      await queue.enqueue([newTask('a')]);
      await queue.settle('w1', [release(await claimOne(queue, 'w1'), 'unseen')]);
      await advance(UNSEEN_RETRY + 1);
      await queue.settle('w2', [again(await claimOne(queue, 'w2'))]);
      await advance(BACKOFF + 1);
      expect(await claimTasks(queue, 'w1')).toEqual([]);
      await queue.cancel({});
      await queue.retry({});
      expect(idsOf(await claimTasks(queue, 'w1'))).toEqual(['a']);
    });

    it('does not keep the suspects for a worker that sees none of them', async () => {
      const { open, advance } = await openBackend();
      const queue = await open();
      await queue.heartbeat(status('w1'));
      await queue.heartbeat(status('w2'));
      await queue.enqueue([newTask('a')]);
      await claimOne(queue, 'dead');
      await queue.reclaim('dead');
      await queue.settle('w1', [release(await claimOne(queue, 'w1'), 'unseen')]);
      await advance(UNSEEN_RETRY + 1);
      await queue.enqueue([newTask('b')]);
      expect(idsOf(await claimTasks(queue, 'w1'))).toEqual(['b']);
      expect(await claimTasks(queue, 'w2')).toMatchObject([{ id: 'a', suspect: true }]);
    });
  });
}
