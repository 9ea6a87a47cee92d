import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openFinder, openImports, openStore } from '../../../../src-core/open-backends.ts';
import { AppError } from '../../../../src-core/domain/app-error.ts';
import { openDataDir } from '../../../../src-core/settings/data-dir.ts';
import { settingsSchema } from '../../../../src-core/settings/schema.ts';
import { createReEmbeddings } from '../../../../src-main/services/re-embedding/re-embedding.ts';
import { DIMENSION, MODEL, record } from '../../../contract/vector-store/samples.ts';
import { picture } from '../../../support/pictures.ts';
import { startQdrantDouble } from '../../../support/qdrant-double/start.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { installTwoTowers } from '../../../support/two-tower-model.ts';

interface Setting {
  poison?: number;
  count?: number;
  /** Holds up the second step. */
  second?: { began: PromiseWithResolvers<void>; mayGoOn: PromiseWithResolvers<void> };
}

/** A catalog of a model that is gone, over real files; `poison` ends the process that decodes it. */
async function setUp({ poison = -1, count = 12, second }: Setting = {}) {
  const folder = await tempDir();
  const dataDir = await openDataDir(join(folder, 'data'));
  const { manifest } = await installTwoTowers(join(dataDir.root, 'models'));
  const settings = settingsSchema.parse({});
  const store = await openStore(settings, dataDir);
  const log = await openImports(dataDir);
  const catalog = await store.ensureCatalog({ name: 'pictures', model: MODEL, dimension: DIMENSION });
  await mkdir(join(folder, 'pictures'));
  const images = [];
  for (let n = 0; n < count; n++) {
    const path = join(folder, 'pictures', `${n}.png`);
    await writeFile(path, await picture(n));
    const said = record(catalog, `${n}.png`, { path, contentHash: `hash ${n}`, model: MODEL });
    images.push({ record: said, vector: new Float32Array(DIMENSION).fill(n + 1) });
  }
  await store.upsert(catalog.id, images);
  const finder = await openFinder(settings, dataDir, store);
  const poisonId = images[poison]?.record.imageId;
  let steps = 0;
  const service = createReEmbeddings({
    store,
    log,
    findModel: async () => manifest,
    finder: {
      // As the client of a finder process says it, when the process has died of the picture twice.
      async reEmbed(catalogId, limit) {
        const due = await store.successions!.due(catalogId, limit);
        if (due.some((one) => one.record.imageId === poisonId)) throw new AppError('WORKER_LOST', 'it ended twice');
        if (++steps === 2) {
          second?.began.resolve();
          await second?.mayGoOn.promise;
        }
        return finder.reEmbed(catalogId, limit);
      },
    },
  });
  onTestFinished(async () => {
    await service.close();
    await finder.close();
    await log.close();
    await store.close();
  });
  const request = { catalog: 'pictures', model: manifest.id, keepOld: true, leaveOut: 0 };
  return { store, catalog, service, request, poisonId };
}

it('notes the one picture that ends the process, and embeds its neighbours', async () => {
  const { service, store, catalog, request, poisonId } = await setUp({ poison: 5 });
  await service.start(request);
  expect(await service.finished('pictures')).toMatchObject({
    state: 'failed',
    done: 11,
    failed: 1,
    error: { code: 'CONFLICT' },
  });
  expect(await service.failures('pictures', 10)).toMatchObject([{ imageId: poisonId, code: 'WORKER_CRASHED' }]);
  expect(await store.catalogs()).toEqual([catalog]);
  await service.start({ ...request, leaveOut: 1 });
  expect(await service.finished('pictures')).toMatchObject({ state: 'done', done: 11, failed: 1, error: null });
  expect(await store.catalogs()).toMatchObject([
    { id: catalog.id, model: request.model },
    { name: `pictures (${MODEL})` },
  ]);
});

it('goes on with what was stopped', async () => {
  const second = { began: Promise.withResolvers<void>(), mayGoOn: Promise.withResolvers<void>() };
  const { service, store, catalog, request } = await setUp({ count: 30, second });
  await service.start(request);
  await service.start(request);
  await second.began.promise;
  const closing = service.close();
  second.mayGoOn.resolve();
  await closing;
  expect(await service.get('pictures')).toMatchObject({ state: 'stopped', total: 30, done: 16, error: null });
  expect(await store.catalogs()).toEqual([catalog]);
  await service.start(request);
  expect(await service.finished('pictures')).toMatchObject({ state: 'done', done: 30 });
  expect(await store.count(catalog.id)).toBe(30);
});

it('says what cannot be', async () => {
  const { service, request } = await setUp({ count: 1 });
  await expect(service.get('pictures')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(service.cancel('pictures')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(service.start({ ...request, catalog: 'none' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it('is refused by a store that cannot', async () => {
  const double = await startQdrantDouble();
  onTestFinished(() => double.stop());
  const dataDir = await openDataDir(await tempDir());
  const { manifest } = await installTwoTowers(join(dataDir.root, 'models'));
  const store = await openStore(settingsSchema.parse({ qdrant: { url: double.url } }), dataDir);
  const log = await openImports(dataDir);
  onTestFinished(() => log.close());
  await store.ensureCatalog({ name: 'pictures', model: MODEL, dimension: DIMENSION });
  const finder = { reEmbed: () => Promise.reject(new Error('never asked')) };
  const service = createReEmbeddings({ store, log, finder, findModel: async () => manifest });
  const request = { catalog: 'pictures', model: manifest.id, keepOld: true, leaveOut: 0 };
  await expect(service.start(request)).rejects.toMatchObject({ code: 'FORBIDDEN' });
});
