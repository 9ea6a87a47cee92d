import { describe, expect, test } from 'vitest';
import { atCosine, axis, appError, image, type OpenStores, record, vector, withCatalog } from './samples.ts';

export function testUpsert(open: OpenStores): void {
  describe('upsert', () => {
    test('stores a record whole, as another handle reads it', async () => {
      const [one, two] = await open(2);
      const catalog = await one.ensureCatalog({ name: 'pictures', model: 'm', dimension: 8 });
      const full = image(catalog, 'sub folder/ßtraße "1".jpg', {
        productId: 'SKU-1',
        name: 'Rote Schuhe',
        description: 'line\nbreak, 名前, 😀',
        metadata: { colour: 'red', price: 12.5, nested: { deep: [1, null, 'x'] }, 'a.b "c"': true },
        keywords: ['shoe', 'red'],
        sourceId: 'source',
        importId: 'import',
        capturedAt: -86_400_000,
        mtimeMs: 1_700_000_000_000.25,
        missingSince: 5,
        version: 9_007_199_254_740,
      });
      expect(await one.upsert(catalog.id, [full])).toEqual({ fenced: [] });
      const [read] = await two!.get(catalog.id, [full.record.imageId]);
      expect(read!.record).toEqual(full.record);
      expect([...read!.vector]).toEqual([...full.vector].map((value) => expect.closeTo(value, 5)));
    });

    test('nothing is nothing', async () => {
      const { store, catalog } = await withCatalog(open);
      expect(await store.upsert(catalog.id, [])).toEqual({ fenced: [] });
      expect(await store.count(catalog.id)).toBe(0);
    });

    test('a newer or an equal version replaces; an older one is fenced', async () => {
      const { store, catalog } = await withCatalog(open);
      const put = (version: number, name: string) =>
        store.upsert(catalog.id, [image(catalog, 'a.jpg', { version, name }), image(catalog, `new-${name}.jpg`)]);
      const { imageId } = record(catalog, 'a.jpg');
      const stored = async () => (await store.get(catalog.id, [imageId]))[0]!.record.name;

      expect(await put(5, 'five')).toEqual({ fenced: [] });
      expect(await put(5, 'five again')).toEqual({ fenced: [] });
      expect(await stored()).toBe('five again');
      expect(await put(4, 'four')).toEqual({ fenced: [imageId] });
      expect(await stored()).toBe('five again');
      expect(await put(6, 'six')).toEqual({ fenced: [] });
      expect(await stored()).toBe('six');
      expect(await store.count(catalog.id)).toBe(5);
    });

    test('a fenced write changes no vector either', async () => {
      const { store, catalog } = await withCatalog(open);
      await store.upsert(catalog.id, [image(catalog, 'a.jpg', { version: 2 }, axis(0))]);
      await store.upsert(catalog.id, [image(catalog, 'a.jpg', { version: 1 }, axis(1))]);
      const [hit] = await store.search({ catalogId: catalog.id, like: [{ vector: axis(0) }], limit: 1 });
      expect(hit!.score).toBeCloseTo(1, 3);
    });

    test('one picture twice in a call is stored once, the newest', async () => {
      const { store, catalog } = await withCatalog(open);
      const twice = [2, 3, 1].map((version) => image(catalog, 'a.jpg', { version, name: `v${version}` }));
      expect(await store.upsert(catalog.id, twice)).toEqual({ fenced: [twice[0]!.record.imageId] });
      expect(await store.count(catalog.id)).toBe(1);
      expect((await store.get(catalog.id, [twice[0]!.record.imageId]))[0]!.record.name).toBe('v3');
    });

    test('a vector is kept at unit length', async () => {
      const { store, catalog } = await withCatalog(open);
      const long = image(
        catalog,
        'a.jpg',
        {},
        atCosine(0.6).map((value) => value * 7),
      );
      await store.upsert(catalog.id, [long]);
      const [read] = await store.get(catalog.id, [long.record.imageId]);
      expect(read!.vector[0]).toBeCloseTo(0.6, 3);
      const [hit] = await store.search({ catalogId: catalog.id, like: [{ vector: axis(0) }], limit: 1 });
      expect(hit!.score).toBeCloseTo(0.6, 3);
    });

    test('a wrong dimension is refused, and nothing of the call is stored', async () => {
      const { store, catalog } = await withCatalog(open);
      const images = [image(catalog, 'a.jpg'), image(catalog, 'b.jpg', {}, vector(1, 4)), image(catalog, 'c.jpg')];
      await expect(store.upsert(catalog.id, images)).rejects.toMatchObject(
        appError('DIMENSION_MISMATCH', /8.*b\.jpg.*4/),
      );
      expect(await store.count(catalog.id)).toBe(0);
    });

    test('a vector of another model is refused, and nothing of the call is stored', async () => {
      const { store, catalog } = await withCatalog(open);
      const images = [image(catalog, 'a.jpg'), image(catalog, 'b.jpg', { model: 'other-model' })];
      await expect(store.upsert(catalog.id, images)).rejects.toMatchObject(
        appError('DIMENSION_MISMATCH', /test-model.*b\.jpg.*other-model/),
      );
      expect(await store.count(catalog.id)).toBe(0);
    });

    test('a number that is not finite is refused', async () => {
      const { store, catalog } = await withCatalog(open);
      const broken = image(catalog, 'a.jpg', {}, axis(0).fill(NaN, 3, 4));
      await expect(store.upsert(catalog.id, [broken])).rejects.toMatchObject(appError('STORE_REFUSED', /a\.jpg/));
    });

    test('handles that write at the same time lose nothing', async () => {
      const stores = await open(3);
      const catalog = await stores[0].ensureCatalog({ name: 'pictures', model: 'm', dimension: 8 });
      const calls = Array.from({ length: 30 }, (_, call) =>
        stores[call % 3]!.upsert(
          catalog.id,
          Array.from({ length: 8 }, (_, i) => image(catalog, `${call % 20}-${i}.jpg`)),
        ),
      );
      await Promise.all(calls);
      expect(await stores[1]!.count(catalog.id)).toBe(160);
      expect(
        await stores[2]!.search({ catalogId: catalog.id, like: [{ vector: axis(0) }], limit: 1_000 }),
      ).toHaveLength(160);
    });
  });
}
