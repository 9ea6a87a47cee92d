import { describe, expect, it } from 'vitest';
import type { TaskQueue } from '../../../src-core/ports/task-queue.ts';
import {
  again,
  BACKOFF,
  claimOne,
  claimTasks,
  done,
  LEASE,
  newTask,
  newTasks,
  release,
  status,
  UNSEEN_RETRY,
  type OpenQueueBackend,
} from './backend.ts';

/** Longer than the test's own time limit: a wait that ends before it was woken. */
const FOR_EVER = 120_000;
/** A wait that must run into its end; whatever would wake it wrongly does so at once. */
const A_MOMENT = 150;

function wakesUp(queue: TaskQueue): Promise<boolean> {
  return queue.waitForWork(A_MOMENT);
}

export function testWaitForWork(openBackend: OpenQueueBackend): void {
  describe('waitForWork', () => {
    it('resolves at once when something waits, and after its time when nothing does', async () => {
      const queue = await (await openBackend()).open();
      expect(await wakesUp(queue)).toBe(false);
      await queue.enqueue(newTasks(1));
      await queue.waitForWork(FOR_EVER);
    });

    it('wakes when this handle or another one enqueues', async () => {
      const backend = await openBackend();
      const [one, two] = [await backend.open(), await backend.open()];
      for (const producer of [one, two]) {
        const woken = one.waitForWork(FOR_EVER);
        await producer.enqueue([newTask(producer === one ? 'mine' : 'theirs')]);
        await woken;
        const tasks = await claimTasks(one);
        expect(tasks.length).toBe(1);
        await one.settle('w1', tasks.map(done));
      }
    });

    it('wakes when a retry comes due or a lease runs out', async () => {
      const { open, advance } = await openBackend();
      const queue = await open();
      await queue.enqueue([newTask('a')]);
      await queue.settle('w1', [again(await claimOne(queue))]);
      let woken = queue.waitForWork(FOR_EVER);
      await advance(BACKOFF + 1);
      await woken;
      await claimOne(queue, 'w2');
      woken = queue.waitForWork(FOR_EVER);
      await advance(LEASE + 1);
      await woken;
      expect((await claimOne(queue)).suspect).toBe(true);
    });

    it('wakes when a pause ends, not before', async () => {
      const backend = await openBackend();
      const [queue, operator] = [await backend.open(), await backend.open()];
      await operator.setPaused(true);
      await operator.enqueue(newTasks(1));
      expect(await wakesUp(queue)).toBe(false);
      const woken = queue.waitForWork(FOR_EVER);
      await operator.setPaused(false);
      await woken;
    });

    it('does not wake a worker for what it may not claim', async () => {
      const { open, advance } = await openBackend();
      const queue = await open();
      await queue.heartbeat(status('w1'));
      await queue.heartbeat(status('w2'));
      await queue.enqueue([newTask('a')]);
      await queue.settle('w1', [release(await claimOne(queue), 'unseen')]);
      await advance(UNSEEN_RETRY + 1);
      await queue.maintain();
      expect(await wakesUp(queue)).toBe(false);
    });

    it('ends by its signal and by close, and never rejects', async () => {
      const queue = await (await openBackend()).open();
      const stop = new AbortController();
      const aborted = queue.waitForWork(FOR_EVER, stop.signal);
      stop.abort();
      await expect(aborted).resolves.toBe(false);
      await expect(queue.waitForWork(FOR_EVER, stop.signal)).resolves.toBe(false);
      const closed = queue.waitForWork(FOR_EVER);
      await queue.close();
      await expect(closed).resolves.toBe(false);
    });
  });
}
