import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it, vi } from 'vitest';
import { cliInProcess, startCli } from '../support/cli.ts';
import { startHub } from '../support/hub-server.ts';
import { defaultModel } from '../support/model.ts';
import { tempDir } from '../support/temp-dir.ts';
import { twoTowerFiles, twoTowerOffer, writeRepository } from '../support/two-tower-model.ts';

/** A folder with a model of another id: the default one's file under another name. */
async function otherModel(changes: object = {}): Promise<string> {
  const folder = await tempDir();
  const { manifest, file } = await defaultModel();
  await copyFile(file, join(folder, 'other.onnx'));
  await writeFile(
    join(folder, 'manifest.json'),
    JSON.stringify({ ...manifest, id: 'other', file: 'other.onnx', ...changes }),
  );
  return folder;
}

async function commands(data: string) {
  const call = async (...args: string[]) => {
    const { code, stdout } = await cliInProcess(data, '--json', ...args);
    return { code, ...(JSON.parse(stdout) as object) } as Record<string, unknown>;
  };
  const list = async () => {
    const all = (await call('models', 'list')).models as Record<string, unknown>[];
    return all.filter(({ installed }) => installed);
  };
  return { call, list };
}

it('adds a model, uses it for new catalogs, and removes it again', async () => {
  const data = await tempDir();
  const { call, list } = await commands(data);
  expect(await list()).toMatchObject([{ id: 'default-160', in_use: true, built_in: true, dimension: 256 }]);
  expect(await call('models', 'add', await otherModel())).toEqual({ code: 0, added: 'other' });
  expect(await readdir(join(data, 'models'))).toEqual(['other.json', 'other.onnx']);
  expect(await call('models', 'add', await otherModel())).toMatchObject({ code: 1, error: { code: 'CONFLICT' } });

  await writeFile(join(data, 'settings.json'), JSON.stringify({ version: 1, batch: { size: 4 } }));
  expect(await call('models', 'use', 'other')).toEqual({ code: 0, used: 'other' });
  const saved = JSON.parse(await readFile(join(data, 'settings.json'), 'utf8')) as object;
  expect(saved).toMatchObject({ batch: { size: 4 }, model: { id: 'other' } });
  expect(await list()).toMatchObject([
    { id: 'other', in_use: true, built_in: false, problem: null },
    { id: 'default-160', in_use: false },
  ]);
  expect(await call('models', 'remove', 'other')).toMatchObject({ code: 1, error: { code: 'CONFLICT' } });

  expect(await call('models', 'use', 'default-160')).toMatchObject({ code: 0 });
  expect(await call('models', 'remove', 'other')).toEqual({ code: 0, removed: 'other' });
  expect(await readdir(join(data, 'models'))).toEqual([]);
});

it('keeps a model that a catalog was made with', async () => {
  const data = await tempDir();
  const { call } = await commands(data);
  await call('models', 'add', await otherModel());
  await call('models', 'use', 'other');
  const folder = join(await tempDir(), 'empty');
  await mkdir(folder);
  expect(await call('index', folder, '--workers', '0')).toMatchObject({ code: 0 });
  await call('models', 'use', 'default-160');
  expect(await call('models', 'remove', 'other')).toMatchObject({
    code: 1,
    error: { code: 'CONFLICT', message: expect.stringContaining('that of default') },
  });
});

it.each([
  ['other bytes', { sha256: '0'.repeat(64) }, 'MODEL_INVALID', 'its manifest says 0000'],
  ['a field that is wrong', { output: { name: 'x', dimension: 1 } }, 'MODEL_INVALID', 'output.dimension'],
  ['a file that is not there', { file: 'gone.onnx' }, 'MODEL_INVALID', 'gone.onnx'],
  ['a file elsewhere', { file: '../other.onnx' }, 'MODEL_INVALID', 'file'],
  ['the id of the default one', { id: 'default-160' }, 'CONFLICT', 'default-160'],
])('refuses a model with %s, and leaves nothing behind', async (_what, changes, code, message) => {
  const data = await tempDir();
  const { call } = await commands(data);
  const refused = await call('models', 'add', await otherModel(changes));
  expect(refused).toMatchObject({ code: 1, error: { code, message: expect.stringContaining(message) } });
  expect(await readdir(data)).not.toContain('models');
});

