import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { listModels, listOffers, loadModel } from '../../../../src-core/adapters/embedder-onnx/load-model.ts';
import { openTextEmbedder } from '../../../../src-core/adapters/embedder-onnx/open-text-embedder.ts';
import type { Catalog } from '../../../../src-core/domain/catalog.ts';
import type { ModelOffer } from '../../../../src-core/domain/model-offer.ts';
import { createModels } from '../../../../src-main/services/models/models.ts';
import { startHub } from '../../../support/hub-server.ts';
import { MODELS } from '../../../support/model.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { TOWER_DIMENSION, twoTowerFiles, twoTowerOffer, writeRepository } from '../../../support/two-tower-model.ts';

const FILES = twoTowerFiles();
const ID = 'two-towers';

async function setUp(offer: ModelOffer = twoTowerOffer(ID)) {
  const hub = await startHub(offer.repository, FILES);
  const dataDir = await tempDir();
  const folder = join(dataDir, 'models');
  const catalogs: Catalog[] = [];
  const open = () =>
    createModels({
      dataDir,
      inUse: 'default-160',
      hub: `${hub.url}/`,
      patience: { tries: 2, firstMs: 1, stallMs: 5_000 },
      installed: () => listModels([folder, MODELS]),
      offers: async () => [offer],
      catalogs: async () => catalogs,
    });
  const models = open();
  onTestFinished(() => models.close());
  const download = async () => {
    await models.download(ID);
    return models.finished(ID);
  };
  return { hub, dataDir, folder, catalogs, models, download, open };
}

const stateOf = ({ state, error }: { state: string; error: unknown }) => ({ state, error });
const DONE = { state: 'done', error: null };

it('downloads a model, pins the sums that were not known, and it works', async () => {
  const { hub, folder, models, download } = await setUp();
  expect(await models.get(ID)).toMatchObject({ installed: false, manifest: null, download: null });
  const end = await download();
  const size = Object.values(FILES).reduce((sum, { length }) => sum + length, 0);
  expect(end).toMatchObject({ ...DONE, file: null, bytes: size, total: size });
  const names = ['two-towers.json', 'two-towers.onnx', 'two-towers.text.onnx', 'two-towers.tokenizer.json'];
  expect((await readdir(folder)).filter((name) => name !== 'downloads')).toEqual(names);
  expect(await readdir(join(folder, 'downloads'))).toEqual([]);
  const { manifest, installed, builtIn, problem } = await models.get(ID);
  expect({ installed, builtIn, problem }).toEqual({ installed: true, builtIn: false, problem: null });
  const known = twoTowerOffer(ID, FILES).files;
  expect([manifest?.sha256, manifest?.text?.sha256, manifest?.text?.tokenizer.sha256]).toEqual(
    names.slice(1).map((name) => known[name]!.sha256),
  );
  expect(manifest?.source).toBe('tests/two-towers at main');
  expect(hub.served.map(({ path }) => path).toSorted()).toEqual(Object.keys(FILES).toSorted());
  const texts = await openTextEmbedder(await loadModel([folder], ID), { threads: 1 });
  expect(await texts.embed('red')).toHaveLength(TOWER_DIMENSION);
  await texts.close();
  await expect(models.download(ID)).rejects.toMatchObject({ code: 'CONFLICT' });
});

