import { describe, expect, test } from 'vitest';
import type { VectorStore } from '../../../../src-core/ports/vector-store.ts';
import { appError, image, MODEL, names, record, vector } from '../../../contract/vector-store/samples.ts';
import { dieAnywhere } from './die-anywhere.ts';
import { clientOf, doubleOfFile, newPrefix, openStore } from './server.ts';

const at = doubleOfFile();

const server = () => ({ url: at.double.url, apiKey: null });
const wanted = { name: 'pictures', model: MODEL, dimension: 8 };
const NEXT = { model: 'next-model', dimension: 4 };
const KEEP = { keepAs: 'before', leaveOut: 0 };
const DROP = { keepAs: null, leaveOut: 0 };
const FILES = ['a.jpg', 'b.jpg', 'c.jpg'];

async function fullCatalog(store: VectorStore): Promise<string> {
  const catalog = await store.ensureCatalog(wanted);
  await store.upsert(
    catalog.id,
    FILES.map((file) => image(catalog, file)),
  );
  return catalog.id;
}

async function work({ successions }: VectorStore, id: string): Promise<void> {
  for (let due; (due = await successions.due(id, 10)).length > 0;) {
    const embedded = due.map(({ record: { imageId }, mark }) => ({ imageId, mark, vector: vector(1, 4) }));
    await successions.settle(id, embedded);
  }
}

async function goOn(store: VectorStore, id: string, how: typeof KEEP | typeof DROP = KEEP): Promise<void> {
  do await work(store, id);
  while (!(await store.successions.finish(id, how)));
}

async function goOver(store: VectorStore, id: string, how?: typeof KEEP | typeof DROP): Promise<void> {
  await store.successions.begin(id, NEXT);
  await goOn(store, id, how);
}

/** It is searched by the vectors of the model that it says that it has, and all pictures are found. */
async function expectSearched(store: VectorStore, id: string, files = FILES): Promise<string> {
  const { model, dimension } = (await store.catalogs()).find((catalog) => catalog.id === id)!;
  const hits = await store.search({ catalogId: id, like: [{ vector: vector(3, dimension) }], limit: 10 });
  expect(names(hits)).toEqual(files);
  expect(new Set(hits.map((hit) => hit.record.model))).toEqual(new Set([model]));
  return model;
}

/** The list, and a collection and an alias of each catalog. */
async function expectNothingLeft(prefix: string, catalogs = 2): Promise<void> {
  const client = clientOf(server());
  const { collections } = await client.getCollections();
  const { aliases } = await client.getAliases();
  expect(collections.filter(({ name }) => name.startsWith(`${prefix}-`))).toHaveLength(1 + catalogs);
  expect(aliases.filter(({ alias_name }) => alias_name.startsWith(`${prefix}-`))).toHaveLength(catalogs);
}

async function checkEnd(store: VectorStore, id: string, prefix: string): Promise<void> {
  expect(await expectSearched(store, id)).toBe(NEXT.model);
  const [kept, ...others] = (await store.catalogs()).filter((catalog) => catalog.id !== id);
  expect([kept, others]).toMatchObject([{ name: 'before', model: MODEL, dimension: 8 }, []]);
  expect(await expectSearched(store, kept!.id)).toBe(MODEL);
  expect(await store.successions.get(id)).toBeNull();
  await expectNothingLeft(prefix);
}

