import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Catalog } from '../../../src-core/domain/catalog.ts';
import type { DuePicture } from '../../../src-core/domain/re-embedding.ts';
import { normalise } from '../../../src-core/domain/search.ts';
import type { StoredImage } from '../../../src-core/ports/vector-store.ts';
import { appError, DIMENSION, MODEL, type OpenStores, record } from './samples.ts';

const NEXT = { model: 'next-model', dimension: 4 };
const KEEP = { keepAs: 'before', leaveOut: 0 };

/** By their names; the content hash is `hash`, else one of its own. */
function images(catalog: Catalog, names: readonly string[], changes: object = {}): StoredImage[] {
  return names.map((name) => ({
    record: record(catalog, name, { model: MODEL, contentHash: `hash of ${name}`, version: 1, ...changes }),
    vector: Float32Array.from({ length: DIMENSION }, (_, i) => i + name.length),
  }));
}

/** What the next model makes of a picture. */
const nextVector = ({ contentHash }: { contentHash: string }, dimension = NEXT.dimension): Float32Array => {
  const code = [...contentHash].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 1_009, 7);
  return normalise(Float32Array.from({ length: dimension }, (_, i) => [1, code, code % 7, 3][i % 4]!));
};

const embed = ({ record: { imageId, contentHash }, mark }: DuePicture, dimension?: number) => ({
  imageId,
  mark,
  vector: nextVector({ contentHash }, dimension),
});

async function setUp(open: OpenStores, names: readonly string[]) {
  const stores = await open(2);
  const [store] = stores;
  const catalog = await store.ensureCatalog({ name: 'pictures', model: MODEL, dimension: DIMENSION });
  await store.upsert(catalog.id, images(catalog, names));
  const { successions } = store;
  /** All that is due, in steps. */
  async function work(limit = 10, dimension = NEXT.dimension): Promise<number> {
    for (let count = 0; ;) {
      const due = await successions.due(catalog.id, limit);
      if (due.length === 0) return count;
      await successions.settle(
        catalog.id,
        due.map((one) => embed(one, dimension)),
      );
      count += due.length;
    }
  }
  return { stores, store, catalog, successions, work };
}

