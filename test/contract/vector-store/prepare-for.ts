import { describe, expect, test } from 'vitest';
import { appError, axis, image, names, type OpenStores, withCatalog } from './samples.ts';

export function testPrepareFor(open: OpenStores): void {
  describe('prepareFor', () => {
    test('what is written meanwhile is found at once, and afterwards', async () => {
      const { store, catalog } = await withCatalog(open);
      const best = async () =>
        names(await store.search({ catalogId: catalog.id, like: [{ vector: axis(0) }], limit: 1 }));
      await store.prepareFor(catalog.id, 'load');
      await store.upsert(catalog.id, [image(catalog, 'a.jpg', {}, axis(0)), image(catalog, 'b.jpg', {}, axis(1))]);
      expect(await best()).toEqual(['a.jpg']);
      await store.prepareFor(catalog.id, 'search');
      expect(await best()).toEqual(['a.jpg']);
      expect(await store.count(catalog.id)).toBe(2);
    });

    test('again, or without the other, is no error', async () => {
      const { store, catalog } = await withCatalog(open);
      for (const what of ['search', 'search', 'load', 'load'] as const) await store.prepareFor(catalog.id, what);
      await store.upsert(catalog.id, [image(catalog, 'a.jpg')]);
      expect(await store.count(catalog.id)).toBe(1);
    });

    test('an unknown catalog is NOT_FOUND', async () => {
      const [store] = await open(1);
      const id = '6ba7b810-9dad-41d1-80b4-00c04fd430c8';
      for (const what of ['load', 'search'] as const) {
        await expect(store.prepareFor(id, what)).rejects.toMatchObject(appError('NOT_FOUND', new RegExp(id)));
      }
    });
  });
}
