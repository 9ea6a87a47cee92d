import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { expect, onTestFinished, test } from 'vitest';
import type { Catalog } from '../../../src-core/domain/catalog.ts';
import { openEmbedder, openFinder, openPictures, openStore } from '../../../src-core/open-backends.ts';
import type { Finder } from '../../../src-core/ports/finder.ts';
import type { VectorStore } from '../../../src-core/ports/vector-store.ts';
import { openDataDir } from '../../../src-core/settings/data-dir.ts';
import { settingsSchema } from '../../../src-core/settings/schema.ts';
import { appError, image, record, vector } from '../../contract/vector-store/samples.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { installTwoTowers } from '../../support/two-tower-model.ts';

const SAMPLES = fileURLToPath(new URL('../../../resources/samples/', import.meta.url));
const FILES = [
  'furniture/chair-red.webp',
  'furniture/chair-blue.png',
  'kitchen/mug-red.jpg',
  'outdoors/tree-green.png',
];

interface Setting {
  finder: Finder;
  store: VectorStore;
  catalog: Catalog;
  folder: string;
}

/** A catalog of four sample pictures, indexed with the real model. */
async function setUp(): Promise<Setting> {
  const settings = settingsSchema.parse({});
  const folder = await tempDir();
  const dataDir = await openDataDir(join(folder, 'data'));
  const store = await openStore(settings, dataDir);
  const embedder = await openEmbedder(settings, dataDir);
  const pictures = await openPictures(settings, embedder.model);
  const { dimension } = embedder.model.output;
  const catalog = await store.ensureCatalog({ name: 'pictures', model: embedder.model.id, dimension });
  for (const file of FILES) {
    const { bytes } = await pictures.read(join(SAMPLES, file), SAMPLES);
    const vector = await embedder.embed((await pictures.decode(bytes)).pixels, 1);
    await store.upsert(catalog.id, [{ record: record(catalog, file), vector }]);
  }
  await Promise.all([embedder.close(), pictures.close()]);
  const finder = await openFinder(settings, dataDir, store);
  onTestFinished(async () => {
    await finder.close();
    await store.close();
  });
  return { finder, store, catalog, folder };
}

const idOf = (catalog: Catalog, file: string): string => record(catalog, file).imageId;

test('finds by a file, by a stored picture, and by several of both', async () => {
  const { finder, catalog } = await setUp();
  const path = join(SAMPLES, FILES[0]!);
  const byFile = await finder.find({ catalog: 'pictures', like: [{ path }], limit: 4 });
  expect(byFile).toMatchObject({ catalog, model: catalog.model });
  expect(byFile.tookMs).toBeGreaterThan(0);
  expect(byFile.hits.map((hit) => hit.record.canonicalName).slice(0, 2)).toEqual([
    `/pictures/${FILES[0]}`,
    `/pictures/${FILES[1]}`,
  ]);
  expect(byFile.hits[0]!.score).toBeCloseTo(1, 3);

  const like = [{ imageId: idOf(catalog, FILES[0]!) }];
  const byId = await finder.find({ catalog: catalog.id, like, limit: 1 });
  expect(byId.hits[0]!.record.canonicalName).toBe(`/pictures/${FILES[1]}`);
  expect(byId.hits[0]!.score).toBeCloseTo(byFile.hits[1]!.score, 3);

  const both = await finder.find({
    catalog: 'pictures',
    like: [...like, { path: join(SAMPLES, FILES[1]!) }],
    unlike: [{ imageId: idOf(catalog, FILES[3]!) }],
    filter: [{ field: 'canonicalName', prefix: '/pictures/kitchen/' }],
    limit: 4,
    minScore: -1,
  });
  expect(both.hits.map((hit) => hit.record.fileName)).toEqual(['mug-red.jpg']);
});

test('finds by words alone, without the model, and by words and a picture together', async () => {
  const { finder, store, catalog } = await setUp();
  const foreign = await store.ensureCatalog({ name: 'foreign', model: 'another-model', dimension: 8 });
  await store.upsert(foreign.id, [image(foreign, 'mug.jpg')]);
  const byWords = await finder.find({ catalog: 'foreign', like: [], text: 'MUG', limit: 4 });
  expect(byWords.hits).toMatchObject([{ record: { fileName: 'mug.jpg' }, foundBy: ['words'], ranks: { words: 1 } }]);

  const like = [{ path: join(SAMPLES, FILES[1]!) }];
  const both = await finder.find({ catalog: 'pictures', like, text: 'red', limit: 4 });
  const shown = Object.fromEntries(both.hits.map((hit) => [hit.record.fileName, hit.ranks]));
  expect(shown['chair-blue.png']).toEqual({ picture: 1 });
  expect(shown['chair-red.webp']).toEqual({ picture: 2, words: expect.any(Number) as number });
  expect(shown['mug-red.jpg']).toEqual({ picture: expect.any(Number) as number, words: expect.any(Number) as number });
  expect(both.hits).toHaveLength(4);
  expect(both.hits[0]!.foundBy).toEqual(['picture', 'words']);

  // The least score is for the picture's part; the picture asked for is no hit of either.
  const byId = [{ imageId: idOf(catalog, FILES[0]!) }];
  const strict = await finder.find({ catalog: 'pictures', like: byId, text: 'red', limit: 4, minScore: 0.999 });
  expect(strict.hits.map((hit) => [hit.record.fileName, hit.foundBy])).toEqual([['mug-red.jpg', ['words']]]);
});

