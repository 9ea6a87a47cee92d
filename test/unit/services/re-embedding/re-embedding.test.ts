import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openFinder, openImports, openQueue, openStore } from '../../../../src-core/open-backends.ts';
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
  on?: 'data dir' | 'qdrant';
  /** Holds up the second step. */
  second?: { began: PromiseWithResolvers<void>; mayGoOn: PromiseWithResolvers<void> };
}

async function qdrantUrl(): Promise<string> {
  const double = await startQdrantDouble();
  onTestFinished(() => double.stop());
  return double.url;
}

/** A catalog of a model that is gone, over real files; `poison` ends the process that decodes it. */
async function setUp({ poison = -1, count = 12, on = 'data dir', second }: Setting = {}) {
  const folder = await tempDir();
  const dataDir = await openDataDir(join(folder, 'data'));
  const { manifest } = await installTwoTowers(join(dataDir.root, 'models'));
  const settings = settingsSchema.parse(on === 'qdrant' ? { qdrant: { url: await qdrantUrl() } } : {});
  const queue = await openQueue(settings, dataDir);
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
    queue,
    findModel: async () => manifest,
    finder: {
      // As the client of a finder process says it, when the process has died of the picture twice.
      async reEmbed(catalogId, limit) {
        const due = await store.successions.due(catalogId, limit);
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
    await queue.close();
    await store.close();
  });
  const request = { catalog: 'pictures', model: manifest.id, keepOld: true, leaveOut: 0 };
  return { store, queue, catalog, service, request, poisonId };
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
  expect(await service.get('pictures')).toBeNull();
  await expect(service.cancel('pictures')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(service.start({ ...request, catalog: 'none' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it.each(['data dir', 'qdrant'] as const)('waits for tasks by the old model: %s', async (on) => {
  const { service, store, queue, catalog, request } = await setUp({ count: 3, on });
  const task = { id: 'task', catalogId: catalog.id, payload: {} };
  await queue.enqueue([task, { ...task, id: 'other', catalogId: 'another' }]);
  await service.start(request);
  await vi.waitFor(async () => {
    expect(await service.get('pictures')).toMatchObject({ state: 'waiting', total: 3, done: 3 });
  });
  expect(await store.catalogs()).toEqual([catalog]);
  await queue.cancel({ ids: ['task'] });
  expect(await service.finished('pictures')).toMatchObject({ state: 'done', done: 3, error: null });
  expect(await store.catalogs()).toMatchObject([{ model: request.model }, { model: MODEL }]);
  expect((await store.scroll(catalog.id, 10)).map(({ record }) => record.model)).toEqual(
    Array.from({ length: 3 }, () => request.model),
  );
});
