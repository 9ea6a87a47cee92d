import { appendFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { listModels, type InstalledModel } from '../../../../src-core/adapters/embedder-onnx/load-model.ts';
import { openOnnxEmbedder } from '../../../../src-core/adapters/embedder-onnx/open-onnx-embedder.ts';
import { openTextEmbedder } from '../../../../src-core/adapters/embedder-onnx/open-text-embedder.ts';
import { openTokenizer } from '../../../../src-core/adapters/embedder-onnx/tokenize.ts';
import type { TextSide } from '../../../../src-core/domain/model-manifest.ts';
import { defaultModel } from '../../../support/model.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { installTwoTowers, TOWER_DIMENSION, TOWER_SIZE, TOWER_TOKENS } from '../../../support/two-tower-model.ts';

const COLOURS = { red: [250, 10, 20], green: [10, 240, 30], blue: [20, 10, 250], white: [255, 255, 255] } as const;
type Colour = keyof typeof COLOURS;
const NAMES = Object.keys(COLOURS) as Colour[];

/** uint8 [size, size, 3] of each. */
function plain(...colours: Colour[]): Uint8Array {
  const one = (colour: Colour) => Array.from({ length: TOWER_SIZE * TOWER_SIZE }, () => COLOURS[colour]).flat();
  return Uint8Array.from(colours.flatMap(one));
}

async function open(change: (model: InstalledModel) => InstalledModel = (model) => model) {
  const model = change(await installTwoTowers(await tempDir()));
  const pictures = await openOnnxEmbedder(model, { provider: 'cpu', threads: 1 });
  onTestFinished(() => pictures.close());
  const texts = await openTextEmbedder(model, { threads: 1 });
  onTestFinished(() => texts.close());
  return { pictures, texts };
}

const cosine = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

test('a text is nearest to the pictures that show what it says; all vectors are of unit length', async () => {
  const { pictures, texts } = await open();
  const vectors = await pictures.embed(plain(...NAMES), NAMES.length);
  const ofPicture = NAMES.map((_, i) => vectors.slice(i * TOWER_DIMENSION, (i + 1) * TOWER_DIMENSION));
  for (const [i, name] of NAMES.entries()) {
    const vector = await texts.embed(`${name.toUpperCase()} something`);
    expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    expect(Math.hypot(...ofPicture[i]!)).toBeCloseTo(1, 5);
    const scores = ofPicture.map((picture) => cosine(vector, picture));
    expect(scores.indexOf(Math.max(...scores))).toBe(i);
    expect(scores[i]).toBeGreaterThan(0.95);
  }
});

test('a picture in a batch gets the numbers that it gets alone, channel by channel', async () => {
  const { pictures } = await open();
  const batch = await pictures.embed(plain('red', 'green'), 2);
  const alone = await pictures.embed(plain('green'), 1);
  expect(Array.from(batch.subarray(TOWER_DIMENSION))).toEqual([...alone]);
  // (value / 255 − 0.5) / 0.5 of each channel, to unit length.
  const expected = COLOURS.green.map((value) => value / 127.5 - 1);
  const length = Math.hypot(...expected);
  for (const [i, value] of expected.entries()) expect(alone[i]).toBeCloseTo(value / length, 5);
});

test('texts are cut and filled up to what the model takes; the token that ends them stays', async () => {
  const { manifest, file } = await installTwoTowers(await tempDir());
  const { input, tokenizer } = manifest.text!;
  const tokens = async (text: string, changes: Partial<TextSide['input']> = {}) =>
    (await openTokenizer(join(dirname(file), tokenizer.file), manifest.id, { ...input, ...changes }))(text);
  expect(await tokens('Red blue')).toEqual([3, 5, 1, 0, 0, 0]);
  expect(await tokens('red blue', { pad: null })).toEqual([3, 5, 1]);
  expect(await tokens('red green blue white red green blue')).toEqual([3, 4, 5, 6, 3, 1]);
  expect(await tokens('')).toEqual([1, 0, 0, 0, 0, 0]);
  expect(await tokens('RED', { lowercase: false, pad: null })).toEqual([2, 1]);
  expect(TOWER_TOKENS).toBe(6);
});

test('its tokenizer is no manifest of another model', async () => {
  const folder = await tempDir();
  await installTwoTowers(folder);
  expect((await listModels([folder])).map(({ file, problem }) => [file, problem])).toEqual([['two-towers.json', null]]);
});

test('files that are not the manifest’s are MODEL_INVALID', async () => {
  for (const name of ['two-towers.text.onnx', 'two-towers.tokenizer.json']) {
    const model = await installTwoTowers(await tempDir());
    await appendFile(join(dirname(model.file), name), ' ');
    await expect(openTextEmbedder(model, { threads: 1 })).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringMatching(new RegExp(`${name}.*SHA-256`)),
    });
  }
  await expect(openTextEmbedder(await defaultModel(), { threads: 1 })).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    message: expect.stringContaining('no text side'),
  });
});

test('a manifest that says other names or sizes than the files is MODEL_INVALID', async () => {
  const { manifest, file } = await installTwoTowers(await tempDir());
  const side = manifest.text!;
  const openText = (text: TextSide) => openTextEmbedder({ manifest: { ...manifest, text }, file }, { threads: 1 });
  await expect(openText({ ...side, output: { name: 'pooled' } })).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    message: expect.stringMatching(/output pooled float32 \[N,8\].*text_embeds float32 \[N,8\]/),
  });
  await expect(openText({ ...side, input: { ...side.input, name: 'ids' } })).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    message: expect.stringMatching(/input ids int64 \[N,6\].*input_ids int64 \[N,N\]/),
  });
  const output = { ...manifest.output, dimension: 9 };
  const opening = openOnnxEmbedder({ manifest: { ...manifest, output }, file }, { provider: 'cpu', threads: 1 });
  await expect(opening).rejects.toMatchObject({ code: 'MODEL_INVALID', message: expect.stringContaining('[N,9]') });
});
