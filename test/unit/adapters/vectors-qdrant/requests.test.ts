import { expect, test } from 'vitest';
import { axis, image, MODEL, names, vector } from '../../../contract/vector-store/samples.ts';
import { openStore, doubleOfFile } from './server.ts';

const at = doubleOfFile();

const server = () => ({ url: at.double.url, apiKey: null });

/** What is sent while this runs. */
async function sentBy(act: () => Promise<unknown>) {
  const before = at.double.requests.length;
  await act();
  return at.double.requests.slice(before).map(({ method, path, body }) => ({
    method,
    path,
    body: body ? (JSON.parse(body) as Record<string, unknown>) : null,
  }));
}

async function fullCatalog(quantization: 'int8' | 'none' = 'int8') {
  const store = await openStore(server(), { quantization });
  const catalog = await store.ensureCatalog({ name: 'pictures', model: MODEL, dimension: 8 });
  const images = Array.from({ length: 300 }, (_, i) => image(catalog, `${i}.jpg`, { productId: `P${i % 3}` }));
  return { store, catalog, images };
}

test('every write is waited for, fenced, and of a size that suits the server', async () => {
  const { store, catalog, images } = await fullCatalog();
  const sent = await sentBy(async () => {
    await store.upsert(catalog.id, images);
    const imageIds = [images[0]!.record.imageId];
    await store.setPayload(catalog.id, [{ imageIds, patch: { name: 'x', missingSince: 4 } }]);
    await store.delete(catalog.id, { imageIds });
    await store.delete(catalog.id, { filter: [{ field: 'productId', anyOf: ['P1'] }] });
    await store.renameCatalog(catalog.id, 'renamed');
    await store.dropCatalog(catalog.id);
  });
  const writes = sent.filter(
    ({ method, path }) => method === 'PUT' || /\/points\/(delete|payload|batch|vectors)/.test(path),
  );
  expect(writes.length).toBeGreaterThan(6);
  expect(writes.filter(({ path }) => !path.includes('wait=true'))).toEqual([]);
  const upserts = writes.filter(({ method, path }) => method === 'PUT' && path.includes('/points?'));
  expect(upserts.filter(({ body }) => !body!['update_filter'])).toEqual([]);
  const sizes = upserts.map(({ body }) => (body!['points'] as unknown[]).length);
  expect(sizes.slice(0, 3)).toEqual([128, 128, 44]);
  const deletes = writes.filter(({ path }) => path.includes('/points/delete'));
  expect(deletes.filter(({ body }) => !((body!['filter'] as { must?: unknown[] }).must ?? []).length)).toEqual([]);
});

test('a vector of a wrong size is never sent, nor one that holds no number', async () => {
  const { store, catalog, images } = await fullCatalog();
  const sent = await sentBy(async () => {
    for (const bad of [vector(1, 4), axis(0).fill(Infinity, 2, 3)]) {
      await expect(store.upsert(catalog.id, [...images, image(catalog, 'bad.jpg', {}, bad)])).rejects.toThrow(
        /bad\.jpg/,
      );
    }
    await store.upsert(catalog.id, []);
  });
  expect(sent).toEqual([]);
});

test('a search by small codes is always rescored', async () => {
  for (const [quantization, params] of [
    ['int8', { quantization: { rescore: true, oversampling: 2 } }],
    ['none', undefined],
  ] as const) {
    const { store, catalog } = await fullCatalog(quantization);
    const sent = await sentBy(() => store.search({ catalogId: catalog.id, like: [{ vector: axis(0) }], limit: 5 }));
    expect(sent.map(({ body }) => body!['params'])).toEqual([params]);
  }
});

test('no action on aliases is sent together with another', async () => {
  const sent = await sentBy(() => fullCatalog());
  const actions = sent
    .filter(({ path }) => path.startsWith('/collections/aliases'))
    .map(({ body }) => body!['actions']);
  expect(actions).toHaveLength(1);
  expect(actions[0]).toHaveLength(1);
});

test('words follow the record when several change it at once', async () => {
  const { store, catalog, images } = await fullCatalog();
  const other = await openStore(server());
  expect(other.fingerprint).not.toBe(store.fingerprint);
  const one = images[0]!;
  const { imageId } = one.record;
  await store.upsert(catalog.id, [one]);
  for (let round = 0; round < 10; round++) {
    const patches = [{ name: `name${round}` }, { title: `title${round}` }, { description: `text${round}` }];
    await Promise.all([
      ...patches.map((patch) => store.setPayload(catalog.id, [{ imageIds: [imageId], patch }])),
      store.setPayload(catalog.id, [{ imageIds: [imageId], patch: { keywords: [`key${round}`] } }]),
    ]);
    const text = `name${round} title${round} text${round} key${round}`;
    expect(names(await store.searchWords({ catalogId: catalog.id, text, limit: 5 }))).toEqual(['0.jpg']);
    if (round === 0) continue;
    const old = await store.searchWords({ catalogId: catalog.id, text: `title${round - 1}`, limit: 5 });
    expect(old).toEqual([]);
  }
});

test('a picture that is deleted while its words are written is no trouble for the others', async () => {
  const { store, catalog, images } = await fullCatalog();
  const [kept, deleted] = [images[0]!, images[1]!];
  await store.upsert(catalog.id, [kept, deleted]);
  const imageIds = [kept.record.imageId, deleted.record.imageId];
  let gone: Promise<unknown> | undefined;
  // Just before the words are written.
  const clear = at.double.faults.add({
    trouble: { delayMs: 200 },
    when: ({ path, body }) => {
      if (!path.includes('/points/batch') || !body.includes('update_vectors')) return false;
      gone ??= store.delete(catalog.id, { imageIds: [deleted.record.imageId] });
      return true;
    },
    times: 1,
  });
  expect(await store.setPayload(catalog.id, [{ imageIds, patch: { name: 'changed' } }])).toBe(2);
  clear();
  expect(await gone).toBe(1);
  expect(names(await store.searchWords({ catalogId: catalog.id, text: 'changed', limit: 5 }))).toEqual(['0.jpg']);
  expect(await store.count(catalog.id)).toBe(1);
});
