import { describe, expect, test } from 'vitest';
import { appError, ids, image, MODEL, type OpenStores, record, withCatalog } from './samples.ts';

export function testReads(open: OpenStores): void {
  describe('get', () => {
    test('leaves out what is not there', async () => {
      const { store, catalog } = await withCatalog(open);
      const images = [image(catalog, 'a.jpg'), image(catalog, 'b.jpg')];
      await store.upsert(catalog.id, images);
      const asked = [...ids(images), record(catalog, 'unknown.jpg').imageId];
      expect(ids(await store.get(catalog.id, asked))).toEqual(ids(images));
      expect(await store.get(catalog.id, [])).toEqual([]);
    });
  });

  describe('findByHash', () => {
    test('one picture per hash, of this model and catalog only', async () => {
      const { store, catalog } = await withCatalog(open);
      const other = await store.ensureCatalog({ name: 'other', model: MODEL, dimension: 8 });
      await store.upsert(catalog.id, [
        image(catalog, 'a.jpg', { contentHash: 'aa' }),
        image(catalog, 'copy.jpg', { contentHash: 'aa' }),
        image(catalog, 'b.jpg', { contentHash: 'bb' }),
      ]);
      await store.upsert(other.id, [image(other, 'd.jpg', { contentHash: 'dd' })]);
      const found = await store.findByHash(catalog.id, ['aa', 'bb', 'dd', 'ee'], MODEL);
      expect(found.map((one) => one.record.contentHash).toSorted()).toEqual(['aa', 'bb']);
      expect(found[0]!.vector).toHaveLength(8);
      expect(await store.findByHash(catalog.id, ['aa'], 'older-model')).toEqual([]);
      expect(await store.findByHash(catalog.id, [], MODEL)).toEqual([]);
    });
  });

  describe('usedBytes', () => {
    test('grows with what is stored, where the store says it at all', async () => {
      const { store, catalog } = await withCatalog(open);
      const before = await store.usedBytes();
      await store.upsert(
        catalog.id,
        Array.from({ length: 100 }, (_, i) => image(catalog, `${i}.jpg`, { description: 'x'.repeat(1_000) })),
      );
      const after = await store.usedBytes();
      expect(before === null).toBe(after === null);
      expect((after ?? Infinity) - (before ?? 0)).toBeGreaterThanOrEqual(100_000);
    });
  });

  describe('scroll', () => {
    test('pages through all, in order of id, filtered too', async () => {
      const { store, catalog } = await withCatalog(open);
      const images = Array.from({ length: 25 }, (_, i) => image(catalog, `${i}.jpg`, { width: i + 1 }));
      await store.upsert(catalog.id, images);
      const pages: string[][] = [];
      for (let after: string | undefined; ;) {
        const page = await store.scroll(catalog.id, 10, after);
        if (page.length === 0) break;
        pages.push(page.map((one) => one.record.imageId));
        after = pages.at(-1)!.at(-1);
      }
      expect(pages.map((page) => page.length)).toEqual([10, 10, 5]);
      expect(pages.flat()).toEqual(ids(images));

      const wide = await store.scroll(catalog.id, 1_000, undefined, [{ field: 'width', range: { gt: 20 } }]);
      expect(wide).toHaveLength(5);
      expect(wide[0]!.vector).toHaveLength(8);
    });

    test('refuses a limit out of range', async () => {
      const { store, catalog } = await withCatalog(open);
      await expect(store.scroll(catalog.id, 0)).rejects.toMatchObject(appError('INVALID_INPUT', /limit/));
      await expect(store.scroll(catalog.id, 1_001)).rejects.toMatchObject(appError('INVALID_INPUT', /limit/));
    });
  });

  describe('facets', () => {
    test('counts values, most frequent first', async () => {
      const { store, catalog } = await withCatalog(open);
      const facts = [
        { format: 'png', productId: 'A', keywords: ['x', 'y'], metadata: { colour: 'red', rank: 1, sale: true } },
        { format: 'png', productId: 'A', keywords: ['x'], metadata: { colour: 'red', rank: 2, sale: false } },
        { format: 'png', keywords: ['x'], metadata: { colour: ['red', 'blue'], sale: true } },
        { format: 'gif', productId: 'B', metadata: { colour: { not: 'a value' } } },
      ] as const;
      const images = facts.map(({ ...fact }, i) => image(catalog, `${i}.jpg`, structuredClone(fact) as object));
      await store.upsert(catalog.id, images);
      expect(await store.facets(catalog.id, 'format', 10)).toEqual([
        { value: 'png', count: 3 },
        { value: 'gif', count: 1 },
      ]);
      expect(await store.facets(catalog.id, 'productId', 10)).toEqual([
        { value: 'A', count: 2 },
        { value: 'B', count: 1 },
      ]);
      expect(await store.facets(catalog.id, 'keywords', 1)).toEqual([{ value: 'x', count: 3 }]);
      expect(await store.facets(catalog.id, 'metadata.colour', 10)).toEqual([
        { value: 'red', count: 3 },
        { value: 'blue', count: 1 },
      ]);
      expect(await store.facets(catalog.id, 'metadata.sale', 10)).toEqual([
        { value: true, count: 2 },
        { value: false, count: 1 },
      ]);
      expect(await store.facets(catalog.id, 'format', 10, [{ field: 'productId', anyOf: ['A'] }])).toEqual([
        { value: 'png', count: 2 },
      ]);
      expect(await store.facets(catalog.id, 'metadata.unknown', 10)).toEqual([]);
    });
  });
}
