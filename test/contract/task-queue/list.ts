import { describe, expect, it } from 'vitest';
import { claimTasks, dead, done, idsOf, newTask, newTasks, type OpenQueueBackend } from './backend.ts';

export function testList(openBackend: OpenQueueBackend): void {
  describe('get and list', () => {
    it('answers null for an id that is not known', async () => {
      expect(await (await (await openBackend()).open()).get('nobody')).toBeNull();
    });

    it('pages newest first, each task once', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue(newTasks(25));
      const ids: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await queue.list({}, 10, cursor);
        ids.push(...idsOf(page.items));
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      expect(ids).toEqual(
        newTasks(25)
          .map(({ id }) => id)
          .toReversed(),
      );
    });

    it('joins fields by AND and the values of one field by OR', async () => {
      const queue = await (await openBackend()).open();
      await queue.enqueue([
        newTask('a1', { importId: 'A' }),
        newTask('a2', { importId: 'A', catalogId: 'other' }),
        newTask('b1', { importId: 'B', payload: { path: '/Fotos/Äpfel 100%.jpg' } }),
        newTask('b2', { importId: 'B', payload: { path: '/pictures/pear.jpg' } }),
      ]);
      const [first, second, third] = await claimTasks(queue, 'w7', 3);
      await queue.settle('w7', [done(first!), dead(second!), dead(third!, 'FILE_EMPTY')]);
      const found = async (filter: Parameters<typeof queue.list>[0]): Promise<string[]> =>
        idsOf((await queue.list(filter, 10)).items);
      expect(await found({ states: ['completed', 'waiting'] })).toEqual(['b2', 'a1']);
      expect(await found({ importId: 'A' })).toEqual(['a2', 'a1']);
      expect(await found({ importId: 'A', states: ['failed'] })).toEqual(['a2']);
      expect(await found({ catalogId: 'other' })).toEqual(['a2']);
      expect(await found({ codes: ['IMAGE_CORRUPT', 'FILE_EMPTY'] })).toEqual(['b1', 'a2']);
      expect(await found({ workerId: 'w7' })).toEqual(['b1', 'a2', 'a1']);
      expect(await found({ ids: ['b2', 'a1', 'nobody'] })).toEqual(['b2', 'a1']);
      expect(await found({ text: 'äPFEL 100%' })).toEqual(['b1']);
      expect(await found({ text: '0_' })).toEqual([]);
      expect(await found({ states: [] })).toEqual([]);
    });

    it('refuses a limit out of range, a strange cursor, an unknown field', async () => {
      const queue = await (await openBackend()).open();
      const refused = { code: 'INVALID_INPUT' };
      await expect(queue.list({}, 0)).rejects.toMatchObject(refused);
      await expect(queue.list({}, 1_001)).rejects.toMatchObject(refused);
      await expect(queue.list({}, 1, 'DROP TABLE tasks')).rejects.toMatchObject(refused);
      await expect(queue.list({ nonsense: 1 } as never, 1)).rejects.toMatchObject(refused);
    });
  });
}
