import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cliInProcess } from '../support/cli.ts';
import { defaultModel } from '../support/model.ts';
import { tempDir } from '../support/temp-dir.ts';

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
  const list = async () => (await call('models', 'list')).models as Record<string, unknown>[];
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
