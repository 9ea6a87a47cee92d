import { describe, expect, it } from 'vitest';
import type { VectorStore } from '../../../../src-core/ports/vector-store.ts';
import { copyCatalog } from '../../../../src-main/services/copy/copy-catalog.ts';
import { removeSource } from '../../../../src-main/services/copy/remove-source.ts';
import { createStoreSource, openStoreTarget, type NamedStore } from '../../../../src-main/services/copy/store-sides.ts';
import { appError, axis, ids, image, MODEL, names } from '../../../contract/vector-store/samples.ts';
import { expectSame, filledStore, newStore, quietly, stoppedAt } from './rig.ts';

type Filled = Awaited<ReturnType<typeof filledStore>>;

async function copy(from: Filled, to: NamedStore, options = quietly()) {
  const target = await openStoreTarget(to, from.catalog);
  return copyCatalog(createStoreSource(from, from.catalog), target, options);
}

/** A store that does something else at one verb. */
function changed({ store, title }: NamedStore, verbs: Partial<VectorStore>): NamedStore {
  return { store: { ...store, ...verbs }, title };
}

describe('a copy from store to store', () => {
  it('has the catalog’s id, every record and every vector, and is found by words and by pictures', async () => {
    const from = await filledStore(2_300);
    const to = await newStore();
    const report = await copy(from, to);
    expect(report).toEqual({
      records: 2_300,
      copied: 2_300,
      unchanged: 0,
      keptNewer: 0,
      compared: 1_000,
      interrupted: false,
    });
    const { id } = from.catalog;
    expect((await to.store.catalogs())[0]).toMatchObject({ id, name: 'pictures', model: MODEL, dimension: 8 });
    await expectSame(from.store, to.store, id);
    const query = { catalogId: id, like: [{ imageId: from.images[7]!.record.imageId }], limit: 5 };
    expect(ids(await to.store.search(query))).toEqual(ids(await from.store.search(query)));
    expect(names(await to.store.searchWords({ catalogId: id, text: 'word3 1803', limit: 5 }))).toEqual(['1803.jpg']);
  });

  it('goes on after an interruption, and writes nothing twice', async () => {
    const from = await filledStore(3_000);
    const to = await newStore();
    const first = await copy(from, to, stoppedAt(1_000));
    expect(first).toMatchObject({ interrupted: true, compared: 0 });
    expect(first.copied).toBeGreaterThanOrEqual(1_000);
    expect(first.copied).toBeLessThan(3_000);
    const second = await copy(from, to);
    expect(second).toMatchObject({ records: 3_000, copied: 3_000 - first.copied, unchanged: first.copied });
    await expectSame(from.store, to.store, from.catalog.id);
  });

  it('brings over what changed since: records, vectors, marks and new pictures', async () => {
    const from = await filledStore(1_200);
    const to = await newStore();
    await copy(from, to);
    const { catalog, store, images } = from;
    const idOf = (n: number): string => images[n]!.record.imageId;
    await store.setPayload(catalog.id, [{ imageIds: [idOf(1), idOf(2)], patch: { missingSince: 5, name: 'x' } }]);
    await store.upsert(catalog.id, [
      { ...images[3]!, vector: axis(1) },
      image(catalog, 'new.jpg', { version: 9 }),
      image(catalog, '4.jpg', { version: 99 }),
    ]);
    expect(await copy(from, to)).toMatchObject({ records: 1_201, copied: 5, unchanged: 1_196 });
    await expectSame(store, to.store, catalog.id);
  });

  it('keeps what the target has in a newer version', async () => {
    const from = await filledStore(30);
    const to = await newStore();
    await copy(from, to);
    const newer = image(from.catalog, '5.jpg', { version: 100, name: 'newer' });
    await to.store.upsert(from.catalog.id, [newer]);
    expect(await copy(from, to)).toMatchObject({ copied: 0, unchanged: 29, keptNewer: 1, compared: 29 });
    expect((await to.store.get(from.catalog.id, [newer.record.imageId]))[0]!.record.name).toBe('newer');
  });

  it('takes another name, and keeps it the next time', async () => {
    const from = await filledStore(3);
    const to = await newStore();
    expect((await openStoreTarget(to, from.catalog, 'archive')).catalog).toMatchObject({
      id: from.catalog.id,
      name: 'archive',
    });
    expect((await openStoreTarget(to, from.catalog)).catalog.name).toBe('archive');
    await expect(openStoreTarget(to, from.catalog, 'else')).rejects.toMatchObject(
      appError('CONFLICT', /archive.*else/),
    );
  });

  it('refuses a target whose catalog of this name is another one', async () => {
    const from = await filledStore(3);
    const to = await newStore();
    await to.store.ensureCatalog({ name: 'pictures', model: MODEL, dimension: 8 });
    await expect(openStoreTarget(to, from.catalog)).rejects.toMatchObject(appError('CONFLICT', /pictures/));
  });

  it('copies an empty catalog', async () => {
    const from = await filledStore(0);
    expect(await copy(from, await newStore())).toMatchObject({ records: 0, copied: 0, compared: 0 });
  });
});

