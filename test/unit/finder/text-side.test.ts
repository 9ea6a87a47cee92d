import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it, onTestFinished } from 'vitest';
import { openEmbedder, openFinder, openPictures, openStore } from '../../../src-core/open-backends.ts';
import { openDataDir } from '../../../src-core/settings/data-dir.ts';
import { settingsSchema } from '../../../src-core/settings/schema.ts';
import { appError, record } from '../../contract/vector-store/samples.ts';
import { startQdrantDouble } from '../../support/qdrant-double/start.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { installTwoTowers } from '../../support/two-tower-model.ts';

/** What the pictures show, by their file names: only one of them says so. */
const PICTURES = { 'one.png': 'red', 'two.png': 'blue', 'green-door.png': 'red', 'four.png': 'green' };

async function setUp(store: 'data dir' | 'qdrant') {
  const double = store === 'qdrant' ? await startQdrantDouble() : null;
  if (double) onTestFinished(() => double.stop());
  const settings = settingsSchema.parse(double ? { qdrant: { url: double.url } } : {});
  const folder = await tempDir();
  const dataDir = await openDataDir(join(folder, 'data'));
  const { manifest } = await installTwoTowers(join(dataDir.root, 'models'));
  const opened = await openStore(settings, dataDir);
  const embedder = await openEmbedder(settings, dataDir, manifest.id);
  const pictures = await openPictures(settings, manifest);
  const { dimension } = manifest.output;
  const catalog = await opened.ensureCatalog({ name: 'pictures', model: manifest.id, dimension });
  await mkdir(join(folder, 'pictures'));
  for (const [file, background] of Object.entries(PICTURES)) {
    const path = join(folder, 'pictures', file);
    const edges = { width: 64, height: 48, channels: 3 as const };
    await writeFile(
      path,
      await sharp({ create: { ...edges, background } })
        .png()
        .toBuffer(),
    );
    const { bytes } = await pictures.read(path, null);
    const vector = await embedder.embed((await pictures.decode(bytes)).pixels, 1);
    await opened.upsert(catalog.id, [{ record: record(catalog, file), vector }]);
  }
  await Promise.all([embedder.close(), pictures.close()]);
  const finder = await openFinder(settings, dataDir, opened);
  onTestFinished(async () => {
    await finder.close();
    await opened.close();
  });
  const find = async (text: string, changes: object = {}) =>
    (await finder.find({ catalog: 'pictures', like: [], text, limit: 4, ...changes })).hits;
  return { find, catalog, folder, models: join(dataDir.root, 'models') };
}

it.each(['data dir', 'qdrant'] as const)('finds what a text says in pictures and in words: %s', async (store) => {
  const { find, catalog, folder } = await setUp(store);
  const byContent = await find('Red');
  expect(
    byContent
      .slice(0, 2)
      .map(({ record: { fileName } }) => fileName)
      .toSorted(),
  ).toEqual(['green-door.png', 'one.png']);
  expect(byContent.every(({ foundBy }) => foundBy.join() === 'content')).toBe(true);

  // Both say it of different pictures; each hit tells who found it and where.
  const both = await find('green');
  expect(both.slice(0, 2).map(({ record: { fileName }, ranks }) => [fileName, ranks.words, ranks.content])).toEqual(
    expect.arrayContaining([
      ['green-door.png', 1, expect.any(Number)],
      ['four.png', undefined, 1],
    ]),
  );
  expect(both).toHaveLength(4);
  expect(both[0]!.score).toBeCloseTo(1 / 61 + 1 / (60 + both[0]!.ranks.content!), 6);

  const narrow = [{ field: 'fileName', anyOf: ['two.png'] }];
  expect((await find('red', { filter: narrow })).map(({ record: { fileName } }) => fileName)).toEqual(['two.png']);

  // With a picture too; it is no hit of any, and its least score is for its own ranking only.
  const imageId = record(catalog, 'one.png').imageId;
  const three = await find('green', { like: [{ imageId }], minScore: 0.99 });
  expect(three.map(({ record: { fileName }, foundBy }) => [fileName, foundBy])).toEqual([
    ['green-door.png', ['picture', 'words', 'content']],
    ['four.png', ['content']],
    ['two.png', ['content']],
  ]);
  const like = [{ path: join(folder, 'pictures', 'two.png') }];
  expect((await find('blue', { like }))[0]).toMatchObject({
    record: { fileName: 'two.png' },
    ranks: { picture: 1, content: 1 },
  });
});

it('says that a text side is damaged', async () => {
  const { find, models } = await setUp('data dir');
  await appendFile(join(models, 'two-towers.text.onnx'), ' ');
  await expect(find('red')).rejects.toMatchObject(appError('MODEL_INVALID', /text\.onnx.*SHA-256/));
});