it.each([
  ['add', '/no/such/model', 'NOT_FOUND'],
  ['use', 'no-such', 'NOT_FOUND'],
  ['remove', 'no-such', 'NOT_FOUND'],
  ['remove', 'default-160', 'FORBIDDEN'],
])('models %s %s is %s', async (verb, what, code) => {
  const { call } = await commands(await tempDir());
  expect(await call('models', verb, what)).toMatchObject({ error: { code } });
});

/** A data dir that offers a small model, and a hub that has it. */
async function hubAndData() {
  const hub = await startHub('tests/two-towers', twoTowerFiles());
  const data = await tempDir();
  await mkdir(join(data, 'models', 'hub'), { recursive: true });
  await writeFile(join(data, 'models', 'hub', 'two-towers.json'), JSON.stringify(twoTowerOffer()));
  return { hub, data, mirror: ['--set', `models.mirror=${hub.url}`] };
}

it('downloads a model, indexes with it, and finds by what a text says', async () => {
  const { data, mirror } = await hubAndData();
  const { call, list } = await commands(data);
  expect(await call(...mirror, 'models', 'download', 'two-towers')).toMatchObject({
    code: 0,
    downloaded: 'two-towers',
  });
  expect(await list()).toMatchObject([{ id: 'two-towers', has_text: true, built_in: false, problem: null }, {}]);
  expect(await call('models', 'use', 'two-towers')).toMatchObject({ code: 0 });
  const pictures = await tempDir();
  for (const [name, background] of Object.entries({ one: 'red', two: 'blue', three: 'green' })) {
    const edges = { width: 40, height: 30, channels: 3 as const };
    await sharp({ create: { ...edges, background } })
      .jpeg()
      .toFile(join(pictures, `${name}.jpg`));
  }
  expect(await call('index', pictures, '--workers', '1')).toMatchObject({ code: 0 });
  const { results } = (await call('search', '--text', 'something blue')) as unknown as { results: object[] };
  expect(results[0]).toMatchObject({ path: join(pictures, 'two.jpg'), found_by: ['content'], ranks: { content: 1 } });
});

it('goes on with a download after Ctrl-C, and says what is wrong without a network', async () => {
  const { hub, data, mirror } = await hubAndData();
  hub.troubles.push({ path: 'onnx/text_model.onnx', after: 50, hang: true });
  const { child, ended } = startCli(data, [...mirror, 'models', 'download', 'two-towers']);
  await vi.waitFor(() => expect(hub.served).toHaveLength(2), { timeout: 30_000, interval: 20 });
  child.kill('SIGINT');
  const { code, stdout } = await ended;
  expect([code, stdout]).toEqual([130, expect.stringContaining('the same command goes on')]);
  const { call } = await commands(data);
  expect(await call(...mirror, 'models', 'download', 'two-towers')).toMatchObject({ code: 0 });
  expect(hub.served.filter(({ path }) => path === 'onnx/vision_model.onnx')).toHaveLength(1);

  await call('models', 'remove', 'two-towers');
  hub.troubles.push({ path: 'onnx/vision_model.onnx', status: 404 });
  expect(await call(...mirror, 'models', 'download', 'two-towers')).toMatchObject({
    code: 1,
    error: { code: 'DOWNLOAD_FAILED', message: expect.stringContaining('models add FOLDER --as two-towers') },
  });
  const brought = await tempDir();
  await writeRepository(brought);
  expect(await call('models', 'add', brought, '--as', 'two-towers')).toMatchObject({ code: 0, added: 'two-towers' });
});