describe('the comparison at the end', () => {
  it('sees a record that is lost on the way', async () => {
    const from = await filledStore(700);
    const to = await newStore('the new store');
    const losing = changed(to, { upsert: (id, images) => to.store.upsert(id, images.slice(1)) });
    await expect(copy(from, losing)).rejects.toMatchObject(appError('COPY_DIFFERS', /the new store holds 698 of 700/));
  });

  it('sees a vector and a record that are others', async () => {
    const from = await filledStore(700);
    const { store } = from;
    const twisted = changed(await newStore('the new store'), {});
    const { upsert } = twisted.store;
    twisted.store.upsert = (id, images) =>
      upsert(
        id,
        images.map(({ record, vector }) => ({ record, vector: vector.map((value) => value + 1e-4) })),
      );
    await expect(copy(from, twisted)).rejects.toMatchObject(
      appError('COPY_DIFFERS', /is another one in the new store/),
    );

    const renamed = changed(await newStore('the new store'), {});
    const plain = renamed.store.upsert;
    renamed.store.upsert = (id, images) =>
      plain(
        id,
        images.map(({ record, vector }) => ({ record: { ...record, width: record.width + 1 }, vector })),
      );
    await expect(copy(from, renamed)).rejects.toMatchObject(
      appError('COPY_DIFFERS', /is another one in the new store/),
    );
    expect(await store.count(from.catalog.id)).toBe(700);
  });

  it('sees that the source was written to meanwhile; the same copy again brings it over', async () => {
    const from = await filledStore(1_500);
    const to = await newStore();
    const earliest = { ...image(from.catalog, 'late.jpg') };
    earliest.record.imageId = '00000000-0000-5000-8000-000000000000';
    const options = quietly();
    let written = false;
    const during = changed(to, {
      upsert: async (id, images) => {
        if (!written) await from.store.upsert(id, [earliest]);
        written = true;
        return to.store.upsert(id, images);
      },
    });
    await expect(copy(from, during, options)).rejects.toMatchObject(
      appError('COPY_DIFFERS', /the old store was written to meanwhile: it holds 1501 records, and 1500 were read/),
    );
    expect(await copy(from, to)).toMatchObject({ records: 1_501, copied: 1, unchanged: 1_500 });
  });

  it('sees pictures that the source does not have, and leaves them', async () => {
    const from = await filledStore(20);
    const to = await newStore('the new store');
    await copy(from, to);
    await to.store.upsert(from.catalog.id, [image(from.catalog, 'more.jpg')]);
    await expect(copy(from, to)).rejects.toMatchObject(appError('COPY_DIFFERS', /all 20 records, and 1 more/));
    expect(await to.store.count(from.catalog.id)).toBe(21);
  });

  it('waits for all that is being written before it fails', async () => {
    const from = await filledStore(2_000);
    const to = await newStore();
    let underway = 0;
    let calls = 0;
    const failing = changed(to, {
      upsert: async (id, images) => {
        if (++calls === 2) throw new Error('the network is gone');
        underway += 1;
        const answer = await to.store.upsert(id, images);
        underway -= 1;
        return answer;
      },
    });
    await expect(copy(from, failing)).rejects.toThrow('the network is gone');
    expect(underway).toBe(0);
    expect(calls).toBeLessThan(4);
  });
});

describe('removing the source', () => {
  it('drops the catalog only while it holds what was copied', async () => {
    const { store, catalog } = await filledStore(10);
    await expect(removeSource(store, catalog, 9)).rejects.toMatchObject(appError('CONFLICT', /10 records, and 9/));
    expect(await store.count(catalog.id)).toBe(10);
    await removeSource(store, catalog, 10);
    expect(await store.catalogs()).toEqual([]);
  });
});