test('says what is wrong', async () => {
  const { finder, store, folder } = await setUp();
  const path = join(SAMPLES, FILES[0]!);
  const find = (changes: object) => finder.find({ catalog: 'pictures', like: [{ path }], limit: 4, ...changes });
  await writeFile(join(folder, 'text.jpg'), 'not a picture');
  await store.ensureCatalog({ name: 'foreign', model: 'another-model', dimension: 3 });

  await expect(find({ catalog: 'pictuers' })).rejects.toMatchObject(
    appError('NOT_FOUND', /“pictuers”.*“foreign”, “pictures”/),
  );
  await expect(find({ catalog: 'foreign' })).rejects.toMatchObject(appError('MODEL_NOT_FOUND', /another-model/));
  await expect(find({ like: [] })).rejects.toMatchObject(appError('INVALID_INPUT', /like/));
  await expect(find({ like: [], text: 'red', minScore: 0.5 })).rejects.toMatchObject(
    appError('INVALID_INPUT', /minScore/),
  );
  await expect(find({ like: [], text: 'red', unlike: [{ path }] })).rejects.toMatchObject(
    appError('INVALID_INPUT', /unlike/),
  );
  await expect(find({ text: '—' })).rejects.toMatchObject(appError('INVALID_INPUT', /letter or digit/));
  await expect(find({ limit: 0 })).rejects.toMatchObject(appError('INVALID_INPUT', /limit/));
  await expect(find({ filter: [{ field: 'width', anyOf: ['wide'] }] })).rejects.toMatchObject(
    appError('INVALID_INPUT', /width/),
  );
  await expect(find({ like: [{ path: join(folder, 'no.jpg') }] })).rejects.toMatchObject(
    appError('FILE_NOT_FOUND', /no\.jpg/),
  );
  await expect(find({ like: [{ path: join(folder, 'text.jpg') }] })).rejects.toMatchObject(
    appError('UNSUPPORTED_FORMAT'),
  );
  const unknown = '6ba7b810-9dad-41d1-80b4-00c04fd430c8';
  await expect(find({ unlike: [{ imageId: unknown }] })).rejects.toMatchObject(
    appError('NOT_FOUND', new RegExp(unknown)),
  );
  expect((await find({})).hits).toHaveLength(4);
});

test('makes thumbnails', async () => {
  const { finder, folder } = await setUp();
  await mkdir(join(folder, 'pictures'));
  const copy = join(folder, 'pictures', 'chair.webp');
  await copyFile(join(SAMPLES, FILES[0]!), copy);
  const { format, width = 0, height = 0 } = await sharp(await finder.thumbnail(copy, 48)).metadata();
  expect(format).toBe('webp');
  expect(Math.max(width, height)).toBe(48);
  await expect(finder.thumbnail(join(folder, 'no.jpg'), 48)).rejects.toMatchObject(appError('FILE_NOT_FOUND'));
});

test('is closed once, and asked no more', async () => {
  const { finder, store } = await setUp();
  await finder.close();
  await finder.close();
  const like = [{ path: join(SAMPLES, FILES[0]!) }];
  await expect(finder.find({ catalog: 'pictures', like, limit: 1 })).rejects.toMatchObject(appError('CANCELLED'));
  expect(await store.catalogs()).toHaveLength(1);
});

const side = async (file: string) => sharp(join(SAMPLES, file)).resize(160, 160, { fit: 'fill' }).png().toBuffer();

test('searches for a part of a picture alone', async () => {
  const { finder, folder } = await setUp();
  const [red, tree] = [await side(FILES[0]!), await side(FILES[3]!)];
  const path = join(folder, 'both.png');
  const canvas = sharp({ create: { width: 320, height: 160, channels: 3, background: '#fff' } });
  const placed = [red, tree].map((input, i) => ({ input, left: i * 160, top: 0 }));
  await canvas.composite(placed).png().toFile(path);
  const half = (x: number) => ({ path, region: { x, y: 0, width: 0.5, height: 1 } });
  const best = async (like: Parameters<Finder['find']>[0]['like']) => {
    const { hits } = await finder.find({ catalog: 'pictures', like, limit: 1 });
    return hits[0]!;
  };
  for (const [x, file] of [
    [0, FILES[0]!],
    [0.5, FILES[3]!],
  ] as const) {
    const hit = await best([half(x)]);
    expect(hit.record.canonicalName).toBe(`/pictures/${file}`);
    expect(hit.score).toBeGreaterThan(0.98);
  }
  expect((await best([{ path }])).score).toBeLessThan(0.98);
  const beyond = { path, region: { x: 0.6, y: 0, width: 0.5, height: 1 } };
  await expect(best([beyond])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

test('finds by the new model when the catalog goes over to it meanwhile', async () => {
  const { store, catalog, folder } = await setUp();
  const dataDir = await openDataDir(join(folder, 'data'));
  const { manifest } = await installTwoTowers(join(dataDir.root, 'models'));
  await store.successions.begin(catalog.id, { model: manifest.id, dimension: manifest.output.dimension });
  const due = await store.successions.due(catalog.id, 10);
  const embedded = due.map(({ record: { imageId }, mark }, i) => ({ imageId, mark, vector: vector(i, 8) }));
  await store.successions.settle(catalog.id, embedded);
  let asked = 0;
  const finder = await openFinder(settingsSchema.parse({}), dataDir, {
    ...store,
    async catalogs() {
      const catalogs = await store.catalogs();
      if (++asked === 1) expect(await store.successions.finish(catalog.id, { keepAs: null, leaveOut: 0 })).toBe(true);
      return catalogs;
    },
  });
  onTestFinished(() => finder.close());
  const path = join(SAMPLES, FILES[0]!);
  const found = await finder.find({ catalog: 'pictures', like: [{ path }], limit: 10 });
  expect(found).toMatchObject({ model: manifest.id, catalog: { id: catalog.id, model: manifest.id } });
  expect(found.hits).toHaveLength(FILES.length);
  expect(asked).toBe(2);
});
