import { describe, expect, test } from 'vitest';
import type { Filter } from '../../../../src-core/domain/search.ts';
import {
  appError,
  atCosine,
  axis,
  image,
  MODEL,
  names,
  record,
  vector,
} from '../../../contract/vector-store/samples.ts';
import { clientOf, newPrefix, openStore, serverOfFile } from './server.ts';

// What surprised us about a real server, each as it would hurt here. Runs on one too: see docs/qdrant.md.

const at = serverOfFile();

async function catalogOf(prefix = newPrefix(at.server)) {
  const store = await openStore(at.server, { prefix });
  const catalog = await store.ensureCatalog({ name: 'pictures', model: MODEL, dimension: 8 });
  const client = clientOf(at.server);
  const { collections } = await client.getCollections();
  const collection = collections.find(({ name }) => name.startsWith(`${prefix}-pictures-`))!.name;
  return { store, catalog, client, collection, prefix };
}

async function namesOnServer(): Promise<string[]> {
  const client = clientOf(at.server);
  const { collections } = await client.getCollections();
  const { aliases } = await client.getAliases();
  return [...collections.map(({ name }) => name), ...aliases.map(({ alias_name }) => alias_name)];
}

describe('a write that is half done', () => {
  test('names the picture that is refused, and the others are in', async () => {
    const { store, catalog } = await catalogOf();
    const images = Array.from({ length: 30 }, (_, i) => image(catalog, `${i}.jpg`));
    images[13]!.record.imageId = 'no-id-of-a-point';
    await expect(store.upsert(catalog.id, images)).rejects.toMatchObject({
      ...appError('STORE_REFUSED', /^\/pictures\/13\.jpg: not taken.*collection test-.*HTTP 400, .*no-id-of-a-point/),
      retryable: false,
      details: { paths: ['/pictures/13.jpg'], status: 400 },
    });
    expect(names(await store.scroll(catalog.id, 100))).toEqual(
      names(images.filter(({ record }) => record.fileName !== '13.jpg')),
    );
  });

  test('one that is larger than the server takes is named too', async () => {
    const { store, catalog } = await catalogOf();
    const huge = image(catalog, 'huge.jpg', { metadata: { text: 'x'.repeat(17 * 2 ** 20) } });
    await expect(store.upsert(catalog.id, [image(catalog, 'a.jpg'), huge])).rejects.toMatchObject(
      appError('STORE_REFUSED', /huge\.jpg: not taken/),
    );
    expect(names(await store.scroll(catalog.id, 10))).toEqual(['a.jpg']);
  });

  test('many large ones go in several requests', async () => {
    const { store, catalog } = await catalogOf();
    const images = Array.from({ length: 24 }, (_, i) =>
      image(catalog, `${i}.jpg`, { metadata: { text: 'x'.repeat(2 ** 20) } }),
    );
    expect(await store.upsert(catalog.id, images)).toEqual({ fenced: [] });
    expect(await store.count(catalog.id)).toBe(24);
  });
});

describe('an older write', () => {
  test('loses to a newer one, each by its own version, and is named', async () => {
    const { store, catalog } = await catalogOf();
    const put = (versions: number[]) =>
      store.upsert(
        catalog.id,
        versions.map((version, i) => image(catalog, `${i}.jpg`, { version, name: `v${version}` })),
      );
    await put([5, 5, 5]);
    const { fenced } = await put([4, 5, 6, 1]);
    expect(fenced).toEqual([record(catalog, '0.jpg').imageId]);
    const stored = await store.scroll(catalog.id, 10);
    expect(stored.map(({ record }) => record.name).toSorted()).toEqual(['v1', 'v5', 'v5', 'v6']);
  });

  test('does not take the words of a newer one with it', async () => {
    const { store, catalog } = await catalogOf();
    await store.upsert(catalog.id, [image(catalog, 'a.jpg', { version: 2, name: 'newer' })]);
    await store.upsert(catalog.id, [image(catalog, 'a.jpg', { version: 1, name: 'older' })]);
    const find = async (text: string) => names(await store.searchWords({ catalogId: catalog.id, text, limit: 9 }));
    expect([await find('newer'), await find('older')]).toEqual([['a.jpg'], []]);
  });
});