describe('whoever dies half way', () => {
  test('of a beginning leaves the catalog searched, and a way that the next goes to its end', async () => {
    let turn = 0;
    const writes = await dieAnywhere(at.double, {
      prepare: fullCatalog,
      act: (store, id) => store.successions.begin(id, NEXT),
      step: 3, // most of them make an index each
      async check(store, id, prefix) {
        expect(await expectSearched(store, id)).toBe(MODEL);
        if (turn++ % 2 === 0 && (await store.successions.get(id))) await store.successions.cancel(id);
        await goOver(store, id);
        await checkEnd(store, id, prefix);
      },
    });
    expect(writes).toBeGreaterThan(10);
  }, 120_000);

  test('of the work leaves what is done, and no picture is lost', async () => {
    const writes = await dieAnywhere(at.double, {
      async prepare(store) {
        const id = await fullCatalog(store);
        await store.successions.begin(id, NEXT);
        return id;
      },
      act: work,
      async check(store, id, prefix) {
        expect(await expectSearched(store, id)).toBe(MODEL);
        await goOver(store, id);
        await checkEnd(store, id, prefix);
      },
    });
    expect(writes).toBeGreaterThan(1);
  }, 120_000);

  test.each([KEEP, DROP])(
    'of the change-over leaves one model or the other, no picture is lost: %o',
    async (how) => {
      const found = new Set<string>();
      await dieAnywhere(at.double, {
        async prepare(store) {
          const id = await fullCatalog(store);
          await store.successions.begin(id, NEXT);
          await work(store, id);
          return id;
        },
        act: (store, id) => store.successions.finish(id, how),
        async check(store, id, prefix) {
          found.add(await expectSearched(store, id));
          if (await store.successions.get(id)) await goOver(store, id, how);
          if (how === KEEP) return checkEnd(store, id, prefix);
          expect(await expectSearched(store, id)).toBe(NEXT.model);
          expect(await store.catalogs()).toHaveLength(1);
          await expectNothingLeft(prefix, 1);
        },
      });
      expect([...found].toSorted()).toEqual([NEXT.model, MODEL]);
    },
    120_000,
  );

  test('of a cancel leaves the catalog as it was', async () => {
    const writes = await dieAnywhere(at.double, {
      async prepare(store) {
        const id = await fullCatalog(store);
        await store.successions.begin(id, NEXT);
        return id;
      },
      act: (store, id) => store.successions.cancel(id),
      async check(store, id, prefix) {
        expect(await expectSearched(store, id)).toBe(MODEL);
        if (await store.successions.get(id)) await store.successions.cancel(id);
        await goOver(store, id);
        await checkEnd(store, id, prefix);
      },
    });
    expect(writes).toBeGreaterThan(2);
  }, 120_000);
});

test('what others write until the old collection stands still is brought over', async () => {
  const prefix = newPrefix(server());
  const store = await openStore(server(), { prefix });
  const id = await fullCatalog(store);
  const other = await openStore(server(), { prefix });
  const [catalog] = await other.catalogs();
  expect(await other.count(id)).toBe(3); // it knows where the catalog is
  const idOf = (name: string) => record(catalog!, name).imageId;
  await store.successions.begin(id, NEXT);
  await work(store, id);
  let written: Promise<unknown> | undefined;
  // The catalog's entry tells of the next collection, and the old alias is still there.
  at.double.faults.add({
    trouble: { delayMs: 200 },
    when: ({ body }) => {
      if (!body.includes('delete_alias')) return false;
      written ??= Promise.all([
        other.upsert(id, [image(catalog!, 'd.jpg')]),
        other.setPayload(id, [{ imageIds: [idOf('b.jpg')], patch: { name: 'sea' } }]),
        other.delete(id, { imageIds: [idOf('c.jpg')] }),
      ]);
      return true;
    },
    times: 1,
  });
  expect(await store.successions.finish(id, KEEP)).toBe(false);
  await written;
  await expect(store.successions.cancel(id)).rejects.toMatchObject(appError('CONFLICT', /next-model already/));
  await goOn(store, id);
  expect(await expectSearched(store, id, ['a.jpg', 'b.jpg', 'd.jpg'])).toBe(NEXT.model);
  const [changed] = await other.get(id, [idOf('b.jpg')]);
  expect(changed!.record).toMatchObject({ name: 'sea', model: NEXT.model });
  expect(names(await other.searchWords({ catalogId: id, text: 'sea', limit: 5 }))).toEqual(['b.jpg']);
  await expectNothingLeft(prefix);
});
