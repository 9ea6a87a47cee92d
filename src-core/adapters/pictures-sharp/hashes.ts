import { rgbaToThumbHash } from 'thumbhash';

/** A part of the small square, in its pixels. */
export interface Area {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Both hashes are made from a square of this edge, so that the model's pixels are gone through once. */
export const SMALL_EDGE = 32;
const LOW = 8;
/** A ThumbHash holds at most seven frequencies a side: more pixels than twice that add only time. */
const THUMB_EDGE = 16;

/** cos((2x + 1) u π / 64) for the eight lowest frequencies u. */
const COSINES = Float64Array.from({ length: LOW * SMALL_EDGE }, (_, i) => {
  const u = Math.floor(i / SMALL_EDGE);
  const x = i % SMALL_EDGE;
  return Math.cos(((2 * x + 1) * u * Math.PI) / (2 * SMALL_EDGE));
});

/** uint8 [size, size, 3] as RGBA [32, 32, 4], the mean of each box. */
export function shrinkSquare(pixels: Uint8Array, size: number): Uint8ClampedArray {
  const whole = { left: 0, top: 0, width: size, height: size };
  return shrink({ pixels, stride: size, channels: 3 }, whole, SMALL_EDGE, SMALL_EDGE);
}

/**
 * 64-bit perceptual hash as 16 hex digits, the way of Python's `imagehash.phash`: the 8 × 8 lowest frequencies of a
 * 32 × 32 luma picture, a bit for each that is above their median, row by row, highest bit first.
 * `small`: what `shrinkSquare` answers.
 */
export function perceptualHash(small: Uint8ClampedArray): string {
  const rows = new Float64Array(SMALL_EDGE * LOW);
  for (let y = 0; y < SMALL_EDGE; y++) {
    for (let x = 0; x < SMALL_EDGE; x++) {
      const at = (y * SMALL_EDGE + x) * 4;
      const luma = 0.299 * small[at]! + 0.587 * small[at + 1]! + 0.114 * small[at + 2]!;
      for (let u = 0; u < LOW; u++) rows[y * LOW + u]! += luma * COSINES[u * SMALL_EDGE + x]!;
    }
  }
  const frequencies = new Float64Array(LOW * LOW);
  for (let v = 0; v < LOW; v++) {
    for (let y = 0; y < SMALL_EDGE; y++) {
      const cosine = COSINES[v * SMALL_EDGE + y]!;
      for (let u = 0; u < LOW; u++) frequencies[v * LOW + u]! += rows[y * LOW + u]! * cosine;
    }
  }
  const sorted = frequencies.toSorted();
  const median = (sorted[31]! + sorted[32]!) / 2;
  let hash = 0n;
  for (const frequency of frequencies) hash = (hash << 1n) | (frequency > median ? 1n : 0n);
  return hash.toString(16).padStart(16, '0');
}

/** ThumbHash, base64, of what `area` of the small square shows, at the aspect ratio `width` : `height`. */
export function thumbHash(small: Uint8ClampedArray, area: Area, width: number, height: number): string {
  const scale = THUMB_EDGE / Math.max(width, height);
  const thumbWidth = Math.max(1, Math.round(width * scale));
  const thumbHeight = Math.max(1, Math.round(height * scale));
  const rgba = shrink({ pixels: small, stride: SMALL_EDGE, channels: 4 }, area, thumbWidth, thumbHeight);
  return Buffer.from(rgbaToThumbHash(thumbWidth, thumbHeight, rgba)).toString('base64');
}

interface Raster {
  pixels: Uint8Array | Uint8ClampedArray;
  /** Pixels a row. */
  stride: number;
  channels: 3 | 4;
}

/** RGBA [height, width, 4], each pixel the mean of its box of whole source pixels; good enough for a hash, and cheap. */
function shrink({ pixels, stride, channels }: Raster, area: Area, width: number, height: number): Uint8ClampedArray {
  const out = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    const top = area.top + Math.floor((y * area.height) / height);
    const bottom = Math.max(top + 1, area.top + Math.floor(((y + 1) * area.height) / height));
    for (let x = 0; x < width; x++) {
      const left = area.left + Math.floor((x * area.width) / width);
      const right = Math.max(left + 1, area.left + Math.floor(((x + 1) * area.width) / width));
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let row = top; row < bottom; row++) {
        const end = (row * stride + right) * channels;
        for (let at = (row * stride + left) * channels; at < end; at += channels) {
          red += pixels[at]!;
          green += pixels[at + 1]!;
          blue += pixels[at + 2]!;
        }
      }
      const count = (bottom - top) * (right - left);
      const to = (y * width + x) * 4;
      out[to] = red / count;
      out[to + 1] = green / count;
      out[to + 2] = blue / count;
      out[to + 3] = 255;
    }
  }
  return out;
}
