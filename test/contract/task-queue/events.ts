import { describe, expect, it } from 'vitest';
import type { QueueEvent } from '../../../src-core/ports/task-queue.ts';
import { again, claimTasks, dead, done, newTask, newTasks, type OpenQueueBackend } from './backend.ts';

function factOnly(event: QueueEvent): Partial<QueueEvent> {
  const { seq, at, ...fact } = event;
  expect([seq, at].every(Number.isInteger)).toBe(true);
  return fact;
}

export function testEvents(openBackend: OpenQueueBackend): void {
  describe('events', () => {
    it('begin at now without a cursor', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(1));
      const page = await queue.events(null);
      expect(page).toMatchObject({ events: [], gap: false });
      expect(await queue.events(page.cursor)).toEqual(page);
    });

    it('tell batched facts in order, to every handle', async () => {
      const backend = await openBackend();
      const [queue, reader] = [await backend.open(), await backend.open()];
      const { cursor } = await reader.events(null);
      await queue.enqueue([newTask('a', { importId: 'A' }), ...newTasks(3)]);
      const [a, b, c] = await claimTasks(queue, 'w1', 4);
      await queue.settle('w1', [done(a!), dead(b!), again(c!)]);
      await queue.settle('w1', [done(a!)]);
      await queue.reclaim('w1');
      await queue.cancel({ ids: ['t3'] });
      await queue.retry({ states: ['failed'] });
      await queue.remove({});
      await queue.setPaused(true);
      await queue.setPaused(false);
      const page = await reader.events(cursor);
      expect(page.gap).toBe(false);
      expect(page.events.map(factOnly)).toEqual([
        { type: 'enqueued', count: 4 },
        {
          type: 'settled',
          workerId: 'w1',
          tasks: [
            { id: 'a', importId: 'A', state: 'completed' },
            { id: 't1', importId: null, state: 'failed', code: 'IMAGE_CORRUPT' },
            { id: 't2', importId: null, state: 'delayed' },
          ],
        },
        { type: 'stalled', workerId: 'w1', tasks: [{ id: 't3', importId: null, state: 'waiting' }] },
        { type: 'cancelled', count: 1 },
        { type: 'retried', count: 1 },
        { type: 'removed', count: 2 },
        { type: 'paused', importId: null },
        { type: 'resumed', importId: null },
      ]);
      const seqs = page.events.map(({ seq }) => seq);
      expect(seqs).toEqual(seqs.toSorted((x, y) => x - y));
      expect(await reader.events(page.cursor)).toEqual({ events: [], cursor: page.cursor, gap: false });
    });

    it('come page by page', async () => {
      const queue = await (await openBackend()).open();
      const { cursor } = await queue.events(null);
      for (const task of newTasks(5)) await queue.enqueue([task]);
      const first = await queue.events(cursor, 3);
      expect(first.events.length).toBe(3);
      expect((await queue.events(first.cursor, 3)).events.length).toBe(2);
    });

    it('say so when the reader is too far behind', async () => {
      const queue = await (await openBackend()).open({ keepEvents: 100 });
      await queue.enqueue([newTask('first')]);
      const { cursor } = await queue.events(null);
      for (const task of newTasks(130)) await queue.enqueue([task]);
      await queue.maintain();
      const behind = await queue.events(cursor);
      expect(behind).toMatchObject({ events: [], gap: true });
      await queue.enqueue([newTask('last')]);
      expect(await queue.events(behind.cursor)).toMatchObject({ events: [{ type: 'enqueued', count: 1 }], gap: false });
    });
  });
}
