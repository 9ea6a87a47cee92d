import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { randomFrom } from '../../support/random.ts';

/** A seeded corpus: `count` files made from `bases` pictures, so that making it does not take longer than measuring. */
export interface CorpusSpec {
  name: string;
  width: number;
  height: number;
  format: 'jpeg' | 'png';
  bases: number;
}

export const CORPORA: Record<string, CorpusSpec> = {
  'jpeg-12mp': { name: 'jpeg-12mp', width: 4_000, height: 3_000, format: 'jpeg', bases: 12 },
  'jpeg-1mp': { name: 'jpeg-1mp', width: 1_200, height: 900, format: 'jpeg', bases: 48 },
  'png-small': { name: 'png-small', width: 64, height: 64, format: 'png', bases: 500 },
};

/** Pictures of each corpus, unless other numbers are asked for. */
export const COUNTS: Record<string, number> = { 'jpeg-12mp': 400, 'jpeg-1mp': 2_000, 'png-small': 4_000 };

/**
 * The folder of the corpus under `cache`, made where it is not there. Files of one base differ in bytes after the end of
 * the picture, which decoders do not read: each is hashed, decoded and embedded on its own.
 */
export async function corpus(cache: string, spec: CorpusSpec, count: number): Promise<string> {
  const folder = join(cache, `${spec.name}-${count}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  for (let base = 0; base < Math.min(spec.bases, count); base++) {
    const bytes = await draw(spec, base);
    for (let n = base; n < count; n += spec.bases) {
      const tail = Buffer.from(`\nimagefleet bench ${n}\n`);
      await writeFile(join(unfinished, `${String(n).padStart(6, '0')}.${spec.format}`), Buffer.concat([bytes, tail]));
    }
  }
  await rename(unfinished, folder);
  return folder;
}

/** Soft clouds with shapes and grain on top: compresses to about what a photograph of this size takes. */
async function draw({ width, height, format }: CorpusSpec, seed: number): Promise<Buffer> {
  const random = randomFrom(seed * 7_919 + width).uniform;
  const cells = Buffer.from(Array.from({ length: 12 * 9 * 3 }, () => Math.floor(random() * 256)));
  const clouds = await sharp(cells, { raw: { width: 12, height: 9, channels: 3 } })
    .resize(width, height, { fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer();
  const grain = Math.min(14, width / 40);
  for (let i = 0; i < clouds.length; i++) {
    clouds[i] = Math.max(0, Math.min(255, clouds[i]! + Math.round((random() - 0.5) * grain)));
  }
  const shapes = Array.from({ length: 24 }, () => {
    const [x, y, r] = [random() * width, random() * height, (random() * width) / 8];
    return `<circle cx="${x}" cy="${y}" r="${r}" fill="hsl(${random() * 360},70%,50%)" opacity="${0.3 + random() / 2}"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes.join('')}</svg>`;
  const picture = sharp(clouds, { raw: { width, height, channels: 3 } }).composite([{ input: Buffer.from(svg) }]);
  return format === 'jpeg' ? picture.jpeg({ quality: 88 }).toBuffer() : picture.png().toBuffer();
}
