import { describe, expect, test } from 'vitest';
import { axis, DIMENSION, appError, image, MODEL, names, type OpenStores, withCatalog } from './samples.ts';

const wanted = { name: 'pictures', model: MODEL, dimension: DIMENSION };

export function testCatalogs(open: OpenStores): void {
  describe('catalogs', () => {
    test('a new store has none', async () => {
      const [store] = await open(1);
      expect(await store.catalogs()).toEqual([]);
    });

    test('ensureCatalog makes one once, whatever handle asks', async () => {
      const [one, two] = await open(2);
      const made = await Promise.all([1, 2, 3, 4].map((n) => (n % 2 ? one : two!).ensureCatalog(wanted)));
      expect(new Set(made.map(({ id }) => id)).size).toBe(1);
      expect(made[0]).toMatchObject(wanted);
      expect(await two!.catalogs()).toEqual([made[0]]);
    });

    test('ensureCatalog refuses another model or dimension and names both', async () => {
      const { store } = await withCatalog(open);
      await expect(store.ensureCatalog({ ...wanted, model: 'other' })).rejects.toMatchObject(
        appError('DIMENSION_MISMATCH', /test-model.*other/),
      );
      await expect(store.ensureCatalog({ ...wanted, dimension: 16 })).rejects.toMatchObject(
        appError('DIMENSION_MISMATCH', /8.*16/),
      );
    });

    test('ensureCatalog refuses a name that is none', async () => {
      const [store] = await open(1);
      await expect(store.ensureCatalog({ ...wanted, name: ' ' })).rejects.toMatchObject(appError('INVALID_INPUT'));
      await expect(store.ensureCatalog({ ...wanted, name: '../up' })).rejects.toMatchObject(appError('INVALID_INPUT'));
    });

    test('ensureCatalog with an id makes that very catalog once, whatever handle asks', async () => {
      const [one, two] = await open(2);
      const id = '3f2c9d1e-0000-4000-8000-00000000000a';
      const made = await Promise.all([one, two!, one].map((store) => store.ensureCatalog({ ...wanted, id })));
      expect(made[0]).toMatchObject({ ...wanted, id });
      expect(await two!.catalogs()).toEqual([made[0]]);
      expect(await two!.ensureCatalog(wanted)).toEqual(made[0]);
      expect(made).toEqual([made[0], made[0], made[0]]);
    });

    test('ensureCatalog with an id refuses a name of another catalog, another name, another model', async () => {
      const { store, catalog } = await withCatalog(open);
      const id = '3f2c9d1e-0000-4000-8000-00000000000a';
      await expect(store.ensureCatalog({ ...wanted, id })).rejects.toMatchObject(appError('CONFLICT', /pictures/));
      await expect(store.ensureCatalog({ ...wanted, id: catalog.id, name: 'else' })).rejects.toMatchObject(
        appError('CONFLICT', /pictures.*else/),
      );
      await expect(store.ensureCatalog({ ...wanted, id: catalog.id, model: 'other' })).rejects.toMatchObject(
        appError('DIMENSION_MISMATCH', /test-model.*other/),
      );
      expect(await store.catalogs()).toEqual([catalog]);
    });

    test('a catalog that was dropped can be made again with its id, and is empty', async () => {
      const { store, catalog } = await withCatalog(open);
      await store.upsert(catalog.id, [image(catalog, 'old.jpg'), image(catalog, 'both.jpg', { version: 9 })]);
      const all = () => store.search({ catalogId: catalog.id, like: [{ vector: axis(0) }], limit: 9 });
      expect(names(await all())).toEqual(['both.jpg', 'old.jpg']);
      await store.dropCatalog(catalog.id);
      const { id } = await store.ensureCatalog({ ...wanted, id: catalog.id });
      expect(id).toBe(catalog.id);
      expect(await store.count(id)).toBe(0);
      expect(await store.upsert(id, [image(catalog, 'both.jpg', { version: 1 })])).toEqual({ fenced: [] });
      expect(names(await all())).toEqual(['both.jpg']);
    });

    test('names in any script, with quotes and dots, are just names', async () => {
      const [store] = await open(1);
      const odd = [`O'Brien "2024"`, '..', 'фото', '写真 📷', "'; DROP TABLE catalogs; --"];
      for (const name of odd) await store.ensureCatalog({ ...wanted, name });
      expect((await store.catalogs()).map(({ name }) => name).toSorted()).toEqual(odd.toSorted());
    });

    test('renameCatalog keeps the id and the pictures', async () => {
      const { store, catalog } = await withCatalog(open);
      await store.upsert(catalog.id, [image(catalog, 'a.jpg')]);
      await store.renameCatalog(catalog.id, 'renamed');
      expect(await store.catalogs()).toEqual([{ ...catalog, name: 'renamed' }]);
      expect(await store.count(catalog.id)).toBe(1);
      await store.renameCatalog(catalog.id, 'renamed');
    });

    test('renameCatalog refuses a name that is taken', async () => {
      const { store, catalog } = await withCatalog(open);
      await store.ensureCatalog({ ...wanted, name: 'taken' });
      await expect(store.renameCatalog(catalog.id, 'taken')).rejects.toMatchObject(appError('CONFLICT', /taken/));
    });

    test('dropCatalog removes it with everything in it, and nothing else', async () => {
      const { store, catalog } = await withCatalog(open);
      const other = await store.ensureCatalog({ ...wanted, name: 'other' });
      await store.upsert(catalog.id, [image(catalog, 'a.jpg'), image(catalog, 'b.jpg')]);
      await store.upsert(other.id, [image(other, 'kept.jpg')]);
      await store.search({ catalogId: catalog.id, like: [{ vector: axis(0) }], limit: 1 });
      await store.dropCatalog(catalog.id);
      expect(await store.catalogs()).toEqual([other]);
      await expect(store.count(catalog.id)).rejects.toMatchObject(appError('NOT_FOUND'));
      await expect(
        store.search({ catalogId: catalog.id, like: [{ vector: axis(0) }], limit: 1 }),
      ).rejects.toMatchObject(appError('NOT_FOUND'));
      expect(names(await store.search({ catalogId: other.id, like: [{ vector: axis(0) }], limit: 9 }))).toEqual([
        'kept.jpg',
      ]);
      const again = await store.ensureCatalog(wanted);
      expect(again.id).not.toBe(catalog.id);
      expect(await store.count(again.id)).toBe(0);
    });

    test('an unknown catalog is NOT_FOUND for every verb', async () => {
      const { store, catalog } = await withCatalog(open);
      const id = '6ba7b810-9dad-41d1-80b4-00c04fd430c8';
      const one = image(catalog, 'a.jpg');
      const imageIds = [one.record.imageId];
      const attempts = [
        store.upsert(id, [one]),
        store.setPayload(id, [{ imageIds, patch: { name: 'x' } }]),
        store.delete(id, { imageIds }),
        store.get(id, imageIds),
        store.findByHash(id, [one.record.contentHash], MODEL),
        store.search({ catalogId: id, like: [{ vector: axis(0) }], limit: 1 }),
        store.searchWords({ catalogId: id, text: 'a', limit: 1 }),
        store.count(id),
        store.facets(id, 'format', 10),
        store.scroll(id, 10),
        store.renameCatalog(id, 'x'),
        store.dropCatalog(id),
      ];
      await Promise.all(attempts.map((attempt) => expect(attempt).rejects.toMatchObject(appError('NOT_FOUND'))));
    });

    test('the fingerprint is the store’s own and lasts', async () => {
      const [one, two] = await open(2);
      const [other] = await open(1);
      expect(one.fingerprint).toBe(two!.fingerprint);
      expect(one.fingerprint).not.toBe(other.fingerprint);
    });
  });
}
