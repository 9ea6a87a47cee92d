import { readFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { expect, onTestFinished, test } from 'vitest';
import { createPictures } from '../../../../src-core/adapters/pictures-sharp/create-pictures.ts';
import type { ImageFormat } from '../../../../src-core/domain/image-record.ts';
import type { ModelManifest } from '../../../../src-core/domain/model-manifest.ts';
import type { PictureLimits, Pictures } from '../../../../src-core/ports/pictures.ts';
import { defaultModel } from '../../../support/model.ts';
import { tiff } from '../../../support/metadata.ts';

const { manifest } = await defaultModel();
const HEIC = await readFile(new URL('../../../fixtures/drawing.heic', import.meta.url));
const LIMITS: PictureLimits = { maxBytes: 1e9, maxPixels: 300e6, decodeMs: 20_000 };

function open(limits: Partial<PictureLimits> = {}, model: ModelManifest = manifest): Pictures {
  const pictures = createPictures({ model, limits: { ...LIMITS, ...limits } });
  onTestFinished(() => pictures.close());
  return pictures;
}

/** Red, green / blue, yellow, with a noisy band, `width` × `height`. */
function drawing(width = 600, height = 400): Sharp {
  const quarters = ['red', 'lime', 'blue', 'yellow'].map(
    (fill, i) => `<rect x="${(i % 2) * 50}%" y="${Math.floor(i / 2) * 50}%" width="50%" height="50%" fill="${fill}"/>`,
  );
  const dots = Array.from({ length: 80 }, (_, i) => `<circle cx="${i * 7}" cy="${(i * 53) % 390}" r="${i % 9}"/>`);
  const size = `width="${width}" height="${height}"`;
  return sharp(
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" ${size}>${quarters.join('')}${dots.join('')}</svg>`),
  );
}

/** The model's preprocessing as it was when its numbers were measured. */
function reference(bytes: Buffer): Promise<Buffer> {
  const upright = sharp(bytes).rotate().flatten({ background: '#fff' }).toColourspace('srgb');
  return upright.resize(160, 160, { fit: 'fill' }).removeAlpha().raw().toBuffer();
}

const VARIANTS: Record<string, [ImageFormat, () => Promise<Buffer>]> = {
  JPEG: ['jpeg', () => drawing().jpeg().toBuffer()],
  'progressive JPEG': ['jpeg', () => drawing().jpeg({ progressive: true }).toBuffer()],
  'large JPEG': ['jpeg', () => drawing(3_000, 2_000).jpeg().toBuffer()],
  'CMYK JPEG': ['jpeg', () => drawing().flatten().toColourspace('cmyk').jpeg().toBuffer()],
  'Display P3 JPEG': ['jpeg', () => drawing().flatten().withIccProfile('p3').jpeg().toBuffer()],
  'grey JPEG': ['jpeg', () => drawing().greyscale().jpeg().toBuffer()],
  PNG: ['png', () => drawing().png().toBuffer()],
  'small PNG': ['png', () => drawing(64, 64).png().toBuffer()],
  'palette PNG': ['png', () => drawing().png({ palette: true }).toBuffer()],
  'see-through PNG': ['png', () => drawing().ensureAlpha(0.4).png().toBuffer()],
  'grey PNG with alpha': ['png', () => drawing().greyscale().ensureAlpha(0.4).png().toBuffer()],
  '16-bit PNG': ['png', () => drawing().toColourspace('rgb16').png().toBuffer()],
  '16-bit grey PNG': ['png', () => drawing().greyscale().toColourspace('grey16').png().toBuffer()],
  '16-bit TIFF': ['tiff', () => drawing().flatten().toColourspace('rgb16').tiff().toBuffer()],
  TIFF: ['tiff', () => drawing().tiff().toBuffer()],
  WebP: ['webp', () => drawing().webp().toBuffer()],
  GIF: ['gif', () => drawing().gif().toBuffer()],
  AVIF: ['avif', () => drawing().avif({ effort: 0 }).toBuffer()],
};

test.each(Object.entries(VARIANTS))('%s comes out as the model was measured with', async (_name, [format, make]) => {
  const bytes = await make();
  const decoded = await open().decode(bytes);
  expect(decoded.format).toBe(format);
  expect(Buffer.compare(decoded.pixels, await reference(bytes))).toBe(0);
});

test('a JPEG is upright at each of the eight orientations', async () => {
  const upright = await open().decode(await drawing().jpeg().toBuffer());
  // What a camera would have stored for each, so that EXIF's turn undoes it.
  const stored: Record<number, (picture: Sharp) => Sharp> = {
    1: (picture) => picture,
    2: (picture) => picture.flop(),
    3: (picture) => picture.rotate(180),
    4: (picture) => picture.flip(),
    5: (picture) => picture.flop().rotate(270),
    6: (picture) => picture.rotate(270),
    7: (picture) => picture.flop().rotate(90),
    8: (picture) => picture.rotate(90),
  };
  for (const [orientation, turn] of Object.entries(stored)) {
    const pixels = await turn(sharp(await drawing().png().toBuffer()))
      .png()
      .toBuffer();
    const bytes = await sharp(pixels)
      .withMetadata({ orientation: Number(orientation) })
      .jpeg()
      .toBuffer();
    const decoded = await open().decode(bytes);
    expect([decoded.width, decoded.height], `orientation ${orientation}`).toEqual([600, 400]);
    expect(meanDifference(decoded.pixels, upright.pixels), `orientation ${orientation}`).toBeLessThan(3);
  }
});

test('alpha lies over the background of the manifest', async () => {
  const clear = await sharp({ create: { width: 20, height: 20, channels: 4, background: '#00000000' } })
    .png()
    .toBuffer();
  const white = await open().decode(clear);
  expect(new Set(white.pixels)).toEqual(new Set([255]));
  const preprocessing = { fit: 'contain', background: '#ff0000' } as const;
  const red = await open({}, { ...manifest, preprocessing }).decode(clear);
  expect([...red.pixels.subarray(0, 3)]).toEqual([255, 0, 0]);
});

test('the first frame of an animation counts', async () => {
  const frames = Buffer.alloc(20 * 40 * 3, 250);
  frames.fill(10, frames.length / 2);
  const animation = sharp(frames, { raw: { width: 20, height: 40, channels: 3, pageHeight: 20 } });
  for (const bytes of [await animation.clone().gif().toBuffer(), await animation.clone().webp().toBuffer()]) {
    const decoded = await open().decode(bytes);
    expect([decoded.width, decoded.height]).toEqual([20, 20]);
    expect(Math.min(...decoded.pixels)).toBeGreaterThan(240);
  }
});

test('a small SVG is drawn at the size of the model, not enlarged', async () => {
  const half = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="2" height="4"/></svg>';
  const { pixels, format } = await open().decode(Buffer.from(half));
  expect(format).toBe('svg');
  const row = [...pixels.subarray(0, 160 * 3)].filter((_, i) => i % 3 === 0);
  expect(row.filter((value) => value > 8 && value < 247).length).toBeLessThanOrEqual(2);
});

test('HEIC is decoded by its content, with its size', async () => {
  const pictures = open();
  expect(await pictures.measure(HEIC)).toBe(320 * 240);
  const decoded = await pictures.decode(HEIC);
  expect(decoded).toMatchObject({ format: 'heic', width: 320, height: 240 });
  const [sky, grass] = [decoded.pixels.subarray(0, 3), decoded.pixels.subarray(-3)];
  expect(meanDifference(sky, [0xbf, 0xe3, 0xf7])).toBeLessThan(6);
  expect(meanDifference(grass, [0x7c, 0xb6, 0x68])).toBeLessThan(6);
});

test('HEIC that takes too long is stopped, and so is the thread that decoded it', async () => {
  const pictures = open({ decodeMs: 1 });
  await expect(pictures.decode(HEIC)).rejects.toMatchObject({ code: 'DECODE_TIMEOUT' });
  await expect(pictures.decode(HEIC)).rejects.toMatchObject({ code: 'DECODE_TIMEOUT' });
});

test('several HEIC at a time, a damaged one among them', async () => {
  const pictures = open();
  const damaged = Buffer.from(HEIC);
  damaged.fill(0, 900);
  const [first, second, third] = await Promise.allSettled([
    pictures.decode(Buffer.from(HEIC)),
    pictures.decode(damaged.subarray(0, -200)),
    pictures.decode(Buffer.from(HEIC)),
  ]);
  expect(first.status).toBe('fulfilled');
  expect(second).toMatchObject({ reason: { code: 'IMAGE_CORRUPT' } });
  expect(third.status).toBe('fulfilled');
});

test('pixels are limited before anything is decoded', async () => {
  const pictures = open({ maxPixels: 60_000 });
  for (const bytes of [HEIC, await drawing(300, 201).png().toBuffer()]) {
    await expect(pictures.measure(bytes)).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
    await expect(pictures.decode(bytes)).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
  }
  await expect(pictures.decode(await drawing(300, 200).png().toBuffer())).resolves.toMatchObject({ width: 300 });
});

test('a picture of five channels is UNSUPPORTED_FORMAT', async () => {
  const message = expect.stringMatching(/5 channels/);
  await expect(open().decode(tiff(5))).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT', message });
  await expect(open().decode(tiff(4))).resolves.toMatchObject({ format: 'tiff' });
});

test.each([
  ['no zone', {}, '2021-05-06T07:08:09Z'],
  ['a zone', { OffsetTimeOriginal: '+02:30' }, '2021-05-06T04:38:09Z'],
  ['a western zone', { OffsetTimeOriginal: '-05:00' }, '2021-05-06T12:08:09Z'],
  ['a broken zone', { OffsetTimeOriginal: 'home' }, '2021-05-06T07:08:09Z'],
])('EXIF time with %s', async (_name, zone, expected) => {
  const exif = { IFD2: { DateTimeOriginal: '2021:05:06 07:08:09', ...zone } };
  const bytes = await drawing().withExif(exif).jpeg().toBuffer();
  expect((await open().decode(bytes)).capturedAt).toBe(Date.parse(expected));
});

test('no EXIF time is null, and so is one that is no date', async () => {
  expect((await open().decode(await drawing().jpeg().toBuffer())).capturedAt).toBeNull();
  const broken = drawing().withExif({ IFD2: { DateTimeOriginal: '0000:00:00 00:00:00' } });
  expect((await open().decode(await broken.jpeg().toBuffer())).capturedAt).toBeNull();
});

function meanDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a, (value, i) => Math.abs(value - (b[i] ?? 0))).reduce((sum, x) => sum + x, 0) / a.length;
}

test('cuts a part out of the picture as it is displayed', async () => {
  const pictures = open();
  const upright = await drawing().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer();
  // The same picture, lying on its side with a word about it.
  const lying = await sharp(upright).rotate(270).withMetadata({ orientation: 6 }).png().toBuffer();
  const region = { x: 0.5, y: 0, width: 0.5, height: 0.5 };
  const cut = await sharp(upright).extract({ left: 300, top: 0, width: 300, height: 200 }).png().toBuffer();
  const wanted = await pictures.decode(cut);
  for (const bytes of [upright, lying]) {
    const { pixels, width, height, thumbhash } = await pictures.decode(bytes, region);
    expect([width, height]).toEqual([600, 400]);
    const off = pixels.map((value, i) => Math.abs(value - wanted.pixels[i]!));
    expect(off.reduce((sum, value) => sum + value, 0) / off.length).toBeLessThan(1);
    expect(thumbhash).toBe(wanted.thumbhash);
  }
  const dot = await pictures.decode(upright, { x: 1, y: 1, width: 1e-9, height: 1e-9 });
  expect([...dot.pixels.subarray(0, 3)]).toEqual([...dot.pixels.subarray(-3)]);
});
