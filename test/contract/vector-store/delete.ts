import { describe, expect, test } from 'vitest';
import { axis, appError, image, MODEL, names, type OpenStores, record, withCatalog } from './samples.ts';

export function testDelete(open: OpenStores): void {
  describe('delete', () => {
    test('by ids: those that exist, of this catalog only', async () => {
      const { store, catalog } = await withCatalog(open);
      const other = await store.ensureCatalog({ name: 'other', model: MODEL, dimension: 8 });
      const [a, b, c] = ['a.jpg', 'b.jpg', 'c.jpg'].map((name) => image(catalog, name)) as [never, never, never];
      await store.upsert(catalog.id, [a, b, c]);
      await store.upsert(other.id, [a]);
      const imageIds = ['a.jpg', 'c.jpg', 'unknown.jpg'].map((name) => record(catalog, name).imageId);
      expect(await store.delete(catalog.id, { imageIds })).toBe(2);
      expect(await store.delete(catalog.id, { imageIds })).toBe(0);
      expect(names(await store.scroll(catalog.id, 10))).toEqual(['b.jpg']);
      expect(await store.count(catalog.id)).toBe(1);
      expect(await store.count(other.id)).toBe(1);
    });

    test('by a filter', async () => {
      const { store, catalog } = await withCatalog(open);
      const images = Array.from({ length: 10 }, (_, i) => image(catalog, `${i}.jpg`, { width: 100 + i }));
      await store.upsert(catalog.id, images);
      expect(await store.delete(catalog.id, { filter: [{ field: 'width', range: { gte: 103 } }] })).toBe(7);
      expect(names(await store.scroll(catalog.id, 10))).toEqual(['0.jpg', '1.jpg', '2.jpg']);
    });

    test('refuses an empty filter', async () => {
      const { store, catalog } = await withCatalog(open);
      await store.upsert(catalog.id, [image(catalog, 'a.jpg')]);
      await expect(store.delete(catalog.id, { filter: [] })).rejects.toMatchObject(appError('INVALID_INPUT', /empty/));
      expect(await store.count(catalog.id)).toBe(1);
    });

    test('no ids are nothing', async () => {
      const { store, catalog } = await withCatalog(open);
      await store.upsert(catalog.id, [image(catalog, 'a.jpg')]);
      expect(await store.delete(catalog.id, { imageIds: [] })).toBe(0);
      expect(await store.count(catalog.id)).toBe(1);
    });

    test('a search by another handle, one that searched before, no longer finds it', async () => {
      const [writer, searcher] = await open(2);
      const catalog = await writer.ensureCatalog({ name: 'pictures', model: 'm', dimension: 8 });
      await writer.upsert(catalog.id, [image(catalog, 'a.jpg', {}, axis(0)), image(catalog, 'b.jpg', {}, axis(1))]);
      const search = () => searcher!.search({ catalogId: catalog.id, like: [{ vector: axis(0) }], limit: 10 });
      expect(names(await search())).toEqual(['a.jpg', 'b.jpg']);
      await writer.delete(catalog.id, { imageIds: [record(catalog, 'a.jpg').imageId] });
      expect(names(await search())).toEqual(['b.jpg']);
      await writer.upsert(catalog.id, [image(catalog, 'a.jpg', {}, axis(0)), image(catalog, 'c.jpg', {}, axis(0))]);
      expect(names(await search())).toEqual(['a.jpg', 'b.jpg', 'c.jpg']);
    });

    test('what was deleted does not crowd out what is left', async () => {
      const [writer, searcher] = await open(2);
      const catalog = await writer.ensureCatalog({ name: 'pictures', model: 'm', dimension: 8 });
      const near = Array.from({ length: 1_500 }, (_, i) => image(catalog, `near-${i}.jpg`, {}, axis(0)));
      for (let i = 0; i < near.length; i += 250) await writer.upsert(catalog.id, near.slice(i, i + 250));
      await writer.upsert(catalog.id, [image(catalog, 'far.jpg', {}, axis(1))]);
      const search = () => searcher!.search({ catalogId: catalog.id, like: [{ vector: axis(0) }], limit: 5 });
      expect(await search()).toHaveLength(5);
      await writer.delete(catalog.id, { filter: [{ field: 'fileName', prefix: 'near-' }] });
      expect(names(await search())).toEqual(['far.jpg']);
    });
  });
}
