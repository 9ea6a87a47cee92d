import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { loadModel } from '../../src-core/adapters/embedder-onnx/load-model.ts';
import { openOnnxEmbedder } from '../../src-core/adapters/embedder-onnx/open-onnx-embedder.ts';
import { createPictures } from '../../src-core/adapters/pictures-sharp/create-pictures.ts';
import type { ModelManifest } from '../../src-core/domain/model-manifest.ts';
import { settingsSchema } from '../../src-core/settings/schema.ts';
import { emoji, SKIN_TONE } from './emoji-files.ts';
import { printReport, writeJson } from './report.ts';

const HELP = `npm run bench -- retrieval [--model ID]

An emoji of Apple's is searched among Google's; the right answer is the one of the same name.
recall@k   share of the queries whose answer is among the first k; a tie counts as its middle place`;

const ROOT = resolve(import.meta.dirname, '../..');
const BATCH = 8;
const BINS = 8;

/** One picture in the ways that are compared: vectors of unit length, and the bits of a dHash as -1 and 1. */
type Views = Record<'model' | 'histogram' | 'dHash', Float32Array>;

/** recall@1/5/10 of the model, a colour histogram and dHash, over all emoji and over those without skin tones. */
export async function benchRetrieval(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { model: { type: 'string', default: 'default-160' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const folders = { apple: await emoji('apple'), google: await emoji('google') };
  const [apple, google] = await Promise.all([readdir(folders.apple), readdir(folders.google)]);
  const names = apple.filter((name) => google.includes(name)).toSorted();
  const model = await loadModel([join(ROOT, 'resources/models')], values.model);
  const embedder = await openOnnxEmbedder(model, { provider: 'cpu', threads: 1 });
  const embed = (pixels: Uint8Array, count: number): Promise<Float32Array> => embedder.embed(pixels, count);
  const queries = await viewAll(folders.apple, names, model.manifest, embed);
  const answers = await viewAll(folders.google, names, model.manifest, embed);
  await embedder.close();

  const plain = names.flatMap((name, i) => (SKIN_TONE.test(name) ? [] : [i]));
  const everything = [...names.keys()];
  const rows = (['model', 'histogram', 'dHash'] as const).flatMap((view) =>
    [everything, plain].map((chosen) => ({
      method: view === 'model' ? model.manifest.id : view,
      dimension: queries[0]?.[view].length ?? 0,
      emoji: chosen === everything ? 'all' : 'without skin tones',
      pictures: chosen.length,
      ...recall(
        chosen.map((i) => queries[i]![view]),
        chosen.map((i) => answers[i]![view]),
      ),
    })),
  );
  printReport({ title: 'Retrieval, emoji of Apple among those of Google', rows });
  await writeJson('retrieval', rows);
}

async function viewAll(
  folder: string,
  names: readonly string[],
  model: ModelManifest,
  embed: (pixels: Uint8Array, count: number) => Promise<Float32Array>,
): Promise<Views[]> {
  const pictures = createPictures({ model, limits: settingsSchema.parse({}).limits });
  const views: Views[] = [];
  for (let at = 0; at < names.length; at += BATCH) {
    const files = await Promise.all(names.slice(at, at + BATCH).map((name) => readFile(join(folder, name))));
    const decoded = await Promise.all(files.map((bytes) => pictures.decode(bytes)));
    const vectors = await embed(Buffer.concat(decoded.map(({ pixels }) => pixels)), decoded.length);
    const { dimension } = model.output;
    for (const [i, { pixels }] of decoded.entries()) {
      views.push({
        model: vectors.slice(i * dimension, (i + 1) * dimension),
        histogram: histogram(pixels),
        dHash: await dHash(pixels, model.input.size),
      });
    }
  }
  await pictures.close();
  return views;
}

/** 8 × 8 × 8 colours. Roots of the shares, so that a white background does not drown the rest (Bhattacharyya). */
function histogram(pixels: Uint8Array): Float32Array {
  const counts = new Float32Array(BINS ** 3);
  const bin = (value = 0): number => Math.floor((value * BINS) / 256);
  for (let at = 0; at < pixels.length; at += 3) {
    counts[(bin(pixels[at]) * BINS + bin(pixels[at + 1])) * BINS + bin(pixels[at + 2])]! += 1;
  }
  return counts.map((count) => Math.sqrt((count * 3) / pixels.length));
}

/** Whether each pixel of a 9 × 8 grey picture is brighter than its right neighbour: 64 bits. */
async function dHash(pixels: Uint8Array, size: number): Promise<Float32Array> {
  const raw = { width: size, height: size, channels: 3 } as const;
  const grey = await sharp(pixels, { raw }).greyscale().resize(9, 8, { fit: 'fill' }).raw().toBuffer();
  return Float32Array.from({ length: 64 }, (_, i) => {
    const at = Math.floor(i / 8) * 9 + (i % 8);
    return grey[at]! > grey[at + 1]! ? 1 : -1;
  });
}

/** Of queries whose right answer has the same place in the list. */
function recall(queries: readonly Float32Array[], answers: readonly Float32Array[]): Record<string, number> {
  const ranks = queries.map((query, right) => {
    const scores = answers.map((answer) => dot(query, answer));
    const own = scores[right]!;
    const better = scores.filter((score) => score > own).length;
    const ties = scores.filter((score) => score === own).length - 1;
    return better + ties / 2;
  });
  const share = (k: number): number => ranks.filter((rank) => rank < k).length / ranks.length;
  return Object.fromEntries([1, 5, 10].map((k) => [`recall@${k}`, Number(share(k).toFixed(3))]));
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
