import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { openSqliteVectors } from '../../../../src-core/adapters/vectors-sqlite/open-sqlite-vectors.ts';
import { MIGRATIONS } from '../../../../src-core/adapters/vectors-sqlite/schema.ts';
import type { VectorStore } from '../../../../src-core/ports/vector-store.ts';
import { image, MODEL, names } from '../../../contract/vector-store/samples.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const wanted = { name: 'pictures', model: MODEL, dimension: 8 };
const PICTURES = 2_300;

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

/** A file as the version before search by words left it. */
async function oldDatabase(): Promise<{ path: string; catalogId: string }> {
  const path = join(await tempDir(), 'vectors.db');
  const store = await openSqliteVectors({ path });
  const catalog = await store.ensureCatalog(wanted);
  for (let i = 0; i < PICTURES; i += 230) {
    const images = Array.from({ length: 230 }, (_, k) => image(catalog, `${i + k}.jpg`, { name: `old n${i + k}` }));
    await store.upsert(catalog.id, images);
  }
  await store.close();
  const raw = openRaw(path);
  raw.exec(
    `DROP TRIGGER images_inserted; DROP TRIGGER images_updated; DROP TRIGGER images_deleted;
     DROP TABLE successions; DROP TABLE due;
     DROP TABLE words; DROP TABLE word_lengths; ALTER TABLE catalogs DROP COLUMN unworded; PRAGMA user_version = 1`,
  );
  expect(MIGRATIONS).toHaveLength(3);
  return { path, catalogId: catalog.id };
}

test('pictures of an older file are found by words, all of them, whatever is written meanwhile', async () => {
  const { path, catalogId } = await oldDatabase();
  const [one, two] = [await openAt(path), await openAt(path)];
  const [catalog] = await one.catalogs();
  const first = two.searchWords({ catalogId, text: 'old', limit: 1_000 });
  await one.upsert(catalogId, [
    image(catalog!, 'new.jpg', { name: 'brand new' }),
    image(catalog!, '7.jpg', { name: 'renamed', version: 2 }),
  ]);
  await one.setPayload(catalogId, [
    { imageIds: [image(catalog!, '8.jpg').record.imageId], patch: { name: 'patched' } },
  ]);
  await one.delete(catalogId, { imageIds: [image(catalog!, '9.jpg').record.imageId] });
  expect(await first).toHaveLength(1_000);
  const find = async (text: string) => names(await one.searchWords({ catalogId, text, limit: 10 }));
  expect(await Promise.all(['n0', 'n2299', 'brand', 'renamed', 'patched'].map(find))).toEqual([
    ['0.jpg'],
    ['2299.jpg'],
    ['new.jpg'],
    ['7.jpg'],
    ['8.jpg'],
  ]);
  // 700 to 799 begin so.
  for (const [text, gone] of [
    ['old n7', '7.jpg'],
    ['old n8', '8.jpg'],
    ['old n9', '9.jpg'],
  ] as const) {
    const found = names(await one.searchWords({ catalogId, text, limit: 1_000 }));
    expect(found).toHaveLength(110);
    expect(found).not.toContain(gone);
  }
  const raw = openRaw(path);
  expect(raw.prepare('SELECT unworded FROM catalogs').get()).toEqual({ unworded: 0 });
  expect(raw.prepare(`SELECT count(*) AS count FROM words WHERE words MATCH 'old'`).get()).toEqual({
    count: PICTURES - 3,
  });
});

test('a file that is closed before all are indexed goes on the next time', async () => {
  const { path, catalogId } = await oldDatabase();
  const store = await openSqliteVectors({ path });
  await store.close();
  const raw = openRaw(path);
  const { unworded } = raw.prepare('SELECT unworded FROM catalogs').get() as { unworded: number };
  expect(unworded).toBeGreaterThan(0);
  expect(unworded).toBeLessThan(PICTURES);
  const next = await openAt(path);
  expect(names(await next.searchWords({ catalogId, text: 'n0', limit: 10 }))).toEqual(['0.jpg']);
});

test('what hinders the indexing is told to whoever searches, and it goes on afterwards', async () => {
  const { path, catalogId } = await oldDatabase();
  const raw = openRaw(path);
  raw.exec(`UPDATE images SET record = json_set(record, '$.keywords', 'no list')`);
  const store = await openAt(path);
  await expect(store.searchWords({ catalogId, text: 'old', limit: 10 })).rejects.toThrow(/join/);
  expect(await store.count(catalogId)).toBe(PICTURES);
  raw.exec(`UPDATE images SET record = json_set(record, '$.keywords', json('[]'))`);
  expect(names(await store.searchWords({ catalogId, text: 'n0', limit: 10 }))).toEqual(['0.jpg']);
});

test('a deleted catalog leaves no word behind', async () => {
  const path = join(await tempDir(), 'vectors.db');
  const store = await openAt(path);
  const catalog = await store.ensureCatalog(wanted);
  const images = Array.from({ length: 40 }, (_, i) => image(catalog, `${i}.jpg`, { name: 'word' }));
  await store.upsert(catalog.id, images);
  await store.dropCatalog(catalog.id);
  const raw = openRaw(path);
  const rows = (table: string) => raw.prepare(`SELECT count(*) AS count FROM ${table}`).get()!.count;
  expect(['words', 'word_lengths'].map(rows)).toEqual([0, 0]);
  expect(raw.prepare(`SELECT count(*) AS count FROM words WHERE words MATCH 'word'`).get()).toEqual({ count: 0 });
});
