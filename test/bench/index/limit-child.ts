/**
 * One core's share of a limit: only decoding, or only inference, over and over for a while; sends `{items, seconds}`.
 * Arguments: decode FOLDER SECONDS | inference - SECONDS.
 */
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { openEmbedder } from '../../../src-core/open-backends.ts';
import { openDataDir } from '../../../src-core/settings/data-dir.ts';
import { settingsSchema } from '../../../src-core/settings/schema.ts';
import { plainDecode } from './plain-decode.ts';

const [mode, folder = '', seconds = '5'] = process.argv.slice(2);
const settings = settingsSchema.parse({});
const budgetMs = Number(seconds) * 1_000;

sharp.concurrency(1);
sharp.cache(false);

async function decodeOnly(): Promise<number> {
  const files = (await readdir(folder)).map((name) => join(folder, name));
  let next = Math.floor(Math.random() * files.length);
  let items = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < startedAt + budgetMs) {
      await plainDecode(files[next++ % files.length] ?? '');
      items++;
    }
  };
  await plainDecode(files[0] ?? '');
  startedAt = performance.now();
  await Promise.all([lane(), lane(), lane(), lane()]);
  return items;
}

async function inferenceOnly(): Promise<number> {
  const embedder = await openEmbedder(
    settings,
    await openDataDir(resolve(import.meta.dirname, '../../../.cache/bench/data')),
  );
  const { size } = settings.batch;
  const pixels = new Uint8Array(size * embedder.model.input.size ** 2 * 3).map((_, i) => (i * 7) & 255);
  await embedder.embed(pixels, size);
  startedAt = performance.now();
  let items = 0;
  for (; performance.now() < startedAt + budgetMs; items += size) await embedder.embed(pixels, size);
  await embedder.close();
  return items;
}

let startedAt = performance.now();
const items = await (mode === 'decode' ? decodeOnly() : inferenceOnly());
process.send?.({ items, seconds: (performance.now() - startedAt) / 1_000 });
process.disconnect?.();
