import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

/**
 * Writes `count` small PNGs (32×32, no two alike) in subfolders of 500 (or `each`) and answers their paths. The colours
 * come from the number, so that the same call makes the same bytes.
 */
export async function makePictures(folder: string, count: number, each = 500): Promise<string[]> {
  const paths: string[] = [];
  for (let n = 0; n < count; n++) {
    const sub = join(folder, `part-${Math.floor(n / each)}`);
    if (n % each === 0) await mkdir(sub, { recursive: true });
    const path = join(sub, `picture-${String(n).padStart(5, '0')}.png`);
    await writeFile(path, await picture(n));
    paths.push(path);
  }
  return paths;
}

/** A gradient with one square, both placed and coloured by the number. */
export async function picture(n: number, edge = 32): Promise<Buffer> {
  const pixels = Buffer.alloc(edge * edge * 3);
  const [a, b, c] = [(n * 37) & 255, (n * 101) & 255, (n >> 3) & 255];
  for (let y = 0; y < edge; y++) {
    for (let x = 0; x < edge; x++) {
      const inside = (x + n) % edge < edge / 3 && (y * 2 + n) % edge < edge / 3;
      const at = (y * edge + x) * 3;
      pixels[at] = inside ? 255 - a : (a + x * 4) & 255;
      pixels[at + 1] = inside ? 255 - b : (b + y * 4) & 255;
      pixels[at + 2] = inside ? 255 - c : (c + x + y * (1 + (n >> 11))) & 255;
    }
  }
  return sharp(pixels, { raw: { width: edge, height: edge, channels: 3 } })
    .png()
    .toBuffer();
}
