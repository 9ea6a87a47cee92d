import { describe, expect, test } from 'vitest';
import { image, type OpenStores, record, withCatalog } from './samples.ts';

export function testSetPayload(open: OpenStores): void {
  describe('setPayload', () => {
    test('changes what it names, leaves the rest, answers how many exist', async () => {
      const { store, catalog } = await withCatalog(open);
      const before = image(catalog, 'a.jpg', { name: 'old', productId: 'P1', metadata: { a: 1, b: 2 }, version: 3 });
      await store.upsert(catalog.id, [before, image(catalog, 'b.jpg')]);
      const imageIds = [before.record.imageId, record(catalog, 'unknown.jpg').imageId];
      const patch = { name: 'new', metadata: { c: 3 }, missingSince: 77, keywords: ['k'], sourceId: 's', mtimeMs: 9 };
      expect(await store.setPayload(catalog.id, [{ imageIds, patch }])).toBe(1);
      const [after] = await store.get(catalog.id, imageIds);
      expect(after!.record).toEqual({ ...before.record, ...patch });
      expect([...after!.vector]).toEqual([...before.vector].map((value) => expect.closeTo(value, 5)));
    });

    test('null clears, undefined leaves', async () => {
      const { store, catalog } = await withCatalog(open);
      const facts = { name: 'n', description: 'd', productId: 'p', metadata: { a: 1 } };
      const before = image(catalog, 'a.jpg', { ...facts, keywords: ['k'], missingSince: 5, importId: 'i' });
      await store.upsert(catalog.id, [before]);
      const imageIds = [before.record.imageId];
      await store.setPayload(catalog.id, [
        {
          imageIds,
          patch: { name: null, productId: null, metadata: null, keywords: null, missingSince: null, importId: null },
        },
      ]);
      const [after] = await store.get(catalog.id, imageIds);
      expect(after!.record).toEqual(record(catalog, 'a.jpg', { description: 'd' }));
      expect(await store.count(catalog.id, [{ field: 'productId', exists: true }])).toBe(0);
    });

    test('filters see the change, and a newer write still fences by the old version', async () => {
      const { store, catalog } = await withCatalog(open);
      const one = image(catalog, 'a.jpg', { version: 4 });
      await store.upsert(catalog.id, [one]);
      await store.setPayload(catalog.id, [{ imageIds: [one.record.imageId], patch: { productId: 'P9' } }]);
      expect(await store.count(catalog.id, [{ field: 'productId', anyOf: ['P9'] }])).toBe(1);
      expect((await store.upsert(catalog.id, [image(catalog, 'a.jpg', { version: 3 })])).fenced).toHaveLength(1);
    });
  });
}
