import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createBatcher } from '../../../src-worker/batcher.ts';

const NEVER = 1_000_000;

function recorder(size: number, waitMs = NEVER) {
  const batches: number[][] = [];
  const batcher = createBatcher<number, number>({
    size,
    waitMs,
    async run(items) {
      batches.push(items);
      await turn();
      if (items.includes(13)) throw new Error('thirteen');
      return items.map((item) => item * 10);
    },
    isolate: () => true,
  });
  return { batches, batcher };
}

describe('batcher', () => {
  it('runs what arrives in one turn together when nothing more is on its way', async () => {
    const { batches, batcher } = recorder(8);
    expect(await Promise.all([1, 2, 3].map((item) => batcher.add(item)))).toEqual([10, 20, 30]);
    expect(batches).toEqual([[1, 2, 3]]);
  });

  it('cuts batches at their size, one after another', async () => {
    const { batches, batcher } = recorder(2);
    await Promise.all([1, 2, 3, 4, 5].map((item) => batcher.add(item)));
    expect(batches).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('waits for what was announced', async () => {
    const { batches, batcher } = recorder(8);
    const place = batcher.announce();
    const first = batcher.add(1);
    await turn();
    await turn();
    expect(batches).toEqual([]);
    await Promise.all([first, place.add(2)]);
    expect(batches).toEqual([[1, 2]]);
  });

  it('waits no longer when what was announced does not come', async () => {
    const { batches, batcher } = recorder(8);
    const place = batcher.announce();
    const first = batcher.add(1);
    await turn();
    place.leave();
    place.leave();
    expect(await first).toBe(10);
    expect(batches).toEqual([[1]]);
  });

  it('waits no longer than waitMs', async () => {
    const { batches, batcher } = recorder(8, 5);
    const place = batcher.announce();
    expect(await batcher.add(1)).toBe(10);
    expect(await place.add(2)).toBe(20);
    expect(batches).toEqual([[1], [2]]);
  });

  it('lets a bad item fail alone', async () => {
    const { batches, batcher } = recorder(8);
    const results = await Promise.allSettled([1, 13, 2].map((item) => batcher.add(item)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(batches).toEqual([[1, 13, 2], [1], [13], [2]]);
  });

  it('fails the whole batch when the failure is everybody’s', async () => {
    let runs = 0;
    const batcher = createBatcher<number, number>({
      size: 8,
      waitMs: NEVER,
      run() {
        runs++;
        return Promise.reject(new Error('down'));
      },
      isolate: () => false,
    });
    const results = await Promise.allSettled([1, 2].map((item) => batcher.add(item)));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(runs).toBe(1);
  });
});
