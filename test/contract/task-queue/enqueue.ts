import { describe, expect, it } from 'vitest';
import { claimOne, done, newTask, newTasks, type OpenQueueBackend } from './backend.ts';

export function testEnqueue(openBackend: OpenQueueBackend): void {
  describe('enqueue', () => {
    it('answers once per task, in order, over the bounds of its own batches', async () => {
      const queue = await (await openBackend()).open();
      const tasks = newTasks(1_203);
      const answers = await queue.enqueue(tasks);
      expect(answers).toEqual(
        tasks.map(({ id }) => ({ id, state: 'waiting', created: true, createdAt: expect.any(Number) })),
      );
      expect((await queue.stats()).counts.waiting).toBe(1_203);
    });

    it('answers a known id with the state of the task that is there, and changes nothing', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue([newTask('a', { payload: { path: '/first' } })]);
      await queue.settle('w1', [done(await claimOne(queue))]);
      const answers = await queue.enqueue([newTask('a'), newTask('b'), newTask('b')]);
      expect(answers).toMatchObject([
        { id: 'a', state: 'completed', created: false },
        { id: 'b', state: 'waiting', created: true },
        { id: 'b', state: 'waiting', created: false },
      ]);
      for (const { id, createdAt } of answers) expect(createdAt).toBe((await queue.get(id))?.createdAt);
      expect((await queue.get('a'))?.payload).toEqual({ path: '/first' });
      expect((await queue.stats()).totals.enqueued).toBe(2);
    });

    it('is seen by the other processes and outlives this one', async () => {
      const backend = await openBackend();
      const producer = await backend.open();
      await producer.enqueue([newTask('a')]);
      await producer.close();
      expect((await claimOne(await backend.open())).id).toBe('a');
    });

    it('keeps the payload as it was given', async () => {
      const queue = await (await openBackend()).open();
      const payload = {
        path: '/a/ü "q"\n\u{1f600}.jpg',
        empty: [],
        nothing: {},
        big: 9_007_199_254_740_991,
        tiny: 1e-9,
      };
      await queue.enqueue([newTask('a', { payload })]);
      expect((await claimOne(queue)).payload).toEqual(payload);
    });

    it('uses the settings for what a task leaves out', async () => {
      const queue = await (await openBackend()).open({ attempts: 7, backoffBaseMs: 5, backoffCapMs: 50 });
      await queue.enqueue([newTask('a'), newTask('b', { maxAttempts: 1, backoff: { baseMs: 9 }, priority: 'low' })]);
      expect(await queue.get('a')).toMatchObject({
        maxAttempts: 7,
        backoff: { baseMs: 5, capMs: 50 },
        priority: 'normal',
      });
      expect(await queue.get('b')).toMatchObject({
        maxAttempts: 1,
        backoff: { baseMs: 9, capMs: 50 },
        priority: 'low',
      });
    });

    it('writes nothing when one of the tasks is not valid, and names it', async () => {
      const queue = await (await openBackend()).open();
      await expect(queue.enqueue([newTask('a'), newTask('with space')])).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringContaining('1.id') as unknown,
      });
      expect(await queue.get('a')).toBeNull();
    });

    it('refuses an import with half a character in its name', async () => {
      const queue = await (await openBackend()).open();
      await expect(queue.enqueue([newTask('a', { importId: 'A\ud83d' })])).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringContaining('0.importId: is not well-formed Unicode') as unknown,
      });
      await queue.enqueue([newTask('b', { importId: 'A\ud83d\ude00' })]);
      expect((await queue.get('b'))?.importId).toBe('A\ud83d\ude00');
    });

    it('takes no tasks at all', async () => {
      expect(await (await (await openBackend()).open()).enqueue([])).toEqual([]);
    });
  });
}