describe('a delete', () => {
  const conditions: Filter = [
    { field: 'imageId', anyOf: ['nobody'] },
    { field: 'imageId', prefix: 'nobody' },
    { field: 'imageId', exists: false },
    { field: 'productId', anyOf: ['none'] },
    { field: 'productId', prefix: 'none' },
    { field: 'canonicalName', prefix: '/other/' },
    { field: 'canonicalName', prefix: 'other' },
    { field: 'keywords', exists: true },
    { field: 'width', anyOf: [1.5] },
    { field: 'width', range: { lt: 0 } },
    { field: 'format', exists: false },
    { field: 'fileName', prefix: 'a', not: true },
    { field: 'metadata.a"b', anyOf: ['x'] },
  ];

  test.each(conditions.map((condition) => [JSON.stringify(condition), condition] as const))(
    'by %s, which passes nothing, deletes nothing',
    async (_, condition) => {
      const { store, catalog } = await catalogOf();
      await store.upsert(catalog.id, [image(catalog, 'a.jpg'), image(catalog, 'ab.jpg')]);
      expect(await store.delete(catalog.id, { filter: [condition] })).toBe(0);
      expect(await store.count(catalog.id)).toBe(2);
    },
  );

  test('by ids that no point can have deletes nothing', async () => {
    const { store, catalog } = await catalogOf();
    const one = image(catalog, 'a.jpg');
    await store.upsert(catalog.id, [one]);
    const spelled = [one.record.imageId.toUpperCase(), one.record.imageId.replaceAll('-', ''), '', '7', 'x'];
    expect(await store.delete(catalog.id, { imageIds: spelled })).toBe(0);
    expect(await store.get(catalog.id, spelled)).toEqual([]);
    expect(await store.count(catalog.id, [{ field: 'imageId', anyOf: spelled }])).toBe(0);
    expect(await store.setPayload(catalog.id, [{ imageIds: spelled, patch: { name: 'x' } }])).toBe(0);
  });
});

describe('names', () => {
  test('on the server are ours, whatever the catalog is called', async () => {
    const before = await namesOnServer();
    const prefix = newPrefix(at.server);
    const store = await openStore(at.server, { prefix });
    const called = ['..', '.', `O'Brien "2024"`, '写真 📷', 'a:b', '%2e%2e', 'x'.repeat(100), 'Catalogs'];
    for (const name of called) {
      const { id } = await store.ensureCatalog({ name, model: '../../model', dimension: 8 });
      expect(await store.count(id)).toBe(0);
    }
    const made = (await namesOnServer()).filter((name) => !before.includes(name));
    expect(made.filter((name) => !/^test-[a-z0-9-]{1,80}$/.test(name))).toEqual([]);
    // A collection and an alias of each, and the list.
    expect(made.filter((name) => name.startsWith(prefix))).toHaveLength(2 * called.length + 1);
    for (const { id } of await store.catalogs()) await store.dropCatalog(id);
    const left = (await namesOnServer()).filter((name) => name.startsWith(prefix));
    expect(left).toEqual([`${prefix}-catalogs`]);
  });

  test('a collection that somebody has renamed to “..” in our list is not deleted', async () => {
    const { store, catalog, client, collection, prefix } = await catalogOf();
    const filter = { must: [{ key: 'id', match: { value: catalog.id } }] };
    await client.setPayload(`${prefix}-catalogs`, { wait: true, payload: { collection: '..' }, filter });
    await expect(store.dropCatalog(catalog.id)).rejects.toMatchObject(appError('STORE_REFUSED', /collection/));
    expect(await client.collectionExists(collection)).toEqual({ exists: true });
  });
});

describe('scores', () => {
  test('one that equals the least asked for is found', async () => {
    const { store, catalog } = await catalogOf();
    await store.upsert(
      catalog.id,
      [1, 0.5, 0, -1].map((cosine) => image(catalog, `${cosine}.jpg`, {}, atCosine(cosine))),
    );
    const found = async (minScore: number) =>
      names(await store.search({ catalogId: catalog.id, like: [{ vector: axis(0) }], limit: 10, minScore }));
    expect(await found(1)).toEqual(['1.jpg']);
    expect(await found(0.5)).toEqual(['0.5.jpg', '1.jpg']);
    expect(await found(0)).toEqual(['0.5.jpg', '0.jpg', '1.jpg']);
    expect(await found(-1)).toEqual(['-1.jpg', '0.5.jpg', '0.jpg', '1.jpg']);
  });
});

