import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listModels, loadModel } from '../../../../src-core/adapters/embedder-onnx/load-model.ts';
import { MODELS } from '../../../support/model.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const manifestText = await readFile(join(MODELS, 'default-160.json'), 'utf8');

test('the model that comes with the program', async () => {
  const { manifest, file } = await loadModel([MODELS], 'default-160');
  expect(manifest).toMatchObject({ id: 'default-160', input: { size: 160 }, output: { dimension: 256 } });
  expect(file).toBe(join(MODELS, 'default-160.onnx'));
});

test('all folders are listed in their order, and need not exist', async () => {
  const own = await tempDir();
  await writeFile(join(own, 'mine.json'), manifestText);
  const models = await listModels([join(own, 'none'), own, MODELS]);
  expect(models.map(({ dir, file }) => join(dir, file))).toEqual([
    join(own, 'mine.json'),
    join(MODELS, 'default-160.json'),
  ]);
  expect((await loadModel([own, MODELS], 'default-160')).file).toBe(join(own, 'default-160.onnx'));
});

test('an unknown model: those that exist are named', async () => {
  await expect(loadModel([MODELS], 'clip')).rejects.toMatchObject({
    code: 'MODEL_NOT_FOUND',
    message: expect.stringMatching(/"clip".*there are: default-160$/),
  });
  await expect(loadModel([await tempDir()], 'clip')).rejects.toMatchObject({ message: expect.stringMatching(/none$/) });
});

test('a damaged manifest is MODEL_INVALID, and hides no other', async () => {
  const dir = await tempDir();
  await writeFile(join(dir, 'a.json'), '{ "id": ');
  await writeFile(join(dir, 'b.json'), manifestText.replace('"size": 160', '"size": "large"'));
  await writeFile(join(dir, 'c.json'), manifestText);
  const models = await listModels([dir]);
  expect(models.map(({ file, manifest }) => [file, manifest?.id])).toEqual([
    ['a.json', undefined],
    ['b.json', undefined],
    ['c.json', 'default-160'],
  ]);
  await expect(loadModel([dir], 'a')).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    message: expect.stringContaining('a.json'),
  });
  await expect(loadModel([dir], 'b')).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    message: expect.stringContaining('input.size'),
  });
});
