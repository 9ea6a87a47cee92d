import { copyFile, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import sharp from 'sharp';

const SAMPLES = resolve(import.meta.dirname, '../../resources/samples');

/** Sample pictures in `folder`, and duplicates of the first that are made here, each in another way. Answers their paths. */
export async function plantDuplicates(folder: string) {
  const at = (name: string): string => join(folder, name);
  const original = at('chair.png');
  const copies = at('copies');
  await mkdir(copies, { recursive: true });
  const source = join(SAMPLES, 'furniture/chair-blue.png');
  await copyFile(source, original);
  await copyFile(source, at('copies/exact.png'));
  const { width } = await sharp(source).metadata();
  await sharp(source)
    .resize(Math.round(width * 0.6))
    .png()
    .toFile(at('copies/resized.png'));
  await sharp(source).flatten({ background: '#fff' }).jpeg({ quality: 60 }).toFile(at('copies/recompressed.jpg'));
  await sharp(source)
    .flatten({ background: '#fff' })
    .rotate(25, { background: '#fff' })
    .png()
    .toFile(at('rotated.png'));
  await copyFile(join(SAMPLES, 'kitchen/mug-red.jpg'), at('mug.jpg'));
  await copyFile(join(SAMPLES, 'outdoors/tree-green.png'), at('tree.png'));
  return {
    original,
    exact: at('copies/exact.png'),
    resized: at('copies/resized.png'),
    recompressed: at('copies/recompressed.jpg'),
    others: [at('rotated.png'), at('mug.jpg'), at('tree.png')],
  };
}