it('goes on after a cancel, also in another process, and brings no file twice', async () => {
  const { hub, models, folder, open } = await setUp();
  hub.troubles.push({ path: 'onnx/text_model.onnx', after: 100, hang: true });
  await models.download(ID);
  await vi.waitFor(async () => expect(models.downloads()[0]?.[1]).toMatchObject({ file: 'two-towers.text.onnx' }));
  await vi.waitFor(() => expect(hub.served).toHaveLength(2));
  await models.cancel(ID);
  expect(await models.finished(ID)).toMatchObject({ state: 'cancelled', error: { code: 'CANCELLED' } });
  await expect(models.cancel(ID)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect((await models.get(ID)).installed).toBe(false);
  expect(await readdir(join(folder, 'downloads', ID))).toContain('two-towers.onnx');

  const later = open();
  await later.download(ID);
  expect(stateOf(await later.finished(ID))).toEqual(DONE);
  expect(hub.served.filter(({ path }) => path === 'onnx/vision_model.onnx')).toHaveLength(1);
  expect((await later.get(ID)).installed).toBe(true);
});

it('tells what changes', async () => {
  const { models } = await setUp();
  const never = new AbortController().signal;
  const seen: string[] = [];
  const changed = models.changed(never);
  await models.download(ID);
  await changed;
  for (let state = ''; state !== 'done';) {
    const change = models.changed(never);
    state = models.downloads()[0]![1].state;
    seen.push(state);
    if (state === 'running') await change;
  }
  expect(new Set(seen)).toEqual(new Set(['running', 'done']));
  await models.changed(AbortSignal.abort());
});

it('says without a network which files are to be brought, and takes them from a folder', async () => {
  const { hub, models, download } = await setUp();
  await hub.close();
  const end = await download();
  expect(end).toMatchObject({ state: 'failed', error: { code: 'DOWNLOAD_FAILED' } });
  expect(end.error!.message).toMatch(
    /ECONNREFUSED.*onnx\/vision_model\.onnx, onnx\/text_model\.onnx, tokenizer\.json of .*\/tests\/two-towers\/tree\/main.*models add FOLDER --as two-towers/,
  );
  const brought = await tempDir();
  await writeRepository(brought);
  await rename(join(brought, 'onnx', 'text_model.onnx'), join(brought, 'text_model.onnx')); // all in one place will do
  expect(await models.add(brought, ID)).toBe(ID);
  expect(await models.get(ID)).toMatchObject({ installed: true, problem: null });
});

it('names the files that a folder lacks, or that are others than the known ones', async () => {
  const { models } = await setUp(twoTowerOffer(ID, FILES));
  const brought = await tempDir();
  await expect(models.add(brought, ID)).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('lacks onnx/vision_model.onnx, onnx/text_model.onnx, tokenizer.json'),
  });
  await expect(models.add(brought)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringContaining('--as'),
  });
  await writeRepository(brought, { ...FILES, 'tokenizer.json': Buffer.from('{}') });
  await expect(models.add(brought, ID)).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    message: expect.stringContaining('tokenizer.json has SHA-256'),
  });
  await expect(models.add(brought, 'none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect((await models.get(ID)).installed).toBe(false);
});

it('refuses a download of other bytes than the known ones, and begins anew the next time', async () => {
  const { hub, models, download } = await setUp(twoTowerOffer(ID, FILES));
  hub.linked = false;
  hub.files.set('tokenizer.json', Buffer.from('{"not": "it"}'));
  expect(await download()).toMatchObject({ state: 'failed', error: { code: 'MODEL_INVALID' } });
  expect((await models.get(ID)).installed).toBe(false);
  hub.files.set('tokenizer.json', FILES['tokenizer.json']!);
  expect(stateOf(await download())).toEqual(DONE);
});

it('leaves a download to the process that has it, and takes over from one that died', async () => {
  const { folder, download } = await setUp();
  const parts = join(folder, 'downloads', ID);
  await mkdir(parts, { recursive: true });
  const owner = join(parts, 'owner');
  await writeFile(owner, `${hostname()}/${process.ppid}/0123abcd`);
  expect(await download()).toMatchObject({ state: 'failed', error: { code: 'CONFLICT' } });
  expect(await readFile(owner, 'utf8')).toContain(`/${process.ppid}/`);
  await writeFile(owner, `${hostname()}/4194400/0123abcd`); // above the largest process id
  expect(stateOf(await download())).toEqual(DONE);
});

it('removes a model with all its files, or what has come of one', async () => {
  const { hub, folder, catalogs, models, download } = await setUp();
  await expect(models.remove(ID)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  hub.troubles.push({ path: 'tokenizer.json', status: 404 });
  expect(await download()).toMatchObject({ state: 'failed' });
  await models.remove(ID);
  expect(await readdir(join(folder, 'downloads'))).toEqual([]);
  expect((await models.get(ID)).download).toBeNull();

  expect(stateOf(await download())).toEqual(DONE);
  const id = '6ba7b810-9dad-41d1-80b4-00c04fd430c8';
  catalogs.push({ id, name: 'shoes', model: ID, dimension: TOWER_DIMENSION, createdAt: 0 });
  await expect(models.remove(ID)).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('that of shoes'),
  });
  catalogs.pop();
  await models.remove(ID);
  expect(await readdir(folder)).toEqual(['downloads']);
  await expect(models.use(ID)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it('knows the offers that come with the program', async () => {
  const offers = await listOffers([join(MODELS, 'hub')]);
  expect(offers.map(({ manifest, repository }) => [manifest.id, manifest.output.dimension, repository])).toEqual([
    ['clip-vit-b32', 512, 'Xenova/clip-vit-base-patch32'],
    ['siglip2-b16-224', 768, 'onnx-community/siglip2-base-patch16-224-ONNX'],
  ]);
  expect(offers.every(({ manifest }) => manifest.text)).toBe(true);
});
