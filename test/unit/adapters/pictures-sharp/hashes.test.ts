import sharp, { type Sharp } from 'sharp';
import { thumbHashToAverageRGBA, thumbHashToApproximateAspectRatio } from 'thumbhash';
import { expect, test } from 'vitest';
import {
  perceptualHash,
  shrinkSquare,
  SMALL_EDGE,
  thumbHash,
} from '../../../../src-core/adapters/pictures-sharp/hashes.ts';
import { picture } from '../../../support/pictures.ts';

const SIZE = 160;
const WHOLE = { left: 0, top: 0, width: SMALL_EDGE, height: SMALL_EDGE };

async function square(source: Sharp, size = SIZE): Promise<Uint8ClampedArray> {
  return shrinkSquare(await source.resize(size, size, { fit: 'fill' }).removeAlpha().raw().toBuffer(), size);
}

function distance(a: string, b: string): number {
  return [...(BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(2)].filter((bit) => bit === '1').length;
}

test('a perceptual hash is 16 hex digits, half of its bits set', async () => {
  for (const n of [1, 2, 3]) {
    const hash = perceptualHash(await square(sharp(await picture(n, 200))));
    expect(hash).toMatch(/^[0-9a-f]{16}$/);
    expect(distance(hash, '0')).toBe(32);
  }
});

test('it hardly changes with size, compression and brightness, and much with the picture', async () => {
  const original = await picture(5, 300);
  const hash = perceptualHash(await square(sharp(original)));
  const poor = await sharp(original).resize(120).jpeg({ quality: 30 }).toBuffer();
  expect(distance(hash, perceptualHash(await square(sharp(poor))))).toBeLessThanOrEqual(6);
  const bright = sharp(original).linear(0.8, 30);
  expect(distance(hash, perceptualHash(await square(bright)))).toBeLessThanOrEqual(6);
  expect(distance(hash, perceptualHash(await square(sharp(original), 224)))).toBeLessThanOrEqual(6);
  const other = perceptualHash(await square(sharp(await picture(77, 300)).flop()));
  expect(distance(hash, other)).toBeGreaterThan(12);
});

test('one colour has a hash too', () => {
  expect(perceptualHash(new Uint8ClampedArray(SMALL_EDGE * SMALL_EDGE * 4).fill(128))).toMatch(/^[0-9a-f]{16}$/);
});

test('a thumbhash keeps colour and aspect ratio', () => {
  const pixels = new Uint8Array(SIZE * SIZE * 3).map((_, i) => [200, 100, 50][i % 3] ?? 0);
  for (const [width, height] of [
    [1_000, 500],
    [500, 1_000],
    [700, 700],
    [4_000, 1],
  ] as const) {
    const hash = Buffer.from(thumbHash(shrinkSquare(pixels, SIZE), WHOLE, width, height), 'base64');
    const { r, g, b } = thumbHashToAverageRGBA(hash);
    expect([r, g, b].map((value, i) => Math.abs(value * 255 - ([200, 100, 50][i] ?? 0)))).toSatisfy((off: number[]) =>
      off.every((value) => value < 8),
    );
    const ratio = thumbHashToApproximateAspectRatio(hash);
    expect(Math.sign(Math.log(ratio))).toBe(Math.sign(Math.log(width / height)));
  }
});

test('a thumbhash shows only the area that holds the picture', () => {
  // Black bars above and below, as "contain" leaves them.
  const pixels = new Uint8Array(SIZE * SIZE * 3).map((_, i) =>
    Math.abs(Math.floor(i / 3 / SIZE) - 79.5) < 40 ? 255 : 0,
  );
  const area = { left: 0, top: 8, width: 32, height: 16 };
  const { r } = thumbHashToAverageRGBA(Buffer.from(thumbHash(shrinkSquare(pixels, SIZE), area, 200, 100), 'base64'));
  expect(r).toBeGreaterThan(0.98);
});
