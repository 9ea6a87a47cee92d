import { describe, expect, it } from 'vitest';
import { imageIdOf } from '../../../src-core/domain/identity.ts';
import type { IndexResult } from '../../../src-core/domain/index-task.ts';
import { model, openRig, someFiles, toTask, type Rig, until } from './rig.ts';

async function finished(rig: Rig, id: string): Promise<IndexResult> {
  await until(async () => expect((await rig.queue.get(id))?.state).toBe('completed'));
  return (await rig.queue.get(id))?.result as IndexResult;
}

const idOf = (rig: Rig, name: string): string => imageIdOf(rig.catalogId, `/pictures/${name}`);

async function recordOf(rig: Rig, name: string) {
  return (await rig.store.get(rig.catalogId, [idOf(rig, name)]))[0]?.record;
}

describe('index handler', () => {
  it('writes the whole record', async () => {
    const rig = await openRig();
    const facts = { productId: 'P-1', name: 'Blue shoe', metadata: { shelf: 7 } };
    const [id] = await rig.add({ 'shoe.png': 'shoe' }, { importId: 'import-1', payload: facts });
    rig.start();
    const result = await finished(rig, id!);
    const version = (await rig.queue.get(id!))?.version;
    expect(result).toMatchObject({ how: 'embedded', imageId: idOf(rig, 'shoe.png'), bytes: 4, mtimeMs: 1_000 });
    expect(await recordOf(rig, 'shoe.png')).toMatchObject({
      ...facts,
      imageId: result.imageId,
      canonicalName: '/pictures/shoe.png',
      path: '/pictures/shoe.png',
      fileName: 'shoe.png',
      sourceId: null,
      importId: 'import-1',
      title: null,
      caption: null,
      keywords: [],
      width: 10,
      height: 20,
      format: 'png',
      bytes: 4,
      mtimeMs: 1_000,
      contentHash: result.contentHash,
      capturedAt: null,
      model: model.id,
      version,
      missingSince: null,
    });
  });

  it('knows an unchanged picture, whoever else has the same bytes', async () => {
    const rig = await openRig();
    const tasks = await rig.add({ one: 'same', two: 'same', three: 'same' });
    rig.start();
    for (const task of tasks) await finished(rig, task);
    for (const name of ['one', 'two', 'three']) {
      await rig.add({ [name]: 'same' }, { id: `again-${name}` });
      expect((await finished(rig, `again-${name}`)).how).toBe('unchanged');
    }
  });

  it('reuses the vector of the same bytes under another name, and decodes nothing', async () => {
    let decoded = 0;
    const rig = await openRig({
      pictures: (plain) => ({
        decode(bytes) {
          decoded++;
          return plain.decode(bytes);
        },
      }),
    });
    const [first] = await rig.add({ one: 'same' });
    rig.start();
    expect((await finished(rig, first!)).how).toBe('embedded');
    const [second] = await rig.add({ two: 'same' });
    expect((await finished(rig, second!)).how).toBe('reused');
    expect(decoded).toBe(1);
    const [one, two] = await rig.store.get(rig.catalogId, [idOf(rig, 'one'), idOf(rig, 'two')]);
    expect(one?.vector).toEqual(two?.vector);
    expect(await recordOf(rig, 'two')).toMatchObject({ fileName: 'two', width: 10, height: 20 });
  });

  it('writes only what has changed about an unchanged picture', async () => {
    let upserts = 0;
    let patches = 0;
    const rig = await openRig({
      store: (store) => ({
        upsert(catalogId, images) {
          upserts++;
          return store.upsert(catalogId, images);
        },
        setPayload(catalogId, changes) {
          patches++;
          return store.setPayload(catalogId, changes);
        },
      }),
    });
    const payload = { productId: 'P-1', name: 'Shoe' };
    const [first] = await rig.add({ one: 'same' }, { payload });
    rig.start();
    await finished(rig, first!);
    const again = (id: string, facts: Record<string, unknown>) =>
      rig.queue.enqueue([toTask(rig.catalogId, '/pictures/one', { id, payload: facts })]);

    await again('again', {});
    expect((await finished(rig, 'again')).how).toBe('unchanged');
    expect({ upserts, patches }).toEqual({ upserts: 1, patches: 0 });

    await again('renamed', { name: 'Boot' });
    expect((await finished(rig, 'renamed')).how).toBe('updated');
    expect({ upserts, patches }).toEqual({ upserts: 1, patches: 1 });
    expect(await recordOf(rig, 'one')).toMatchObject({ name: 'Boot', productId: 'P-1' });
  });

  it('counts a write that a newer one has fenced off as not its own', async () => {
    const rig = await openRig({
      store: (store) => ({
        async upsert(catalogId, images) {
          const newer = images.map(({ record, vector }) => ({
            vector,
            record: { ...record, version: record.version + 1 },
          }));
          await store.upsert(catalogId, newer);
          return store.upsert(catalogId, images);
        },
      }),
    });
    await rig.add({ one: 'one' });
    rig.start();
    await until(() => expect(rig.loop.snapshot().dropped).toBe(1));
    expect(rig.settled).toEqual([]);
  });

  it('fills batches while pictures are on their way', async () => {
    const rig = await openRig({ settings: { batch: { size: 4, waitMs: 5_000 } } });
    await rig.add(someFiles(16));
    rig.start();
    await until(async () => expect((await rig.queue.stats()).counts.completed).toBe(16));
    expect(rig.embedder.batches).toEqual([4, 4, 4, 4]);
  });

  it('never has more megapixels in flight than the budget, and lets a larger picture through alone', async () => {
    let inFlight = 0;
    let most = 0;
    let withinBudget = true;
    const rig = await openRig({
      settings: { batch: { megapixelsInFlight: 3 } },
      pictures: (plain) => ({
        measure: async (bytes) => (Buffer.from(bytes).toString() === 'huge' ? 50e6 : 1e6),
        async decode(bytes) {
          const megapixels = Buffer.from(bytes).toString() === 'huge' ? 50 : 1;
          inFlight += megapixels;
          most = Math.max(most, inFlight);
          withinBudget &&= inFlight <= 3 || inFlight === 50;
          try {
            return await plain.decode(bytes);
          } finally {
            inFlight -= megapixels;
          }
        },
      }),
    });
    await rig.add({ ...someFiles(10), huge: 'huge', ...someFiles(10, 'q') });
    rig.start();
    await until(async () => expect((await rig.queue.stats()).counts.completed).toBe(21));
    expect(withinBudget).toBe(true);
    expect(most).toBe(50);
  });

  it('accounts for its time: stages count their items, tasks say what each stage took', async () => {
    const rig = await openRig();
    const from = performance.now();
    const ids = await rig.add({ ...someFiles(20), bad: 'bad' });
    rig.start();
    await until(() => expect(rig.settled).toHaveLength(21));
    await rig.drained();
    const tookMs = performance.now() - from;
    const { read, decode, embed, upsert, settle } = rig.stages.snapshot();
    const items = [read, decode, embed, upsert, settle].map((stage) => stage.items);
    expect(items).toEqual([21, 21, 20, 20, 21]);
    for (const { busyMs, blockedMs } of [read, decode, embed, upsert, settle]) {
      expect(busyMs).toBeGreaterThan(0);
      expect(busyMs + blockedMs).toBeLessThanOrEqual(tookMs);
    }
    const timings = await Promise.all(ids.slice(0, 20).map(async (id) => (await rig.queue.get(id))?.timings));
    for (const each of timings) expect(Object.keys(each ?? {})).toEqual(['read', 'decode', 'embed', 'upsert']);
    const embedded = timings.reduce((sum, each) => sum + (each?.embed ?? 0), 0);
    expect(embedded).toBeGreaterThan(0);
    expect(embedded).toBeLessThanOrEqual(embed.busyMs);
  });
});
