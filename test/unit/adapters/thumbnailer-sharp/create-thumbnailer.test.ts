import { readFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { expect, onTestFinished, test } from 'vitest';
import { createThumbnailer } from '../../../../src-core/adapters/thumbnailer-sharp/create-thumbnailer.ts';
import type { Thumbnailer } from '../../../../src-core/ports/thumbnailer.ts';

const HEIC = await readFile(new URL('../../../fixtures/drawing.heic', import.meta.url));

function open(maxPixels = 1e6): Thumbnailer {
  const thumbnailer = createThumbnailer({ limits: { maxBytes: 1e6, maxPixels, decodeMs: 20_000 } });
  onTestFinished(() => thumbnailer.close());
  return thumbnailer;
}

function solid(width: number, height: number, background = '#3366cc'): Sharp {
  return sharp({ create: { width, height, channels: 4, background } });
}

test.each([
  ['a wide picture', () => solid(800, 400).png().toBuffer(), [100, 50]],
  ['a tall one, turned by EXIF', () => solid(800, 400).withMetadata({ orientation: 6 }).jpeg().toBuffer(), [50, 100]],
  ['a small one, never enlarged', () => solid(40, 30).webp().toBuffer(), [40, 30]],
  ['HEIC', () => Promise.resolve(HEIC), [100, 75]],
])('%s fits into the square', async (_name, make, [width, height]) => {
  const thumbnail = await open().thumbnail(await make(), 100);
  expect(await sharp(thumbnail).metadata()).toMatchObject({ format: 'webp', width, height });
});

test('alpha is kept', async () => {
  const thumbnail = await open().thumbnail(await solid(80, 80, '#ff000000').png().toBuffer(), 64);
  const { data, info } = await sharp(thumbnail).raw().toBuffer({ resolveWithObject: true });
  expect([info.channels, data[3]]).toEqual([4, 0]);
});

test('what cannot be shown is refused with its code', async () => {
  const thumbnailer = open(10_000);
  await expect(thumbnailer.thumbnail(Buffer.from('no picture'), 64)).rejects.toMatchObject({
    code: 'UNSUPPORTED_FORMAT',
  });
  await expect(thumbnailer.thumbnail(HEIC, 64)).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
  const jpeg = await solid(80, 80).jpeg().toBuffer();
  await expect(thumbnailer.thumbnail(jpeg.subarray(0, 300), 64)).rejects.toMatchObject({ code: 'IMAGE_CORRUPT' });
  await expect(thumbnailer.thumbnail(jpeg, 15)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});
