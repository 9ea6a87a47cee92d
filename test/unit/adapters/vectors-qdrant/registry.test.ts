import { describe, expect, test } from 'vitest';
import type { VectorStore } from '../../../../src-core/ports/vector-store.ts';
import { appError, image, MODEL } from '../../../contract/vector-store/samples.ts';
import { dieAnywhere } from './die-anywhere.ts';
import { clientOf, newPrefix, openStore, doubleOfFile } from './server.ts';

const at = doubleOfFile();
const wanted = { name: 'pictures', model: MODEL, dimension: 8 };

const server = () => ({ url: at.double.url, apiKey: null });

async function collectionsOf(prefix: string): Promise<string[]> {
  const { collections } = await clientOf(server()).getCollections();
  return collections.map(({ name }) => name).filter((name) => name.startsWith(prefix));
}

const idOfNew = async (store: VectorStore): Promise<string> => (await store.ensureCatalog(wanted)).id;

describe('whoever dies half way', () => {
  test('of a new catalog leaves one that the next can use', async () => {
    const requests = await dieAnywhere(at.double, {
      prepare: async () => null,
      act: (store) => store.ensureCatalog(wanted),
      async check(store, _, prefix) {
        // Listed or not, it can be had; and where it is listed it can be used without being asked for again.
        for (const { id } of await store.catalogs()) expect(await store.count(id)).toBe(0);
        const catalog = await store.ensureCatalog(wanted);
        await store.upsert(catalog.id, [image(catalog, 'a.jpg')]);
        expect(await store.count(catalog.id)).toBe(1);
        expect(await store.catalogs()).toEqual([catalog]);
        expect(await collectionsOf(prefix)).toHaveLength(2);
      },
    });
    expect(requests).toBeGreaterThan(10);
  }, 120_000);

  test('of a new name leaves the catalog one name, the old or the new', async () => {
    const found = new Set<string>();
    await dieAnywhere(at.double, {
      prepare: idOfNew,
      act: (store, id) => store.renameCatalog(id, 'renamed'),
      async check(store, id) {
        const [catalog, ...others] = await store.catalogs();
        expect(others).toEqual([]);
        expect(catalog).toMatchObject({ ...wanted, id, name: expect.stringMatching(/^(pictures|renamed)$/) });
        found.add(catalog!.name);
        await store.renameCatalog(id, 'again');
        // Both names are free.
        for (const name of ['pictures', 'renamed'])
          expect((await store.ensureCatalog({ ...wanted, name })).id).not.toBe(id);
      },
    });
    expect([...found].toSorted()).toEqual(['pictures', 'renamed']);
  }, 120_000);

  test('of a drop leaves it whole or gone, and no collection that nobody knows of', async () => {
    const found = new Set<number>();
    await dieAnywhere(at.double, {
      prepare: idOfNew,
      act: (store, id) => store.dropCatalog(id),
      async check(store, id, prefix) {
        const catalogs = await store.catalogs();
        found.add(catalogs.length);
        expect(await collectionsOf(prefix)).toHaveLength(1 + catalogs.length);
        const [counted] = await Promise.allSettled([store.count(id)]);
        expect(counted).toMatchObject(catalogs.length > 0 ? { value: 0 } : { reason: appError('NOT_FOUND') });
      },
    });
    expect([...found].toSorted()).toEqual([0, 1]);
  }, 120_000);
});

describe('at the same time', () => {
  test('many who open a new store open the same', async () => {
    const prefix = newPrefix(server());
    const stores = await Promise.all(Array.from({ length: 8 }, () => openStore(server(), { prefix })));
    expect(new Set(stores.map(({ fingerprint }) => fingerprint)).size).toBe(1);
    expect(stores[0]!.fingerprint).toMatch(/^qdrant:[\da-f-]{36}$/);
  });

  test('of many who take one name, for new catalogs and by renaming, one has it', async () => {
    const prefix = newPrefix(server());
    const stores = await Promise.all(Array.from({ length: 4 }, () => openStore(server(), { prefix })));
    const others = await Promise.all(stores.map((store, i) => store.ensureCatalog({ ...wanted, name: `other ${i}` })));
    const results = await Promise.allSettled([
      ...stores.map((store, i) => store.renameCatalog(others[i]!.id, 'pictures')),
      ...stores.map((store) => store.ensureCatalog(wanted)),
    ]);
    const renamed = results.slice(0, 4).filter(({ status }) => status === 'fulfilled');
    const catalogs = await stores[0]!.catalogs();
    expect(catalogs.filter(({ name }) => name === 'pictures')).toHaveLength(1);
    expect(new Set(catalogs.map(({ id }) => id)).size).toBe(catalogs.length);
    expect(catalogs).toHaveLength(renamed.length > 0 ? 4 : 5);
    const refused = results.slice(0, 4).filter(({ status }) => status === 'rejected');
    expect(refused).toMatchObject(refused.map(() => ({ reason: appError('CONFLICT', /pictures/) })));
  });

  test('a catalog that is renamed and dropped is gone, under both names', async () => {
    for (let round = 0; round < 10; round++) {
      const prefix = newPrefix(server());
      const [one, two] = await Promise.all([openStore(server(), { prefix }), openStore(server(), { prefix })]);
      const { id } = await one.ensureCatalog(wanted);
      await Promise.allSettled([one.renameCatalog(id, 'renamed'), two.dropCatalog(id)]);
      expect(await one.catalogs()).toEqual([]);
      expect(await collectionsOf(prefix)).toHaveLength(1);
    }
  });
});

test('what else knows of the server sees readable names and the model', async () => {
  const prefix = newPrefix(server());
  const store = await openStore(server(), { prefix });
  const { id } = await store.ensureCatalog({ ...wanted, name: 'Summer Shoes 2026!' });
  const collection = (await collectionsOf(prefix)).find((name) => name !== `${prefix}-catalogs`);
  expect(collection).toMatch(new RegExp(`^${prefix}-summer-shoes-2026-[\\da-f]{8}-[\\da-f]{16}$`));
  const { config } = await clientOf(server()).getCollection(collection!);
  expect(config).toMatchObject({ metadata: { model: MODEL, catalogId: id } });
});
