import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, onTestFinished, test } from 'vitest';
import type { InstalledModel } from '../../../../src-core/adapters/embedder-onnx/load-model.ts';
import {
  openOnnxEmbedder,
  type EmbedderOptions,
} from '../../../../src-core/adapters/embedder-onnx/open-onnx-embedder.ts';
import type { ModelManifest } from '../../../../src-core/domain/model-manifest.ts';
import type { Embedder } from '../../../../src-core/ports/embedder.ts';
import { defaultModel } from '../../../support/model.ts';
import { picture } from '../../../support/pictures.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const model = await defaultModel();
const { manifest } = model;
const DIMENSION = manifest.output.dimension;
const PICTURE_BYTES = 160 * 160 * 3;
const COUNT = 20;

interface Opening extends Partial<EmbedderOptions> {
  installed?: InstalledModel;
  log?: (message: string) => void;
}

async function open({ installed = model, provider = 'cpu', threads = 1, log }: Opening = {}): Promise<Embedder> {
  const embedder = await openOnnxEmbedder(installed, { provider, threads }, log);
  onTestFinished(() => embedder.close());
  return embedder;
}

async function twentyPictures(): Promise<Uint8Array> {
  const pixels = new Uint8Array(COUNT * PICTURE_BYTES);
  for (let n = 0; n < COUNT; n++) {
    const raw = await sharp(await picture(n * 9))
      .resize(160, 160)
      .raw()
      .toBuffer();
    pixels.set(raw, n * PICTURE_BYTES);
  }
  return pixels;
}

async function embedInBatches(embedder: Embedder, pixels: Uint8Array, size: number): Promise<number[]> {
  const vectors: number[] = [];
  for (let at = 0; at < COUNT; at += size) {
    const count = Math.min(size, COUNT - at);
    vectors.push(...(await embedder.embed(pixels.subarray(at * PICTURE_BYTES, (at + count) * PICTURE_BYTES), count)));
  }
  return vectors;
}

test('vectors are of unit length, and the same at any batch size and number of threads', async () => {
  const pixels = await twentyPictures();
  const embedder = await open();
  const alone = await embedInBatches(embedder, pixels, 1);
  expect(alone).toHaveLength(COUNT * DIMENSION);
  for (let n = 0; n < COUNT; n++) {
    expect(Math.hypot(...alone.slice(n * DIMENSION, (n + 1) * DIMENSION))).toBeCloseTo(1, 4);
  }
  const runs = [
    await embedInBatches(embedder, pixels, 8),
    await embedInBatches(embedder, pixels, COUNT),
    await embedInBatches(await open({ threads: 2 }), pixels, 7),
  ];
  for (const batched of runs) {
    expect(Math.max(...batched.map((value, i) => Math.abs(value - (alone[i] ?? NaN))))).toBeLessThan(1e-4);
  }
});

test('a picture is nearer to itself made darker than to another', async () => {
  const embedder = await open();
  const embed = async (n: number, level: number): Promise<Float32Array> => {
    const pixels = await sharp(await picture(n))
      .linear(level, 0)
      .resize(160, 160)
      .raw()
      .toBuffer();
    return embedder.embed(pixels, 1);
  };
  const [one, darker, other] = [await embed(3, 1), await embed(3, 0.8), await embed(200, 1)];
  expect(cosine(one, darker)).toBeGreaterThan(cosine(one, other) + 0.1);
});

test('pixels of a wrong length are refused', async () => {
  const embedder = await open();
  await expect(embedder.embed(new Uint8Array(PICTURE_BYTES), 2)).rejects.toMatchObject({ code: 'EMBED_FAILED' });
});

test('auto opens one of the providers that are here', async () => {
  const said: string[] = [];
  const embedder = await open({ provider: 'auto', log: (message) => said.push(message) });
  expect(['cpu', 'dml', 'coreml', 'cuda']).toContain(embedder.provider);
  expect(await embedder.embed(new Uint8Array(PICTURE_BYTES), 1)).toHaveLength(DIMENSION);
});

test('a provider that is not here falls back to the CPU and says so', async () => {
  const missing = process.platform === 'win32' ? 'coreml' : 'dml';
  const said: string[] = [];
  const embedder = await open({ provider: missing, log: (message) => said.push(message) });
  expect(embedder.provider).toBe('cpu');
  expect(said).toEqual([expect.stringContaining(`${missing} is not available here`)]);
});

test('a file that is missing, not the manifest’s, or no model is MODEL_INVALID', async () => {
  const file = join(await tempDir(), 'model.onnx');
  await expect(open({ installed: { manifest, file } })).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    message: expect.stringContaining('ENOENT'),
  });
  await writeFile(file, 'not a model');
  await expect(open({ installed: { manifest, file } })).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    message: expect.stringContaining('SHA-256'),
  });
  const sha256 = createHash('sha256').update('not a model').digest('hex');
  await expect(open({ installed: { manifest: { ...manifest, sha256 }, file } })).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    message: expect.not.stringContaining('SHA-256'),
  });
});

test('a manifest that says other names or sizes than the file is MODEL_INVALID', async () => {
  const changed = (change: Partial<ModelManifest>): Promise<Embedder> =>
    open({ installed: { ...model, manifest: { ...manifest, ...change } } });
  await expect(changed({ output: { ...manifest.output, dimension: 128 } })).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    message: expect.stringMatching(/output embedding float32 \[N,128\].*float32 \[N,256\]/),
  });
  const input = { ...manifest.input, name: 'pixels' };
  await expect(changed({ input })).rejects.toMatchObject({ code: 'MODEL_INVALID' });
});

function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}
