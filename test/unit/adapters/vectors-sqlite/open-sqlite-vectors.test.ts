import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { dot } from '../../../../src-core/adapters/vectors-sqlite/codes.ts';
import { openSqliteVectors } from '../../../../src-core/adapters/vectors-sqlite/open-sqlite-vectors.ts';
import { normalise } from '../../../../src-core/domain/search.ts';
import type { VectorStore } from '../../../../src-core/ports/vector-store.ts';
import { axis, appError, ids, image, MODEL, names } from '../../../contract/vector-store/samples.ts';
import { randomFrom } from '../../../support/random.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const wanted = { name: 'pictures', model: MODEL, dimension: 8 };

async function openAt(path: string): Promise<VectorStore> {
  const store = await openSqliteVectors({ path });
  onTestFinished(() => store.close());
  return store;
}

function openRaw(path: string): DatabaseSync {
  const raw = new DatabaseSync(path);
  onTestFinished(() => raw.close());
  return raw;
}

test('what was stored is there after it was closed, under the same fingerprint', async () => {
  const path = join(await tempDir(), 'vectors.db');
  const first = await openSqliteVectors({ path, durability: 'full' });
  const catalog = await first.ensureCatalog(wanted);
  await first.upsert(catalog.id, [image(catalog, 'a.jpg', {}, axis(0))]);
  await first.close();
  await first.close();
  const second = await openAt(path);
  expect(second.fingerprint).toBe(first.fingerprint);
  expect(await second.catalogs()).toEqual([catalog]);
  expect(names(await second.search({ catalogId: catalog.id, like: [{ vector: axis(0) }], limit: 5 }))).toEqual([
    'a.jpg',
  ]);
});

test('a search catches up even where the traces of deletes are gone', async () => {
  const path = join(await tempDir(), 'vectors.db');
  const searcher = await openAt(path);
  const writer = await openAt(path);
  const catalog = await writer.ensureCatalog(wanted);
  const gone = Array.from({ length: 800 }, (_, i) => image(catalog, `gone-${i}.jpg`, {}, axis(0)));
  const kept = Array.from({ length: 5 }, (_, i) => image(catalog, `kept-${i}.jpg`, {}, axis(1)));
  await writer.upsert(catalog.id, [...gone, ...kept]);
  const search = () => searcher.search({ catalogId: catalog.id, like: [{ vector: axis(0) }], limit: 100 });
  expect(await search()).toHaveLength(100);

  await writer.delete(catalog.id, { imageIds: ids(gone) });
  openRaw(path).exec('DELETE FROM tombstones; UPDATE catalogs SET seq = seq + 150000');
  expect(ids(await search())).toEqual(ids(kept));
  await writer.upsert(catalog.id, [image(catalog, 'new.jpg')]);
  expect(await search()).toHaveLength(6);
});

test('the best are found among many that differ by less than a code can tell', async () => {
  const dimension = 64;
  const store = await openAt(join(await tempDir(), 'vectors.db'));
  const catalog = await store.ensureCatalog({ ...wanted, dimension });
  const { normal } = randomFrom(5);
  const centre = normalise(Float32Array.from({ length: dimension }, normal));
  const sample = () => normalise(centre.map((value) => value + 0.004 * normal()));
  const images = Array.from({ length: 500 }, (_, i) => image(catalog, `${i}.jpg`, {}, sample()));
  await store.upsert(catalog.id, images);
  const query = sample();
  const best = images.toSorted((a, b) => dot(b.vector, query) - dot(a.vector, query)).slice(0, 10);
  const hits = await store.search({ catalogId: catalog.id, like: [{ vector: query }], limit: 10 });
  expect(names(hits)).toEqual(names(best));
});

test('only so many traces of deletes are kept', async () => {
  const path = join(await tempDir(), 'vectors.db');
  const store = await openAt(path);
  const catalog = await store.ensureCatalog(wanted);
  const images = Array.from({ length: 20 }, (_, i) => image(catalog, `${i}.jpg`));
  await store.upsert(catalog.id, images);
  const raw = openRaw(path);
  const kept = () => raw.prepare('SELECT count(*) AS count FROM tombstones').get()!.count;
  await store.delete(catalog.id, { imageIds: ids(images.slice(0, 5)) });
  expect(kept()).toBe(5);
  raw.exec('UPDATE catalogs SET seq = seq + 150000');
  await store.delete(catalog.id, { imageIds: ids(images.slice(5, 8)) });
  expect(kept()).toBe(3);
});

test('a drop that was cut short is finished by the next who opens', async () => {
  const path = join(await tempDir(), 'vectors.db');
  const store = await openAt(path);
  const catalog = await store.ensureCatalog(wanted);
  const kept = await store.ensureCatalog({ ...wanted, name: 'kept' });
  const images = Array.from({ length: 30 }, (_, i) => image(catalog, `${i}.jpg`));
  await store.upsert(catalog.id, images);
  await store.upsert(kept.id, images.slice(0, 4));
  await store.delete(catalog.id, { imageIds: ids(images.slice(0, 2)) });
  const raw = openRaw(path);
  raw.exec(`UPDATE catalogs SET name = NULL WHERE name = 'pictures'`);
  await expect(store.count(catalog.id)).rejects.toMatchObject(appError('NOT_FOUND'));

  const next = await openAt(path);
  const rows = (table: string) => raw.prepare(`SELECT count(*) AS count FROM ${table}`).get()!.count;
  const tables = ['images', 'vectors', 'codes', 'words', 'word_lengths', 'tombstones', 'catalogs'];
  expect(tables.map(rows)).toEqual([4, 4, 4, 4, 1, 0, 1]);
  expect(await next.count(kept.id)).toBe(4);
});

test('a row is never used for another picture', async () => {
  const path = join(await tempDir(), 'vectors.db');
  const store = await openAt(path);
  const catalog = await store.ensureCatalog(wanted);
  const raw = openRaw(path);
  const last = () => raw.prepare('SELECT max(row) AS row FROM images').get()!.row as number;
  await store.upsert(catalog.id, [image(catalog, 'a.jpg'), image(catalog, 'b.jpg')]);
  const before = last();
  await store.upsert(catalog.id, [image(catalog, 'a.jpg'), image(catalog, 'b.jpg')]);
  expect(last()).toBe(before);
  await store.delete(catalog.id, { filter: [{ field: 'fileName', anyOf: ['b.jpg'] }] });
  await store.upsert(catalog.id, [image(catalog, 'c.jpg')]);
  expect(last()).toBe(before + 1);
});

test('filters of indexed fields use their index', async () => {
  const path = join(await tempDir(), 'vectors.db');
  await openAt(path);
  const plan = (condition: string) =>
    openRaw(path)
      .prepare(`EXPLAIN QUERY PLAN SELECT row FROM images WHERE catalog = 1 AND ${condition}`)
      .all()
      .map(({ detail }) => String(detail))
      .join();
  for (const column of ['product_id', 'content_hash', 'canonical_name', 'source_id', 'import_id']) {
    expect(plan(`${column} IN (SELECT value FROM json_each('[]'))`)).toContain(
      `images_${column} (catalog=? AND ${column}=?)`,
    );
    expect(plan(`(${column} >= 'a' AND ${column} < 'b')`)).toContain(`images_${column} (catalog=? AND ${column}>?`);
  }
  for (const column of ['captured_at', 'missing_since']) {
    expect(plan(`(${column} >= 5)`)).toContain(`images_${column} (catalog=? AND ${column}>?`);
  }
});