describe('a collection that is not what it should be', () => {
  test('of another dimension is refused, with both named', async () => {
    const { client, collection, prefix, catalog } = await catalogOf();
    const { aliases } = await client.getCollectionAliases(collection);
    await client.deleteCollection(collection);
    await client.createCollection(collection, { vectors: { size: 4, distance: 'Cosine' } });
    const create_alias = { collection_name: collection, alias_name: aliases[0]!.alias_name };
    await client.updateCollectionAliases({ actions: [{ create_alias }] });
    const store = await openStore(at.server, { prefix });
    for (const attempt of [
      () => store.count(catalog.id),
      () => store.ensureCatalog({ name: 'pictures', model: MODEL, dimension: 8 }),
    ]) {
      await expect(attempt()).rejects.toMatchObject(
        appError('DIMENSION_MISMATCH', /collection test-.*\(4 numbers\).*“pictures”.*test-model \(8\)/),
      );
    }
  });

  test('of another model is refused, with both named', async () => {
    const { client, collection, prefix, catalog } = await catalogOf();
    const { aliases } = await client.getCollectionAliases(collection);
    await client.deleteCollection(collection);
    await client.createCollection(collection, {
      vectors: { size: 8, distance: 'Cosine' },
      metadata: { model: 'older' },
    });
    const create_alias = { collection_name: collection, alias_name: aliases[0]!.alias_name };
    await client.updateCollectionAliases({ actions: [{ create_alias }] });
    const store = await openStore(at.server, { prefix });
    await expect(store.count(catalog.id)).rejects.toMatchObject(
      appError('DIMENSION_MISMATCH', /older \(8 numbers\).*test-model \(8\)/),
    );
  });

  test('that is gone is named', async () => {
    const { store, client, collection, catalog } = await catalogOf();
    await client.deleteCollection(collection);
    await expect(store.count(catalog.id)).rejects.toMatchObject(
      appError('NOT_FOUND', /collection test-.*-pictures-.*HTTP 404/),
    );
    await store.dropCatalog(catalog.id);
    expect(await store.catalogs()).toEqual([]);
  });

  test('with a point that is not ours says which', async () => {
    const { store, client, collection, catalog } = await catalogOf();
    await client.upsert(collection, { wait: true, points: [{ id: 7, vector: [...vector(1)], payload: { a: 1 } }] });
    await expect(store.scroll(catalog.id, 10)).rejects.toMatchObject(appError('STORE_REFUSED', /point 7 was not/));
  });
});

test('numbers and text come back as they went', async () => {
  const { store, catalog } = await catalogOf();
  const metadata = {
    big: 2 ** 60,
    bigger: 1e300,
    sum: 0.1 + 0.2,
    list: [5e-324, -0.1, 2 ** 53 + 2],
    half: '\ud83d',
    control: 'a\u0001\u0000b',
    '': 'no name',
    nested: { constructor: [1, null] },
  };
  const mtimeMs = 1.7e12 + 0.123_456;
  const one = image(catalog, 'a\u0001"\\.jpg', { metadata, mtimeMs, name: '\u0001"\\', description: 'x\ud83d' });
  await store.upsert(catalog.id, [one]);
  const [read] = await store.get(catalog.id, [one.record.imageId]);
  expect(read!.record).toEqual({ ...one.record, description: 'x\ufffd' });
  for (const exact of [0.1 + 1_700_000_000_000, 1_700_000_000_000]) {
    await store.setPayload(catalog.id, [{ imageIds: [one.record.imageId], patch: { mtimeMs: exact } }]);
    expect((await store.get(catalog.id, [one.record.imageId]))[0]!.record.mtimeMs).toBe(exact);
    expect(await store.facets(catalog.id, 'mtimeMs', 10)).toEqual([{ value: exact, count: 1 }]);
  }
});

describe('tuning', () => {
  test.each([
    ['int8', false],
    ['none', true],
  ] as const)('a collection is made for %s, on disk: %s', async (quantization, onDisk) => {
    const prefix = newPrefix(at.server);
    const store = await openStore(at.server, { prefix, quantization, onDisk });
    const { id } = await store.ensureCatalog({ name: 'pictures', model: MODEL, dimension: 8 });
    const client = clientOf(at.server);
    const { aliases } = await client.getAliases();
    const name = aliases.find(({ alias_name }) => alias_name.startsWith(prefix))!.collection_name;
    const { config, payload_schema } = await client.getCollection(name);
    expect(config.params.vectors).toMatchObject({ size: 8, distance: 'Cosine', on_disk: onDisk });
    expect(config.params.sparse_vectors).toMatchObject({ words: { modifier: 'idf', index: { on_disk: onDisk } } });
    const scalar = { scalar: { type: 'int8', always_ram: true } };
    expect(config.quantization_config ?? null).toEqual(quantization === 'int8' ? scalar : null);
    expect(Object.keys(payload_schema)).toEqual(
      expect.arrayContaining(['productId', 'contentHash', 'words', 'folders']),
    );

    const threshold = async () => (await client.getCollection(name)).config.optimizer_config.indexing_threshold;
    const before = await threshold();
    await store.prepareFor(id, 'load');
    expect(await threshold()).toBe(0);
    await store.prepareFor(id, 'search');
    expect(await threshold()).toBe(before);
  });
});