export function testSuccessions(open: OpenStores): void {
  describe('successions', () => {
    test('goes over to another model while the old vectors are searched, then at once', async () => {
      const names = Array.from({ length: 25 }, (_, i) => `${i}.jpg`);
      const { store, catalog, successions, work } = await setUp(open, names);
      expect(await successions.get(catalog.id)).toBeNull();
      expect(await successions.begin(catalog.id, NEXT)).toMatchObject({ ...NEXT, total: 25, done: 0, complete: false });
      expect(await store.catalogs()).toEqual([catalog]);
      expect(await successions.finish(catalog.id, KEEP)).toBe(false);
      expect(await work()).toBe(25);
      expect(await successions.get(catalog.id)).toMatchObject({ total: 25, done: 25, failed: 0, complete: true });
      const [before] = await store.search({
        catalogId: catalog.id,
        like: [{ vector: new Float32Array(DIMENSION).fill(1) }],
        limit: 1,
      });
      expect(before?.record.model).toBe(MODEL);

      expect(await successions.finish(catalog.id, KEEP)).toBe(true);
      expect(await store.catalogs()).toMatchObject([
        { name: 'before', model: MODEL, dimension: DIMENSION },
        { ...catalog, ...NEXT },
      ]);
      const wanted = record(catalog, '7.jpg');
      const vector = nextVector({ contentHash: 'hash of 7.jpg' });
      const [hit] = await store.search({ catalogId: catalog.id, like: [{ vector }], limit: 1 });
      expect(hit).toMatchObject({ record: { imageId: wanted.imageId, model: NEXT.model } });
      expect(hit!.score).toBeCloseTo(1, 5);
      expect(await store.searchWords({ catalogId: catalog.id, text: '7', limit: 5 })).not.toEqual([]);
      expect(await successions.get(catalog.id)).toBeNull();
      await store.dropCatalog((await store.catalogs())[0]!.id);
      expect(await store.count(catalog.id)).toBe(25);
    });

    test('takes in what is written, changed and deleted meanwhile, also what changes while it is embedded', async () => {
      const { store, catalog, successions, work } = await setUp(open, ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg']);
      await successions.begin(catalog.id, NEXT);
      const held = await successions.due(catalog.id, 10);
      expect(held).toHaveLength(4);
      const idOf = (name: string) => record(catalog, name).imageId;
      await store.upsert(catalog.id, images(catalog, ['a.jpg'], { contentHash: 'another', version: 2 }));
      await store.delete(catalog.id, { imageIds: [idOf('b.jpg')] });
      await store.setPayload(catalog.id, [{ imageIds: [idOf('c.jpg')], patch: { name: 'sea' } }]);
      await successions.settle(
        catalog.id,
        held.map((one) => embed(one)),
      );
      // Only what did not change is settled by it.
      expect(await successions.get(catalog.id)).toMatchObject({ done: 1, complete: false });
      await store.upsert(catalog.id, images(catalog, ['e.jpg', 'f.jpg']));
      expect(await work()).toBe(4);
      // A record that changed needs no model, nor do bytes that are known.
      await store.setPayload(catalog.id, [{ imageIds: [idOf('d.jpg')], patch: { productId: 'P1' } }]);
      await store.upsert(catalog.id, images(catalog, ['copy.jpg'], { contentHash: 'hash of d.jpg' }));
      await store.delete(catalog.id, { imageIds: [idOf('f.jpg')] });
      expect(await successions.finish(catalog.id, KEEP)).toBe(false);
      expect(await successions.due(catalog.id, 10)).toEqual([]);
      expect(await successions.finish(catalog.id, { keepAs: null, leaveOut: 0 })).toBe(true);
      const all = await store.scroll(catalog.id, 100);
      expect(
        Object.fromEntries(
          all.map(({ record: { fileName, name, productId, contentHash, model } }) => [
            fileName,
            [name, productId, contentHash, model],
          ]),
        ),
      ).toMatchObject({
        'a.jpg': [undefined, undefined, 'another', NEXT.model],
        'c.jpg': ['sea', undefined, 'hash of c.jpg', NEXT.model],
        'd.jpg': [undefined, 'P1', 'hash of d.jpg', NEXT.model],
        'e.jpg': [undefined, undefined, 'hash of e.jpg', NEXT.model],
        'copy.jpg': [undefined, undefined, 'hash of d.jpg', NEXT.model],
      });
      expect(all).toHaveLength(5);
      expect(await store.catalogs()).toHaveLength(1);
    });

    test('leaves out what cannot be embedded only when told how many, and tries it again', async () => {
      const { catalog, store, successions } = await setUp(open, ['a.jpg', 'b.jpg']);
      await successions.begin(catalog.id, NEXT);
      const [first, second] = await successions.due(catalog.id, 10);
      const failed = {
        imageId: first!.record.imageId,
        mark: first!.mark,
        code: 'FILE_NOT_FOUND' as const,
        message: 'gone',
      };
      await successions.settle(catalog.id, [failed, embed(second!)]);
      expect(await successions.get(catalog.id)).toMatchObject({ done: 1, failed: 1, complete: true });
      expect(await successions.failures(catalog.id, 10)).toEqual([
        {
          imageId: first!.record.imageId,
          canonicalName: first!.record.canonicalName,
          path: first!.record.path,
          code: 'FILE_NOT_FOUND',
          message: 'gone',
        },
      ]);
      await expect(successions.finish(catalog.id, KEEP)).rejects.toMatchObject(appError('CONFLICT', /^1 pictures/));
      // The same again makes it due again.
      expect(await successions.begin(catalog.id, NEXT)).toMatchObject({ failed: 0, complete: false });
      const [again] = await successions.due(catalog.id, 10);
      await successions.settle(catalog.id, [{ ...failed, mark: again!.mark }]);
      expect(await successions.finish(catalog.id, { keepAs: 'before', leaveOut: 1 })).toBe(true);
      expect(await store.count(catalog.id)).toBe(1);
    });

    test('refuses what makes no sense', async () => {
      const { catalog, store, successions } = await setUp(open, ['a.jpg']);
      const other = await store.ensureCatalog({ name: 'other', model: MODEL, dimension: DIMENSION });
      await expect(successions.begin(catalog.id, { model: MODEL, dimension: DIMENSION })).rejects.toMatchObject(
        appError('CONFLICT', /has the vectors of test-model/),
      );
      await expect(successions.due(catalog.id, 5)).rejects.toMatchObject(appError('NOT_FOUND', /does not go over/));
      await successions.begin(catalog.id, NEXT);
      await expect(successions.begin(catalog.id, { ...NEXT, model: 'third' })).rejects.toMatchObject(
        appError('CONFLICT', /goes over to next-model already/),
      );
      await successions.settle(
        catalog.id,
        (await successions.due(catalog.id, 5)).map((one) => embed(one)),
      );
      await expect(successions.finish(catalog.id, { ...KEEP, keepAs: 'other' })).rejects.toMatchObject(
        appError('CONFLICT', /“other”/),
      );
      expect((await store.catalogs()).map(({ id }) => id).toSorted()).toEqual([catalog.id, other.id].toSorted());
    });

    test('leaves nothing of what is cancelled, or of a catalog that is dropped', async () => {
      const { catalog, store, successions, work } = await setUp(open, ['a.jpg', 'b.jpg']);
      await successions.begin(catalog.id, NEXT);
      await work();
      await successions.cancel(catalog.id);
      expect([await successions.get(catalog.id), await store.count(catalog.id)]).toEqual([null, 2]);
      expect(await successions.begin(catalog.id, { ...NEXT, model: 'third' })).toMatchObject({ done: 0 });
      await work();
      await store.dropCatalog(catalog.id);
      expect(await store.catalogs()).toEqual([]);
      const again = await store.ensureCatalog({ name: 'pictures', model: MODEL, dimension: DIMENSION });
      expect(await successions.get(again.id)).toBeNull();
    });

    test('takes no vector of the old model after it has gone over, from whoever', async () => {
      const { stores, store, catalog, successions, work } = await setUp(open, ['a.jpg', 'b.jpg', 'c.jpg']);
      const late = stores[1]!;
      const [held] = await late.get(catalog.id, [record(catalog, 'a.jpg').imageId]);
      await successions.begin(catalog.id, { ...NEXT, dimension: DIMENSION });
      await work(10, DIMENSION);
      const before = await store.scroll(catalog.id, 10);
      expect(await successions.finish(catalog.id, KEEP)).toBe(true);
      const after = await store.scroll(catalog.id, 10);
      expect(after.map(({ record: { model } }) => model)).toEqual(before.map(() => NEXT.model));

      const write = { record: { ...held!.record, version: 9 }, vector: held!.vector };
      await expect(late.upsert(catalog.id, [write])).rejects.toMatchObject(
        appError('DIMENSION_MISMATCH', /next-model.*a\.jpg.*test-model/),
      );
      expect(await store.scroll(catalog.id, 10)).toEqual(after);
      // Its other writes are for what the catalog is now.
      const idOf = (name: string) => record(catalog, name).imageId;
      expect(await late.setPayload(catalog.id, [{ imageIds: [idOf('b.jpg')], patch: { name: 'sea' } }])).toBe(1);
      expect(await late.delete(catalog.id, { imageIds: [idOf('c.jpg')] })).toBe(1);
      expect((await store.scroll(catalog.id, 10)).map(({ record: said }) => [said.fileName, said.name])).toEqual(
        after
          .map(({ record: { fileName } }) => [fileName, fileName === 'b.jpg' ? 'sea' : undefined])
          .filter(([fileName]) => fileName !== 'c.jpg'),
      );
      const kept = (await store.catalogs()).find(({ name }) => name === 'before')!;
      expect(await store.scroll(kept.id, 10)).toEqual(before);
    });

    test('leaves out a picture that cannot be embedded any more as it is now', async () => {
      const { store, catalog, successions, work } = await setUp(open, ['a.jpg', 'b.jpg']);
      await successions.begin(catalog.id, NEXT);
      await work();
      await store.upsert(catalog.id, images(catalog, ['a.jpg'], { contentHash: 'broken', version: 2 }));
      const [{ record: said, mark }] = (await successions.due(catalog.id, 10)) as [DuePicture];
      await successions.settle(catalog.id, [{ imageId: said.imageId, mark, code: 'IMAGE_CORRUPT', message: 'torn' }]);
      expect(await successions.get(catalog.id)).toMatchObject({ total: 2, done: 1, failed: 1, complete: true });
      expect(await successions.finish(catalog.id, { keepAs: null, leaveOut: 1 })).toBe(true);
      expect((await store.scroll(catalog.id, 10)).map((one) => one.record.fileName)).toEqual(['b.jpg']);
    });

    test('is the same in the end, whatever is written by others and whenever they die', async () => {
      const name = fc.constantFrom('a.jpg', 'b.jpg', 'c.jpg', 'd.jpg');
      const step = fc.oneof(
        fc.record({ do: fc.constant('write' as const), name, hash: fc.constantFrom('x', 'y', 'z') }),
        fc.record({ do: fc.constant('delete' as const), name }),
        fc.record({ do: fc.constant('rename' as const), name, to: fc.constantFrom('sea', 'shore') }),
        fc.record({ do: fc.constantFrom('take' as const, 'settle' as const, 'reopen' as const) }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
          const { stores, store, catalog } = await setUp(open, ['a.jpg', 'b.jpg']);
          await store.successions.begin(catalog.id, NEXT);
          let mine = stores[1]!;
          let held: DuePicture[] = [];
          let version = 1;
          for (const one of steps) {
            const imageIds = 'name' in one ? [record(catalog, one.name).imageId] : [];
            if (one.do === 'write') {
              await store.upsert(
                catalog.id,
                images(catalog, [one.name], { contentHash: one.hash, version: ++version }),
              );
            } else if (one.do === 'delete') await store.delete(catalog.id, { imageIds });
            else if (one.do === 'rename') await store.setPayload(catalog.id, [{ imageIds, patch: { name: one.to } }]);
            else if (one.do === 'take') held = await mine.successions.due(catalog.id, 2);
            else if (one.do === 'settle')
              await mine.successions.settle(
                catalog.id,
                held.map((one) => embed(one)),
              );
            else mine = mine === store ? stores[1]! : store;
          }
          for (let due; (due = await mine.successions.due(catalog.id, 3)).length > 0;) {
            await mine.successions.settle(
              catalog.id,
              due.map((one) => embed(one)),
            );
          }
          const before = await store.scroll(catalog.id, 100);
          expect(await mine.successions.finish(catalog.id, KEEP)).toBe(true);
          const after = await store.scroll(catalog.id, 100);
          expect(after.map(({ record: said }) => said)).toEqual(
            before.map(({ record: said }) => ({ ...said, model: NEXT.model })),
          );
          for (const { record: said, vector } of after) expect([...vector]).toEqual([...normalise(nextVector(said))]);
        }),
        { numRuns: 12 },
      );
    }, 60_000);
  });
}
